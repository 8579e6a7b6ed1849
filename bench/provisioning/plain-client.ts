import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { z } from 'zod'
import type { OneClock } from '../../test/clients/proxmox/one-clock.ts'

const bodySchema = z.object({ data: z.unknown() })
const statusSchema = z.object({ status: z.string(), exitstatus: z.string().optional() })
const pollMs = 1_000

/** What a short script does: ask, look at the task each second. It counts what it asked and what was refused. */
export function createPlainClient({ sandbox, clock, sending }: OneClock) {
  const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') }, headersTimeout: 600_000 })
  const headers = { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` }
  const counts = { requests: 0, refused: 0, failedTasks: 0 }

  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, form?: Record<string, string | number>): Promise<unknown> {
    counts.requests += 1
    return sending(async () => {
      const body =
        form === undefined
          ? ''
          : new URLSearchParams(Object.entries(form).map(([name, value]): [string, string] => [name, String(value)])).toString()
      const answer = await request(`${sandbox.proxmoxUrl}/api2/json${path}`, {
        ...{ dispatcher, method },
        headers: form === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        ...(form === undefined ? {} : { body }),
      })
      const text = await answer.body.text()
      if (answer.statusCode >= 500) counts.refused += 1
      return answer.statusCode === 200 ? bodySchema.parse(JSON.parse(text)).data : undefined
    })
  }

  /** Follows a task to its end, a look each second. */
  async function follow(upid: unknown): Promise<void> {
    if (typeof upid !== 'string') return
    for (;;) {
      await clock.sleep(pollMs)
      const { status, exitstatus } = statusSchema.parse(await ask('GET', `/nodes/pve1/tasks/${encodeURIComponent(upid)}/status`))
      if (status !== 'stopped') continue
      if (exitstatus !== 'OK') counts.failedTasks += 1
      return
    }
  }

  return {
    counts,
    async clone(source: number, vmid: number): Promise<void> {
      await follow(await ask('POST', `/nodes/pve1/qemu/${source}/clone`, { newid: vmid, name: `plain-${vmid}` }))
      await ask('GET', `/nodes/pve1/qemu/${vmid}/config`)
    },
    async remove(vmid: number): Promise<void> {
      await follow(await ask('DELETE', `/nodes/pve1/qemu/${vmid}?purge=1`))
    },
    close: () => dispatcher.close(),
  }
}
