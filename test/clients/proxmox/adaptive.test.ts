import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../sandbox/proxmox/client.ts'
import { startOnOneClock } from './one-clock.ts'
import { options, template } from './sandbox-lab.ts'
import { silent } from './support.ts'

const hold = 2_000
const firstId = 2_101
const phases = { before: 8, half: 22, doubled: 40 } as const

it('follows a storage that takes twice as long, then half as long again, in the middle of a batch', async () => {
  const { sandbox, proxmox, clock, until, close } = await startOnOneClock({
    stateDir: temporaryFolder(),
    durations: { volumeClone: hold },
    log: silent,
  })
  onTestFinished(close)
  const { now } = clock
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
