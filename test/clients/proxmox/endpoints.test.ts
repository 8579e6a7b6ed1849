import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildRequest, type Endpoint, type EndpointName, endpoints, type Params } from '../../../src/clients/proxmox/endpoints.ts'

const shown = z.union([z.string(), z.array(z.string().nullable())])
const table = z
  .object({ versions: z.array(z.string()), calls: z.record(z.string(), z.record(z.string(), shown)) })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/proxmox/call-parameters.json', import.meta.url), 'utf8')))

const names = z.array(z.custom<EndpointName>((name) => typeof name === 'string' && name in endpoints)).parse(Object.keys(endpoints))
const each = names.flatMap((name) => table.versions.map((version) => [name, version] as const))

/** What a version says of a parameter: `integer !`, `string in|out <=20`; `null`: it does not know it. */
function ruleOf(name: EndpointName, version: string, key: string): string | null | undefined {
  const endpoint: Endpoint = endpoints[name]
  const found = table.calls[`${endpoint.method} ${endpoint.path}`]
  const rule = found?.[key] ?? found?.[key.replace(/\d+$/, '[n]')]
  return Array.isArray(rule) ? rule[table.versions.indexOf(version)] : rule
}

function fits(rule: string, value: string): boolean {
  const [type, ...more] = rule.split(' ')
  const allowed = more.find((part) => part !== '!' && !part.startsWith('<='))?.split('|')
  const most = Number(more.find((part) => part.startsWith('<='))?.slice(2) ?? Number.POSITIVE_INFINITY)
  if (allowed !== undefined && !allowed.includes(value)) return false
  if (type === 'integer') return /^-?\d+$/.test(value)
  if (type === 'boolean') return value === '0' || value === '1'
  return type === 'string' && value.length <= most
}

/** Each call with all it ever sends. */
const fullest: Readonly<Partial<Record<EndpointName, Params>>> = {
  ticket: { username: 'lab@pve', password: 'secret' },
  resources: { type: 'vm' },
  setAccess: { path: '/vms/101', users: 'ana@campus', roles: 'NetPraxisStudent', propagate: false, delete: true },
  storageContent: { content: 'images', vmid: 101 },
  taskList: { source: 'all', vmid: 101, typefilter: 'qmclone', since: 1_700_000_000, limit: 500 },
  taskLog: { start: 0, limit: 500 },
  feature: { feature: 'clone' },
  clone: { newid: 101, name: 'lab-101', description: 'netpraxis:a:101:work', full: true, storage: 'lab', target: 'pve2', pool: 'course' },
  setConfig: {
    protection: false,
    memory: 4096,
    cores: 2,
    tags: 'a;b',
    net0: 'virtio,bridge=vmbr0',
    ipconfig0: 'ip=dhcp',
    onboot: 0,
    agent: '1',
    delete: 'unused0',
  },
  vncProxy: { websocket: true, 'generate-password': true },
  vncSocket: { port: 5900, vncticket: 'PVEVNC:65A0B1C2::signature' },
  template: { disk: 'scsi0' },
  resize: { disk: 'scsi0', size: '40G' },
  shutdown: { timeout: 60, forceStop: true },
  reboot: { timeout: 60 },
  suspend: { todisk: true },
  migrate: { target: 'pve2', online: true },
  destroy: { purge: true, 'destroy-unreferenced-disks': false },
  setFirewallOptions: {
    enable: true,
    dhcp: true,
    macfilter: true,
    ipfilter: false,
    ndp: true,
    radv: false,
    policy_in: 'DROP',
    policy_out: 'ACCEPT',
  },
  addFirewallRule: {
    type: 'in',
    action: 'ACCEPT',
    enable: true,
    proto: 'tcp',
    dport: '22',
    sport: '1:9',
    source: '10.0.0.1',
    dest: '+x',
    iface: 'net0',
    comment: 'c',
    macro: 'SSH',
  },
  addIpset: { name: 'x' },
  addIpsetEntry: { cidr: '10.0.0.0/8' },
}
const path = {
  node: 'pve1',
  vmid: 101,
  storage: 'lab',
  volume: 'lab:101/vm-101-disk-0.qcow2',
  upid: 'UPID:x',
  name: 'x',
  cidr: '10.0.0.0/8',
  pos: 0,
}

describe('calls', () => {
  it.each(each)('%s has only parameters that Proxmox %s knows', (name, version) => {
    const endpoint: Endpoint = endpoints[name]
    const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
    for (const key of [...inPath, ...endpoint.params, ...(endpoint.configOptions ?? [])]) {
      expect(ruleOf(name, version, key), `${key} in ${version}`).toEqual(expect.any(String))
    }
  })

  it.each(each)('%s can send all that Proxmox %s requires', (name, version) => {
    const endpoint: Endpoint = endpoints[name]
    const known = table.calls[`${endpoint.method} ${endpoint.path}`] ?? {}
    const required = Object.keys(known).filter((key) => ruleOf(name, version, key)?.endsWith('!') === true)
    const able = [...endpoint.params, ...[...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])]
    expect(required.filter((key) => !able.includes(key))).toEqual([])
  })

  it.each(each)('%s with all it ever sends fits Proxmox %s', (name, version) => {
    const built = buildRequest(name, path, fullest[name] ?? {})
    const sent = [...new URLSearchParams(built.encoded)]
    expect(sent.length).toBe(Object.keys(fullest[name] ?? {}).length)
    for (const [key, value] of sent)
      expect(fits(ruleOf(name, version, key) ?? '', value), `${key}=${value} as ${ruleOf(name, version, key)}`).toBe(true)
  })

  it('sends every declared parameter in the fullest example, so none is unchecked', () => {
    for (const name of names) expect(Object.keys(fullest[name] ?? {}), name).toEqual(expect.arrayContaining([...endpoints[name].params]))
  })

  it('writes flags as 1 and 0, escapes what forms split on, and leaves out what is undefined', () => {
    const built = buildRequest('setConfig', path, { tags: 'a;b&c', protection: false, memory: undefined })
    expect(built).toEqual({ method: 'PUT', path: '/nodes/pve1/qemu/101/config', encoded: 'tags=a%3Bb%26c&protection=0' })
  })

  it('keeps a volume in one path segment', () => {
    expect(buildRequest('freeVolume', path, {}).path).toBe('/nodes/pve1/storage/lab/content/lab%3A101%2Fvm-101-disk-0.qcow2')
  })

  it('refuses a parameter that the call does not declare', () => {
    expect(() => buildRequest('start', path, { skiplock: true })).toThrow('skiplock')
    expect(() => buildRequest('setConfig', path, { args: 'x' })).toThrow('args')
    expect(() => buildRequest('start', { node: 'pve1' }, {})).toThrow('vmid')
  })
})
