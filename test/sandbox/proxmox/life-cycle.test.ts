import { describe, expect, it } from 'vitest'
import { apiCalls } from '../../../src/sandbox/proxmox/api-table.ts'
import { finish, givenSandbox } from './client.ts'

describe('the life of a work VM', () => {
  it('clones a base template as a linked clone that names its parent', async () => {
    const { ask } = await givenSandbox()
    const { exit, log } = await finish(
      ask,
      await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000, name: 'lab-ana', description: 'ours' }),
    )
    expect(exit).toBe('OK')
    expect(log[0]).toBe('create linked clone of drive scsi0 (labshared:9000/base-9000-disk-0.qcow2)')
    expect((await ask('GET', '/nodes/pve1/qemu/2000/config')).body?.data).toMatchObject({
      name: 'lab-ana',
      description: 'ours',
      agent: '1',
      tags: 'base;gns3',
      scsi0: 'labshared:9000/base-9000-disk-0.qcow2/2000/vm-2000-disk-0.qcow2,size=20G',
    })
    const content = await ask('GET', '/nodes/pve1/storage/labshared/content', { vmid: 2000 })
    expect(content.body?.data).toMatchObject([
      { volid: 'labshared:9000/base-9000-disk-0.qcow2/2000/vm-2000-disk-0.qcow2', parent: '../9000/base-9000-disk-0.qcow2' },
    ])
  })

  it('starts, answers its address through the agent, shuts down, becomes a template and is deleted without a trace', async () => {
    const { ask, sandbox } = await givenSandbox()
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))).exit).toBe('OK')
    await expect.poll(async () => (await ask('POST', '/nodes/pve1/qemu/2000/agent/ping')).status, { timeout: 20_000 }).toBe(200)
    const interfaces = await ask('GET', '/nodes/pve1/qemu/2000/agent/network-get-interfaces')
    expect(JSON.stringify(interfaces.body?.data)).toContain('"ip-address":"127.77.')
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))).exit).toBe('VM 2000 already running')
    expect((await ask('DELETE', '/nodes/pve1/qemu/2000')).reason).toBe('VM 2000 is running - destroy failed')
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/shutdown', { timeout: 60 }))).exit).toBe('OK')
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/template'))).exit).toBe('OK')
    expect((await ask('GET', '/nodes/pve1/qemu/2000/config')).body?.data).toMatchObject({
      template: 1,
      scsi0: 'labshared:9000/base-9000-disk-0.qcow2/2000/base-2000-disk-0.qcow2,size=20G',
    })
    const { exit, log } = await finish(ask, await ask('DELETE', '/nodes/pve1/qemu/2000', { purge: 1 }))
    expect({ exit, log }).toEqual({ exit: 'OK', log: ['purging VM 2000 from related configurations..', 'TASK OK'] })
    expect(sandbox.state().volumes.filter((volume) => volume.vmid === 2000)).toEqual([])
  })

  it('answers for every call of its table', async () => {
    const { sandbox, ask } = await givenSandbox()
    const answers = await Promise.all(
      apiCalls.map(async (call) => {
        const path = `/${call.segments.join('/')}`
          .replace('{node}', 'pve1')
          .replace('{vmid}', '9999')
          .replace(/\{[^}]+\}/g, 'x1')
        return { key: call.key, reason: (await ask(call.method, path)).reason }
      }),
    )
    expect(answers.filter((answer) => answer.reason.endsWith('not implemented'))).toEqual([])
    expect(sandbox.state().orphans).toEqual([])
  })
})
