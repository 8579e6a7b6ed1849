import { fieldsOf } from '../network/json.ts'
import { createPort, type Port } from '../network/link.ts'
import type { Timers } from '../network/simulation.ts'
import { createEthernetHub, createEthernetSwitch, parsePortsMapping } from '../network/switch.ts'
import type { NodeSpec, PortInfo } from '../network/types.ts'
import type { Device } from './device.ts'

/** Devices nobody can talk to: always on, nothing to save. */
const passive = {
  linkChanged: () => undefined,
  powerOn: () => undefined,
  powerOff: () => undefined,
  setPaused: () => undefined,
  update: () => undefined,
  snapshot: () => null,
  resume: () => undefined,
}

const ethernetPort = (number: number, name: string): PortInfo => ({
  adapter: 0,
  port: number,
  name,
  shortName: `e${number}`,
  linkType: 'ethernet',
})

export function createSwitchDevice(timers: Timers, spec: NodeSpec): Device {
  let mapping = parsePortsMapping(spec.properties.ports_mapping)
  const ethernetSwitch = createEthernetSwitch(timers, mapping)
  return {
    ...passive,
    ports: () => mapping.map((each) => ethernetPort(each.number, each.name)),
    port: (adapter, number) => (adapter === 0 ? ethernetSwitch.port(number) : undefined),
    update(change) {
      if (change.properties === undefined) return
      mapping = parsePortsMapping(change.properties.ports_mapping)
      ethernetSwitch.configure(mapping)
    },
  }
}

export function createHubDevice(spec: NodeSpec): Device {
  const mapping = parsePortsMapping(spec.properties.ports_mapping)
  const hub = createEthernetHub(mapping.map((each) => each.number))
  return {
    ...passive,
    ports: () => mapping.map((each) => ethernetPort(each.number, each.name)),
    port: (adapter, number) => (adapter === 0 ? hub.port(number) : undefined),
  }
}

/** A cloud, a NAT, a type we do not simulate: links can be plugged in, nothing answers. */
export function createInertDevice(spec: NodeSpec): Device {
  const named = fieldsOf(spec.properties)
    .list('ports_mapping')
    .map((entry, index) => fieldsOf(entry).text('name', `port${index}`))
  const names = named.length > 0 ? named : ['nat0']
  const ports = new Map<string, Port>()
  return {
    ...passive,
    ports: () => names.map((name, number) => ethernetPort(number, name)),
    port(adapter, number) {
      const key = `${adapter}/${number}`
      const port = ports.get(key) ?? createPort()
      ports.set(key, port)
      return port
    },
  }
}
