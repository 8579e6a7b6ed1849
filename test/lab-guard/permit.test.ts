import { describe, expect, it } from 'vitest'
import { type Permission, permit } from '../../src/lab-guard/index.ts'

const own = '11111111-2222-4333-8444-555555555555'
const other = '99999999-2222-4333-8444-555555555555'
const node = 'aaaaaaaa-2222-4333-8444-555555555555'

const ask = (line: string, { isFree = false, isSocket = false } = {}): Permission => {
  const [method = '', path = ''] = line.split(' ')
  return permit({ method, path, isSocket }, { projectId: own, isFree })
}
const kindOf = (...given: Parameters<typeof ask>): string => {
  const permission = ask(...given)
  return permission.kind === 'refused' ? permission.why : permission.kind
}
const bodyOf = (permission: Permission, given: unknown, current?: unknown): unknown =>
  permission.kind === 'write' ? permission.rule.bodyOf(given, current) : 'refused'

describe('the allow-list', () => {
  it.each(['v2', 'v3'])('lets %s show its own project and run its devices', (api) => {
    expect(kindOf(`GET /${api}/version`)).toBe('read')
    expect(kindOf(`GET /${api}/projects/${own}`)).toBe('read')
    expect(kindOf(`GET /${api}/projects/${own}/nodes`)).toBe('read')
    expect(kindOf(`GET /${api}/symbols/:/symbols/vpcs_guest.svg/raw`)).toBe('read')
    expect(kindOf(`POST /${api}/projects/${own}/nodes/${node}/start`)).toBe('write')
    expect(kindOf(`POST /${api}/projects/${own}/nodes/reload`)).toBe('write')
    expect(kindOf(`GET /${api}/projects/${own}/notifications/ws`, { isSocket: true })).toBe('events')
    expect(kindOf(`GET /${api}/projects/${own}/nodes/${node}/console/ws`, { isSocket: true })).toBe('console')
  })

  it('answers the list of projects with its own alone', () => {
    expect(ask('GET /v2/projects')).toEqual({ kind: 'projects', path: `/v2/projects/${own}` })
  })

  it.each([
    `DELETE /v2/projects/${own}`,
    `DELETE /v2/projects/${own}/nodes/${node}`,
    `DELETE /v2/projects/${own}/links/${node}`,
    `POST /v2/projects/${own}/close`,
    `GET /v2/projects/${own}/export`,
    `POST /v2/projects/${own}/duplicate`,
    `POST /v2/projects/${own}/import`,
    `PUT /v2/projects/${own}`,
    `POST /v2/projects/${own}/snapshots`,
    `POST /v2/projects/${own}/snapshots/${node}/restore`,
    `POST /v2/projects/${own}/nodes`,
    `POST /v2/projects/${own}/links/${node}/start_capture`,
    `GET /v2/projects/${own}/files/netpraxis-marker.txt`,
    `POST /v2/projects/${own}/files/netpraxis-marker.txt`,
    `GET /v2/projects/${own}/nodes/${node}/files/disk.qcow2`,
    `GET /v2/projects/${other}`,
    `GET /v2/projects/${other}/nodes`,
    'POST /v2/projects',
    'POST /v2/shutdown',
    'POST /v2/reload',
    'GET /v2/settings',
    'GET /v2/compute/projects',
    'POST /v2/templates',
    'GET /v3/access/users',
    'POST /v3/access/users/authenticate',
    'GET /v3/docs',
    'PATCH /v2/version',
  ])('refuses %s, also where the topology is free', (line) => {
    expect(kindOf(line, { isFree: true })).toBe('never')
  })

  it.each([
    `GET /v2/projects/${own}/../${other}`,
    `GET /v2/projects/${own}%2f..%2f${other}`,
    `GET /v2/projects/${own}/files/README.txt/..%2fnetpraxis-marker.txt`,
    'GET /v2//projects',
    'GET /v2/symbols/../compute/projects/raw',
    'GET /v2/symbols/a\\b/raw',
    `GET /v2/projects/${own}/nodes/${node}/files/configs/../startup.vpc`,
  ])('does not take %s for something else', (line) => {
    expect(kindOf(line)).toBe('never')
  })

  it('hands sockets to sockets and requests to requests', () => {
    expect(kindOf(`GET /v2/projects/${own}/nodes/${node}/console/ws`)).toBe('never')
    expect(kindOf('GET /v2/version', { isSocket: true })).toBe('never')
  })

  it('changes the cabling only where the exercise leaves it free', () => {
    for (const line of [
      `POST /v2/projects/${own}/links`,
      `POST /v2/projects/${own}/templates/${node}`,
      `POST /v2/projects/${own}/drawings`,
    ]) {
      expect(kindOf(line)).toBe('fixed')
      expect(kindOf(line, { isFree: true })).toBe('write')
    }
  })
})

describe('what a write may say', () => {
  it('is nothing where a device is started: 2.2 takes what a body says for settings', () => {
    expect(bodyOf(ask(`POST /v2/projects/${own}/nodes/${node}/start`), { iourc_content: 'x' })).toEqual({})
  })

  it('is only a place where a device is added', () => {
    const add = ask(`POST /v2/projects/${own}/templates/${node}`, { isFree: true })
    expect(bodyOf(add, { x: 10.4, y: -3, compute_id: 'elsewhere', name: 'R9' })).toEqual({ x: 10, y: -3, compute_id: 'local' })
    expect(bodyOf(add, { x: 'left' })).toBeNull()
  })

  it('carries no text of a packet filter in a link', () => {
    const link = ask(`PUT /v2/projects/${own}/links/${node}`, { isFree: true })
    expect(bodyOf(link, { filters: { delay: [10, 0] } })).toEqual({ filters: { delay: [10, 0] } })
    expect(bodyOf(link, { filters: { bpf: ['tcp; reboot'] } })).toBeNull()
  })

  const known = { name: 'R1', node_type: 'qemu', x: 1, y: 2, console: 5000, properties: { ram: 256, options: '-nographic' } }
  const change = (isFree: boolean) => ask(`PUT /v2/projects/${own}/nodes/${node}`, { isFree })

  it('moves a device in a free topology, and leaves out what did not change', () => {
    expect(bodyOf(change(true), { ...known, x: 50 }, known)).toEqual({ x: 50 })
    expect(bodyOf(change(false), { ...known, x: 50 }, known)).toBeNull()
    expect(bodyOf(change(false), known, known)).toEqual({})
  })

  it.each([
    { name: 'R2' },
    { console: 5001 },
    { properties: { ram: 256, options: '-drive file=/etc/shadow' } },
    { properties: { ram: 9_999, options: '-nographic' } },
    { command_line: 'sh' },
  ])('does not change a device: %j', (difference) => {
    expect(bodyOf(change(true), { ...known, ...difference }, known)).toBeNull()
  })

  it('sets the ports and VLANs of a switch of GNS3, which has no console', () => {
    const ports = [{ name: 'Ethernet0', port_number: 0, type: 'access', vlan: 1 }]
    const known = { name: 'SW1', node_type: 'ethernet_switch', properties: { ports_mapping: ports, other: 1 } }
    const wanted = { ports_mapping: [{ ...ports[0], vlan: 10 }], other: 1 }
    expect(bodyOf(change(false), { ...known, properties: wanted }, known)).toEqual({ properties: wanted })
    expect(bodyOf(change(false), { ...known, properties: { ...wanted, other: 2 } }, known)).toBeNull()
  })
})
