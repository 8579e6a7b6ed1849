import { describe, expect, it } from 'vitest'
import { finish, givenSandbox } from './client.ts'

const tenSeconds = "can't lock file '/var/lock/pve-manager/pve-storage-labshared' - got timeout"

describe('locks of the emulated cluster', () => {
  it('fails the clones that wait more than ten seconds for a storage, and leaves nothing of them behind', async () => {
    const { ask, sandbox } = await givenSandbox({ speed: 20, durations: { volumeClone: 12_000 } })
    const ids = Array.from({ length: 6 }, (_unused, index) => 3_000 + index)
    const ends = await Promise.all(ids.map(async (newid) => finish(ask, await ask('POST', '/nodes/pve2/qemu/9010/clone', { newid }))))
    const failed = ends.filter(({ exit }) => exit !== 'OK')
    expect(new Set(failed.map(({ exit }) => exit))).toEqual(
      new Set(["clone failed: can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout"]),
    )
    expect(failed.length).toBeGreaterThanOrEqual(1)
    expect(sandbox.state().vms.filter((vm) => ids.includes(vm.vmid))).toHaveLength(6 - failed.length)
    expect(sandbox.state().orphans).toEqual([])
  })

  it('says so in the words of a cluster lock when the storage is shared', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'storage-lock-timeout', operation: 'clone', vmid: 2000 }] } })
    const { exit } = await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    expect(exit).toBe("clone failed: cfs-lock 'storage-labshared' error: got lock request timeout")
    expect(exit).not.toContain(tenSeconds)
  })

  it('shows the new VM with lock: clone while it is made and refuses to delete it then', async () => {
    const { ask } = await givenSandbox({ durations: { volumeClone: 100_000 } })
    await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000, name: 'later' })
    await expect
      .poll(async () => (await ask('GET', '/nodes/pve1/qemu/2000/config')).body?.data)
      .toMatchObject({ lock: 'clone', description: ' qmclone temporary file' })
    const { exit } = await finish(ask, await ask('DELETE', '/nodes/pve1/qemu/2000'))
    expect(exit).toBe("can't lock file '/var/lock/qemu-server/lock-2000.conf' - got timeout")
  })
})

describe('planned faults', () => {
  const orphan = 'labshared:9000/base-9000-disk-0.qcow2/2000/vm-2000-disk-0.qcow2'

  it.each([
    ['ok', 'OK', `Could not remove disk '${orphan}', check manually: cfs-lock 'storage-labshared' error: got lock request timeout`],
    [
      'warnings',
      'WARNINGS: 1',
      `WARN: Could not remove disk '${orphan}', check manually: cfs-lock 'storage-labshared' error: got lock request timeout`,
    ],
  ] as const)('leaves an orphan under a task that ends %s', async (ending, exit, line) => {
    const { ask, sandbox } = await givenSandbox({
      faults: { faults: [{ fault: 'storage-lock-timeout', operation: 'free', nth: 1, ending }] },
    })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    const end = await finish(ask, await ask('DELETE', '/nodes/pve1/qemu/2000', { purge: 1 }))
    expect(end.exit).toBe(exit)
    expect(end.log).toContain(line)
    expect(sandbox.state().orphans).toEqual([orphan])
    const removed = await ask('DELETE', `/nodes/pve1/storage/labshared/content/${encodeURIComponent(orphan)}`, { delay: 30 })
    expect(removed.body).toEqual({ data: null })
    expect(sandbox.state().orphans).toEqual([])
  })

  it('answers 596 while the handler completes', async () => {
    const { ask, sandbox } = await givenSandbox({ faults: { faults: [{ fault: 'timed-out', method: 'POST', path: '/clone$', nth: 1 }] } })
    const answer = await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })
    expect([answer.status, answer.reason, answer.text]).toEqual([596, 'Connection timed out', ''])
    await expect.poll(() => sandbox.state().vms.find((vm) => vm.vmid === 2000)?.lock, { timeout: 20_000 }).toBe(null)
  })

  it('starts nothing when it says that the worker could not be started', async () => {
    const { ask, sandbox } = await givenSandbox({ faults: { faults: [{ fault: 'start-worker-failed', nth: 1, path: '/clone$' }] } })
    expect((await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })).reason).toBe('got no worker upid - start worker failed')
    expect(sandbox.state().vms.some((vm) => vm.vmid === 2000)).toBe(false)
    expect((await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })).status).toBe(200)
  })

  it('refuses with 500 although the task runs, when the list of tasks is locked', async () => {
    const { ask, sandbox } = await givenSandbox({ faults: { faults: [{ fault: 'active-lock', path: '/clone$' }] } })
    expect((await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })).reason).toBe(
      "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout",
    )
    await expect.poll(() => sandbox.state().vms.find((vm) => vm.vmid === 2000)?.lock, { timeout: 20_000 }).toBe(null)
  })

  it('drops the connection instead of answering', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'reset-before', path: '^/version', times: 1, nth: 1 }] } })
    await expect(ask('GET', '/version')).rejects.toThrow()
    expect((await ask('GET', '/version')).status).toBe(200)
  })

  it('answers 595 for a node that is down and shows it offline', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'node-down', node: 'pve2' }] } })
    const answer = await ask('GET', '/nodes/pve2/status')
    expect([answer.status, answer.reason, answer.text]).toEqual([595, 'No route to host', ''])
    expect((await ask('GET', '/nodes')).body?.data).toMatchObject([
      { node: 'pve1', status: 'online' },
      { node: 'pve2', status: 'offline' },
    ])
  })

  it('keeps a VM with lock: clone for ever when its worker is killed', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'worker-killed', task: 'qmclone', vmid: 2000 }] } })
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))).exit).toBe('unexpected status')
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))).exit).toBe('VM is locked (clone)')
  })

  it('leaves a diskless VM with lock: destroyed when user.cfg stays locked', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'user-config-timeout', operation: 'destroy', nth: 1 }] } })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    const { exit } = await finish(ask, await ask('DELETE', '/nodes/pve1/qemu/2000'))
    expect(exit).toBe("access permissions cleanup for VM 2000 failed: cfs-lock 'file-user_cfg' error: got lock request timeout")
    expect((await finish(ask, await ask('DELETE', '/nodes/pve1/qemu/2000'))).exit).toBe('VM is locked (destroyed)')
  })

  it('leaves half a template that a second call with disk= repairs', async () => {
    const { ask } = await givenSandbox({ faults: { faults: [{ fault: 'storage-lock-timeout', operation: 'template', nth: 1 }] } })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/template'))
    expect((await ask('GET', '/nodes/pve1/qemu/2000/config')).body?.data).toMatchObject({ template: 1, scsi0: `${orphan},size=20G` })
    expect((await ask('POST', '/nodes/pve1/qemu/2000/clone', { newid: 2001 })).reason).toBe(
      `Linked clone feature is not supported for '${orphan}' (scsi0)`,
    )
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/template', { disk: 'scsi0' }))).exit).toBe('OK')
    expect((await ask('POST', '/nodes/pve1/qemu/2000/clone', { newid: 2001 })).status).toBe(200)
  })

  it('repeats the same faults for the same seed', async () => {
    const faults = { faults: [{ fault: 'start-worker-failed' as const, path: '/clone$', probability: 0.5 }] }
    const runs = await Promise.all(
      [7, 7].map(async (seed) => {
        const { ask } = await givenSandbox({ faults, seed })
        const codes: number[] = []
        for (let index = 0; index < 12; index++)
          codes.push((await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 + index })).status)
        return codes
      }),
    )
    expect(runs[0]).toEqual(runs[1])
    expect(new Set(runs[0])).toEqual(new Set([200, 500]))
  })
})
