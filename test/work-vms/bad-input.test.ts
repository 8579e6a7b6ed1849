import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/sandbox/proxmox/index.ts'
import { client } from '../sandbox/proxmox/client.ts'
import { openLabBench } from '../support/lab-bench.ts'

/** Two students whose labs are asked for. */
async function askForLabs(
  options: Parameters<typeof openLabBench>[0],
  before: (on: Awaited<ReturnType<typeof openLabBench>>) => Promise<void>,
) {
  const on = await openLabBench(options)
  const { id: courseId, teacher } = on.given.course()
  const exercise = on.exercise(courseId)
  await before(on)
  await on.services().enrollments.enroll(teacher, exercise.id, 'username\nana\nbea')
  await on.settled()
  const { vms, orphans } = on.onProxmox()
  return { failed: on.workVms().flatMap(({ state, errorCode }) => (state === 'failed' ? [errorCode] : [])), vms: vms.length, orphans }
}

const nothing = async () => undefined
const refusal: Fault = { fault: 'expired-ticket', method: 'POST', path: '/clone$' }

describe('a lab that cannot be made says why and leaves nothing half done', () => {
  it('when the range of numbers is used up', async () => {
    const environment = { PROXMOX_VMID_MIN: '20000', PROXMOX_VMID_MAX: '20000' }
    expect(await askForLabs({ environment }, nothing)).toEqual({ failed: ['VMID_RANGE_FULL'], vms: 1, orphans: [] })
  })

  it('when the token is not taken any more', async () => {
    expect(await askForLabs({ faults: [refusal] }, nothing)).toEqual({ failed: ['PROXMOX_AUTH', 'PROXMOX_AUTH'], vms: 0, orphans: [] })
  })

  it('when the template vanished', async () => {
    const found = await askForLabs({}, async ({ sandbox }) => {
      const authorization = `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}`
      const ask = client(sandbox.proxmoxUrl, sandbox.caFile, { authorization })
      expect((await ask('DELETE', '/nodes/pve1/qemu/9000')).status).toBe(200)
      await expect.poll(() => sandbox.state().vms.some(({ vmid }) => vmid === 9_000)).toBe(false)
    })
    expect(found).toEqual({ failed: ['PROXMOX_EFFECT_MISSING', 'PROXMOX_EFFECT_MISSING'], vms: 0, orphans: [] })
  })
})
