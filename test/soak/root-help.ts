import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { z } from 'zod'
import type { ProxmoxSandbox } from '../../src/sandbox/proxmox/index.ts'

const ticketSchema = z.object({ data: z.object({ ticket: z.string(), CSRFPreventionToken: z.string() }) })

/**
 * What our errors tell the administrator to type: `qm unlock N && qm destroy N`, for VMs that a dead worker left locked `clone`, `create`
 * or `destroyed`. A token may not, so it is asked as root@pam, with `skiplock`.
 */
export function createRootHelp(sandbox: ProxmoxSandbox, password: string): () => Promise<void> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } })
  const base = `${sandbox.proxmoxUrl}/api2/json`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  async function signIn(): Promise<Record<string, string>> {
    const body = new URLSearchParams({ username: 'root@pam', password }).toString()
    const answer = await request(`${base}/access/ticket`, { method: 'POST', dispatcher, headers, body })
    const { data } = ticketSchema.parse(await answer.body.json())
    return { cookie: `PVEAuthCookie=${encodeURIComponent(data.ticket)}`, csrfpreventiontoken: data.CSRFPreventionToken }
  }

  return async () => {
    const stuck = sandbox.state().vms.filter(({ lock }) => lock === 'clone' || lock === 'create' || lock === 'destroyed')
    if (stuck.length === 0) return
    const credentials = await signIn()
    for (const { vmid, node } of stuck) {
      const url = `${base}/nodes/${node}/qemu/${vmid}?purge=1&skiplock=1`
      const answer = await request(url, { method: 'DELETE', dispatcher, headers: credentials })
      await answer.body.dump()
    }
  }
}
