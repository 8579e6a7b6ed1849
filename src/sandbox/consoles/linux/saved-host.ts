import { fieldsOf } from '../../network/json.ts'
import type { LinuxHost, LinuxRoute } from './linux-host.ts'

/** Run-time state of a Linux host for hibernation. A running program is not kept: its shell is at a new prompt afterwards. */
export const saveHost = (host: LinuxHost): unknown => ({
  hostname: host.hostname(),
  isForwarding: host.isForwarding,
  history: host.history,
  routes: host.routes,
  files: Object.fromEntries(host.listFiles().map((path) => [path, host.readFile(path) ?? ''])),
  interfaces: host.interfaces.map((each) => ({
    name: each.name,
    isUp: each.isUp,
    mtu: each.mtu,
    addresses: each.addresses,
    vlan: each.vlan,
  })),
})

export function readSavedHost(host: LinuxHost, state: unknown): void {
  const saved = fieldsOf(state)
  host.setHostname(saved.text('hostname', host.hostname()))
  host.isForwarding = saved.flag('isForwarding')
  host.history.push(...saved.texts('history'))
  for (const path of saved.fields('files').names()) host.writeFile(path, saved.fields('files').text(path))
  for (const each of saved.list('interfaces')) readInterface(host, each)
  host.routes = saved.list('routes').map(readRoute)
  host.rebuild()
}

function readInterface(host: LinuxHost, state: unknown): void {
  const saved = fieldsOf(state)
  const name = saved.text('name')
  const vlan = saved.fields('vlan')
  const parent = host.interfaces.find((each) => each.name === vlan.text('parent'))
  if (parent !== undefined && !host.interfaces.some((each) => each.name === name)) host.addVlan(name, parent, vlan.number('id'))
  const device = host.interfaces.find((each) => each.name === name)
  if (device === undefined) return
  device.isUp = saved.flag('isUp')
  device.mtu = saved.number('mtu', 1_500)
  device.addresses = saved
    .list('addresses')
    .map((own) => ({ address: fieldsOf(own).number('address'), length: fieldsOf(own).number('length') }))
}

function readRoute(state: unknown): LinuxRoute {
  const saved = fieldsOf(state)
  const kind = (['blackhole', 'unreachable', 'prohibit'] as const).find((each) => each === saved.text('kind')) ?? 'unicast'
  return {
    network: saved.number('network'),
    length: saved.number('length'),
    device: saved.text('device') || null,
    gateway: saved.raw('gateway') === null ? null : saved.number('gateway'),
    metric: saved.number('metric'),
    kind,
    isKernel: saved.flag('isKernel'),
    source: saved.raw('source') === null ? null : saved.number('source'),
  }
}
