import { z } from 'zod'
import { type SandboxProcess, startSandboxProcess } from '../../src/demo/sandbox-process.ts'
import { compiled } from './compiled.ts'

export const sandboxStateSchema = z.object({
  vms: z.array(
    z.object({
      vmid: z.number(),
      node: z.string(),
      template: z.boolean(),
      lock: z.string().nullable(),
      description: z.string().nullable(),
      running: z.boolean(),
      disks: z.array(z.string()),
      firewall: z.object({ options: z.record(z.string(), z.unknown()), rules: z.array(z.record(z.string(), z.unknown())) }),
    }),
  ),
  volumes: z.array(z.object({ volid: z.string(), node: z.string().nullable(), vmid: z.number(), base: z.string().nullable() })),
  orphans: z.array(z.string()),
  runningTasks: z.number(),
  requests: z.record(z.string(), z.number()),
  faults: z.array(z.object({ fault: z.object({ fault: z.string() }), seen: z.number(), fired: z.number() })),
})
export type SandboxState = z.infer<typeof sandboxStateSchema>

/** A fault rule as the sandbox's plan has it (src/sandbox/proxmox/faults.ts). */
export type FaultRule = Readonly<Record<string, string | number | boolean>> & { readonly fault: string }

/** A sandbox of its own process, and what tests may ask of it beside Proxmox. */
export interface TestSandbox {
  readonly process: SandboxProcess
  state(): Promise<SandboxState>
  /** Replaces the fault plan. */
  setFaults(faults: readonly FaultRule[]): Promise<void>
  stop(): Promise<void>
}

/** Base templates of the sandbox lie below; what is at or above it was made by the application. */
export const firstOwnVmid = 20_000

export const ownVms = (state: SandboxState) => state.vms.filter((vm) => vm.vmid >= firstOwnVmid)
export const ownVolumes = (state: SandboxState) => state.volumes.filter((volume) => volume.vmid >= firstOwnVmid)

export async function startTestSandbox(stateDir: string): Promise<TestSandbox> {
  const process = await startSandboxProcess({ program: [compiled('main')], stateDir, speed: 20 })
  const { controlUrl, controlSecret } = process.announcement
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${controlUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${controlSecret}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  return {
    process,
    state: async () => sandboxStateSchema.parse(await ask('GET', '/sandbox/state')),
    setFaults: async (faults) => void (await ask('PUT', '/sandbox/faults', { faults })),
    stop: () => process.stop(),
  }
}
