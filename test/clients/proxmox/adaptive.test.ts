import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createProxmox } from '../../../src/clients/proxmox/index.ts'
import { startProxmox } from '../../../src/sandbox/proxmox/index.ts'
import { quietGuest, temporaryFolder } from '../../sandbox/proxmox/client.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'
import { options, template } from './sandbox-lab.ts'
import { silent } from './support.ts'

/** Both sides on one clock, which moves only while every request that was sent lies with the sandbox. */
async function startTogether(volumeClone: number) {
  const time = createVirtualClock(Date.UTC(2026, 8, 1))
  const sandbox = await startProxmox({
    stateDir: temporaryFolder(),
    clock: time.clock,
    guestFactory: quietGuest,
    durations: { volumeClone },
  })
  const proxmox = createProxmox({
    urls: [sandbox.proxmoxUrl],
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
    tls: { caFile: sandbox.caFile },
    clock: time.clock,
    log: silent,
  })
  onTestFinished(async () => {
    await proxmox.close()
    const closed = { yet: false }
    const closing = sandbox.close().then(() => {
      closed.yet = true
    })
    while (!closed.yet) await time.advance(1_000)
    await closing
  })
  const sent = () => proxmox.limiterState().reduce((sum, { key, inFlight }) => (key.startsWith('api:') ? sum + inFlight : sum), 0)
  return {
    sandbox,
    proxmox,
    now: time.clock.now,
    /** Lets time pass until it is over. */
    async until(isOver: () => boolean): Promise<void> {
      while (!isOver()) {
        for (let quiet = 0; quiet < 5; quiet = sent() === sandbox.inFlight() ? quiet + 1 : 0) await turn()
        await time.advance(50)
      }
    },
  }
}

const hold = 2_000
const firstId = 2_101
const phases = { before: 8, half: 22, doubled: 40 } as const

it('follows a storage that takes twice as long, then half as long again, in the middle of a batch', async () => {
  const { sandbox, proxmox, now, until } = await startTogether(hold)
  const done: number[] = []
  const failed: unknown[] = []
  const count = phases.before + phases.half + phases.doubled
  for (let vmid = firstId; vmid < firstId + count; vmid += 1) {
    const request = { node: 'pve1', source: template, vmid, name: `lab-${vmid}`, description: `netpraxis:test:${vmid}:work`, full: false }
    proxmox.ensureClone({ ...request, ...options().options }).then(
      () => done.push(now()),
      (error: unknown) => failed.push(error),
    )
  }
  const reached = (wanted: number) => () => done.length + failed.length >= wanted
  await until(reached(phases.before))
  sandbox.setFaults({ faults: [{ fault: 'slow-storage', ms: hold }] })
  const halvedAt = now()
  await until(reached(phases.before + phases.half))
  sandbox.setFaults({ faults: [] })
  const doubledAt = now()
  await until(reached(count))

  expect(failed).toEqual([])
  /** Clones a second of what the lock allows, from a minute after the change on. */
  const share = (changedAt: number, end: number, holdMs: number) => {
    const settled = done.filter((at) => at > changedAt + 60_000 && at <= end)
    return ((settled.length - 1) * holdMs) / ((settled.at(-1) ?? 0) - (settled[0] ?? 0))
  }
  expect(share(halvedAt, doubledAt, 2 * hold)).toBeGreaterThan(0.6)
  expect(share(doubledAt, now(), hold)).toBeGreaterThan(0.6)
  const { orphans, vms, requests } = sandbox.state()
  expect(orphans).toEqual([])
  expect(vms.filter(({ vmid }) => vmid >= firstId && vmid < firstId + count)).toHaveLength(count)
  // none was asked for twice: no lock was ever waited for too long
  expect(requests['POST /nodes/{node}/qemu/{vmid}/clone']).toBe(count)
}, 60_000)
