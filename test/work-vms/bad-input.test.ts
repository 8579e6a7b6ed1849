import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Fault, startProxmox } from '../../src/sandbox/proxmox/index.ts'
import type { PowerVerb } from '../../src/work-vms/index.ts'
import { client } from '../sandbox/proxmox/client.ts'
import { freePort } from '../support/free-port.ts'
import { noGuest, openLabBench } from '../support/lab-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait.ts'

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

describe('a VM of somebody else', () => {
  async function oneLab() {
    const on = await openLabBench()
    const { id: courseId, teacher } = on.given.course()
    const exercise = on.exercise(courseId)
    await on.services().enrollments.enroll(teacher, exercise.id, 'username\nana')
    await on.settled()
    const authorization = `PVEAPIToken=${on.sandbox.tokenId}=${on.sandbox.tokenSecret}`
    const ask = client(on.sandbox.proxmoxUrl, on.sandbox.caFile, { authorization })
    const row = () => on.services().workVms.get(on.workVms()[0]?.id ?? '')
    const press = (verb: PowerVerb) => on.services().workVms.power(teacher, row().id, verb)
    const stateOf = (vmid: number) => on.onProxmox().vms.find((vm) => vm.vmid === vmid)
    return { ...on, ask, row, press, stateOf }
  }

  it('under the number of a lab is neither started, stopped nor removed, and the lab says why', async () => {
    const { ask, row, press, settled, stateOf } = await oneLab()
    const vmid = row().vmid ?? 0
    // what an older database would name: the number was used again meanwhile
    expect((await ask('PUT', `/nodes/${row().pveNode}/qemu/${vmid}/config`, { description: 'netpraxis:another:20000:work' })).status).toBe(
      200,
    )
    press('start')
    await settled()
    expect([row().state, row().errorCode, stateOf(vmid)?.running]).toEqual(['failed', 'PROXMOX_NOT_OURS', false])
    await ask('POST', `/nodes/${row().pveNode}/qemu/${vmid}/status/start`)
    await waitFor('their machine', () => stateOf(vmid)?.running)
    for (const verb of ['stop', 'reset'] as const) {
      press(verb)
      await settled()
      expect([row().errorCode, stateOf(vmid)?.running]).toEqual(['PROXMOX_NOT_OURS', true])
    }
  })

  it('that took the number of a lab that is started over, at that moment, is not taken for the lab', async () => {
    const { ask, row, press, settled, stateOf, proxmox } = await oneLab()
    const ensureClone = proxmox.ensureClone
    Object.assign(proxmox, {
      ensureClone: async (request: Parameters<typeof ensureClone>[0]) => {
        await ask('POST', '/nodes/pve1/qemu', { vmid: request.vmid, name: 'theirs' })
        await waitFor('their machine', () => stateOf(request.vmid)?.lock === null)
        return ensureClone(request)
      },
    })
    press('reset')
    await settled()
    expect([row().state, row().errorCode, row().vmid]).toEqual(['failed', 'PROXMOX_ID_TAKEN', null])
    Object.assign(proxmox, { ensureClone })
    press('start')
    await waitFor('a VM of its own', () => row().vmid !== null && row().state !== 'creating')
    expect(stateOf(row().vmid ?? 0)?.description).toContain('netpraxis:')
    expect(stateOf(20_001)).toMatchObject({ running: false, description: null })
  })
})

/** Proxmox at the same address, begun anew as it was left; under another certificate once the one it had is taken away. */
async function openPinned() {
  const stateDir = tempFolder()
  const kept = tempFolder()
  const on = await openLabBench({ isPinned: true, sandbox: { stateDir, port: await freePort() } })
  const folder = join(stateDir, 'certificates')
  const port = Number(new URL(on.sandbox.proxmoxUrl).port)
  let current = on.sandbox
  const beginAnew = async () => {
    current = await startProxmox({ stateDir, port, speed: 20, guestFactory: noGuest, durations: { taskStart: 30, taskReap: 30 } })
  }
  onTestFinished(() => current.close())
  return {
    ...on,
    onProxmox: () => current.state().vms.filter(({ vmid }) => vmid >= 20_000),
    change: async () => {
      await current.close()
      cpSync(folder, kept, { recursive: true })
      rmSync(folder, { recursive: true })
      await beginAnew()
      return current.fingerprint
    },
    mend: async () => {
      await current.close()
      rmSync(folder, { recursive: true })
      cpSync(kept, folder, { recursive: true })
      await beginAnew()
    },
  }
}

describe('a certificate of Proxmox that changed', () => {
  it('is told with its fingerprint, nothing is sent to it, and the labs are made once it is mended', async () => {
    const on = await openPinned()
    const { id: courseId, teacher } = on.given.course()
    const exercise = on.exercise(courseId)
    const fingerprint = await on.change()
    await on.services().enrollments.enroll(teacher, exercise.id, 'username\nana\nbea')
    await waitFor('the jobs to meet it', () => on.jobs().every(({ errorCode }) => errorCode !== null))
    for (const job of on.jobs())
      expect([job.errorCode, JSON.stringify(job.errorDetails)]).toEqual(['PROXMOX_CERTIFICATE', expect.stringContaining(fingerprint)])
    expect(on.onProxmox()).toEqual([])
    await on.mend()
    await on.settled()
    // on a slow machine they may have given up before
    on.services().classLabs.make(teacher, exercise.id, 'failed')
    await on.settled()
    expect(on.workVms().map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    expect(on.onProxmox()).toHaveLength(2)
  })
})
