import { describe, expect, it } from 'vitest'
import { type OnBehalf, parseUpid, type UserTicket } from '../../../src/clients/proxmox/index.ts'
import { client } from '../../sandbox/proxmox/client.ts'
import { clone, destroy, failure, options, start } from './sandbox-lab.ts'

const write = { signal: new AbortController().signal, priority: 'interactive' as const }
const role = 'NetPraxisStudent'

/** Two students of a realm, the administrator's role, a VM of the first. */
async function begin(privileges = 'VM.Audit,VM.PowerMgmt') {
  const { sandbox, proxmox } = await start()
  const ask = client(sandbox.proxmoxUrl, sandbox.caFile, { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` })
  for (const name of ['ana', 'bruno']) await ask('POST', '/access/users', { userid: `${name}@campus`, password: `${name} password` })
  await ask('POST', '/access/roles', { roleid: role, privs: privileges })
  await clone(proxmox, 2101)
  const grant = (isGranted: boolean, username = 'ana@campus') => proxmox.writeAccess({ vmid: 2101, username, role, isGranted, ...write })
  const rules = async () => (await ask('GET', '/access/acl')).body?.data
  return { sandbox, proxmox, ask, grant, rules }
}

function behalf(ticket: UserTicket | null) {
  const seen: string[] = []
  const of: OnBehalf = { ticket: async () => ticket, onAsked: (as) => void seen.push(as), onRefused: () => void seen.push('refused') }
  return { of, seen }
}

const power = { node: 'pve1', vmid: 2101 }
const whoAsked = (upids: readonly string[]) => upids.map((upid) => parseUpid(upid)?.user)

describe("a student's power action", () => {
  it('runs under his own ticket, by an access rule on that VM alone which goes with the VM', async () => {
    const { proxmox, grant, rules } = await begin()
    await grant(true)
    expect(await rules()).toContainEqual({ path: '/vms/2101', type: 'user', ugid: 'ana@campus', roleid: role, propagate: 0 })
    const ticket = await proxmox.signInAs('ana@campus', 'ana password')
    const { of, seen } = behalf(ticket)
    const asked = options()
    await proxmox.ensureStarted({ ...power, ...asked.options, behalf: of })
    await proxmox.ensureStopped({ ...power, ...asked.options, behalf: of })
    expect([whoAsked(asked.upids), seen]).toEqual([
      ['ana@campus', 'ana@campus'],
      ['person', 'person'],
    ])
    await destroy(proxmox, 2101)
    expect(JSON.stringify(await rules())).not.toContain('ana@campus')
  })

  it('runs as the service account without a ticket, with a stale one, and where the rule is missing or was taken', async () => {
    const { proxmox, grant } = await begin()
    const ana = await proxmox.signInAs('ana@campus', 'ana password')
    const bruno = await proxmox.signInAs('bruno@campus', 'bruno password')
    await grant(true)
    await grant(false)
    for (const [ticket, told] of [
      [null, ['service']],
      [bruno, ['refused', 'service']],
      [ana, ['refused', 'service']],
      [{ ...ana, value: `${ana.value}x` }, ['refused', 'service']],
    ] as const) {
      const { of, seen } = behalf(ticket)
      const asked = options()
      await proxmox.ensureStarted({ ...power, ...asked.options, behalf: of })
      expect([whoAsked(asked.upids), seen]).toEqual([[expect.stringMatching(/!/)], told])
      await proxmox.ensureStopped({ ...power, ...options().options })
    }
  })

  it('gets no ticket by a wrong password', async () => {
    const { proxmox } = await begin()
    expect((await failure(proxmox.signInAs('ana@campus', 'guess'))).code).toBe('PROXMOX_AUTH')
  })

  it.each([
    ['more than audit and power', 'VM.Audit,VM.PowerMgmt,VM.Console'],
    ['nothing', ''],
  ])('gets no rule by a role that gives %s', async (_what, privileges) => {
    const { grant, rules } = await begin(privileges)
    expect((await failure(grant(true))).code).toBe('PROXMOX_REFUSED')
    expect(JSON.stringify(await rules())).not.toContain('ana@campus')
  })

  it('gets no rule on Proxmox when Proxmox does not know him', async () => {
    const { grant } = await begin()
    expect((await failure(grant(true, 'nobody@campus'))).code).toBe('PROXMOX_REFUSED')
  })
})
