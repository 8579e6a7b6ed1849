import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createProxmox, type Proxmox, type TaskOptions } from '../../../src/clients/proxmox/index.ts'
import { type AppError, isAppError } from '../../../src/errors.ts'
import { type Fault, type StartGuest, startProxmox } from '../../../src/sandbox/proxmox/index.ts'
import { fastClock, silent } from './support.ts'

/** The gateway beside a sandbox of one test, and its verbs with what tests do not care about filled in. */

/** Both sides go ten times as fast as the real ones. */
export const speed = 10
export const template = 9_000
export const shared = 'labshared'

/** Nothing inside the machine: these tests are about the machine. */
const noGuest: StartGuest = async () => ({
  apiPort: 1,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({}),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

export const mark = (vmid: number): string => `netpraxis:test:${vmid}:work`

export async function start(faults: Fault[] = [], durations: Parameters<typeof startProxmox>[0]['durations'] = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'proxmox-client-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const sandbox = await startProxmox({ stateDir, speed, faults: { faults }, durations, guestFactory: noGuest })
  onTestFinished(sandbox.close)
  return { sandbox, proxmox: connect(sandbox) }
}

export function connect(sandbox: Awaited<ReturnType<typeof startProxmox>>): Proxmox {
  const proxmox = createProxmox({
    urls: [sandbox.proxmoxUrl],
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
    tls: { caFile: sandbox.caFile },
    clock: fastClock(speed),
    log: silent,
  })
  onTestFinished(proxmox.close)
  return proxmox
}

export function options(more: Partial<TaskOptions> = {}) {
  const upids: string[] = []
  return {
    upids,
    options: { signal: new AbortController().signal, priority: 'batch' as const, onUpid: (upid: string) => void upids.push(upid), ...more },
  }
}

export const clone = (proxmox: Proxmox, vmid: number, more: Partial<TaskOptions> = {}) =>
  proxmox.ensureClone({
    node: 'pve1',
    source: template,
    vmid,
    name: `lab-${vmid}`,
    description: mark(vmid),
    full: false,
    ...options(more).options,
  })

export const destroy = (proxmox: Proxmox, vmid: number, more: Partial<TaskOptions> = {}) =>
  proxmox.ensureDestroyed({ node: 'pve1', vmid, expectedDescription: mark(vmid), storages: [shared], ...options(more).options })

export async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

export type Sandbox = Awaited<ReturnType<typeof startProxmox>>
export const posts = (sandbox: Sandbox, what: string): number =>
  Object.entries(sandbox.state().requests).reduce(
    (sum, [call, count]) => (call.startsWith('POST') && call.includes(what) ? sum + count : sum),
    0,
  )
export const vm = (sandbox: Sandbox, vmid: number) => sandbox.state().vms.find((one) => one.vmid === vmid)
