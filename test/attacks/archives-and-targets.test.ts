import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkIntegrity, type RecordedLab } from '../../src/evaluation/index.ts'
import { judgeClaim } from '../../src/vms/addresses.ts'
import { isWithinLab, wayTo } from '../../src/vms/console-target.ts'
import { exerciseText } from '../support/given.ts'
import { type AttackBench, openAttackBench } from './attack-bench.ts'
import { hostileZip } from './zip.ts'

let on: AttackBench
beforeAll(async () => {
  on = await openAttackBench({ proxmox: { limiterState: () => [], resources: async () => [] } })
})
afterAll(() => on?.close())

const topology = {
  ...{ name: 'lab', project_id: '11111111-2222-4333-8444-555555555555', version: '2.2.54', revision: 9, type: 'topology' },
  topology: { nodes: [], links: [], computes: [], drawings: [] },
}
const project = { name: 'project.gns3', content: Buffer.from(JSON.stringify(topology)) }
const upload = async (files: Readonly<Record<string, readonly [string, Uint8Array]>>) => {
  const teresa = await on.signIn('teresa')
  return () => teresa.upload('/api/v1/exercises', { courseId: on.course.id }, files)
}
const yaml = (text: string) => ({ exercise: ['exercise.yaml', Buffer.from(text)] as const })

describe('an uploaded archive', () => {
  it('that is honest is read, so that the refusals above are about what they say', async () => {
    const answer = await (await upload({ ...yaml(exerciseText), project: ['lab.gns3project', hostileZip([project])] }))()
    expect(answer.body).not.toContain('PROJECT_ARCHIVE_INVALID')
    expect([422, 202]).toContain(answer.statusCode)
  })
})

describe('the server sends no request where somebody else says', () => {
  it.each(['host: 169.254.169.254', 'host: 127.0.0.1', 'host: 127.0.0.1, port: 8006', "host: '::1'"])(
    'by a device that is reached directly (%s)',
    (host) => {
      const [, name = '', port] = /host: '?([^',]+)'?(?:, port: (\d+))?/.exec(host) ?? []
      for (const via of ['ssh', 'telnet'] as const)
        expect(isWithinLab(wayTo({ connect: { via, host: name, ...(port ? { port: Number(port) } : {}) } }, '10.20.0.6'))).toBe(false)
    },
  )

  it.each([
    ['the server itself', '127.0.0.1'],
    ['the metadata of a cloud', '169.254.169.254'],
    ['Proxmox', '10.20.0.5'],
    ['Proxmox, written as IPv6', '::ffff:10.20.0.5'],
    ['any address', '0.0.0.0'],
  ])('by the address that a guest claims: %s', (_what, address) => {
    const rules = { networks: ['10.20.0.0/16'], forbidden: ['10.20.0.5'] }
    expect(judgeClaim({ mac: 'bc:24:11:00:00:01', address }, 'bc:24:11:00:00:01', rules)).not.toBeNull()
  })
})

describe('a lab that was swapped', () => {
  const end = (deviceId: string, adapter = 0) => ({ deviceId, adapter, port: 0 })
  const recorded: RecordedLab = {
    projectId: 'project-1',
    devices: ['PC1', 'PC2'].map((name) => ({ id: `node-${name}`, name, type: 'vpcs' })),
    links: [{ ends: [end('node-PC1'), end('node-PC2')] }],
  }
  const asHandedOut = { ...recorded, links: recorded.links.map((link) => ({ ...link, suspended: false })) }
  type Lab = typeof asHandedOut

  it.each<[string, (lab: Lab) => Lab, string]>([
    [
      'whose devices changed their names',
      (lab) => ({ ...lab, devices: lab.devices.map((one) => ({ ...one, name: `${one.name}x` })) }),
      'DEVICE_RENAMED',
    ],
    [
      'with a switch more, into which both are plugged',
      (lab) => ({
        ...lab,
        devices: [...lab.devices, { id: 'sw', name: 'SW', type: 'ethernet_switch' }],
        links: [
          { ends: [end('node-PC1'), end('sw')], suspended: false },
          { ends: [end('node-PC2'), end('sw', 1)], suspended: false },
        ],
      }),
      'DEVICE_ADDED',
    ],
    ['imported anew', (lab) => ({ ...lab, projectId: 'project-2' }), 'PROJECT_REPLACED'],
    [
      'with a device of another kind under the old name',
      (lab) => ({ ...lab, devices: lab.devices.map((one) => ({ ...one, id: `new-${one.id}`, type: 'docker' })) }),
      'DEVICE_REPLACED',
    ],
    ['without a cable', (lab) => ({ ...lab, links: [] }), 'LINK_REMOVED'],
  ])('is seen: %s', (_what, change, code) => {
    expect(checkIntegrity(recorded, asHandedOut, 'fixed')).toEqual([])
    expect(checkIntegrity(recorded, change(asHandedOut), 'fixed').map((finding) => finding.code)).toContain(code)
  })
})
