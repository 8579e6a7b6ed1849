import type { Simulation } from '../network/simulation.ts'
import type { NodeSpec } from '../network/types.ts'
import type { ConsoleHub } from './console-hub.ts'
import type { Device } from './device.ts'
import { createIosDevice } from './ios/ios-device.ts'
import { createLinuxDevice } from './linux/linux-device.ts'
import { createHubDevice, createInertDevice, createSwitchDevice } from './unmanaged-devices.ts'
import { createVpcsDevice } from './vpcs/vpcs-device.ts'

export interface MadeDevice {
  readonly device: Device
  readonly hub: ConsoleHub | null
}

/** The device for GNS3's node_type. A type that is not simulated has ports and stays silent. */
export function createDevice(parts: { simulation: Simulation; spec: NodeSpec; index: number; createHub: () => ConsoleHub }): MadeDevice {
  const { simulation, spec, index } = parts
  const withConsole = (
    create: (context: { simulation: Simulation; spec: NodeSpec; hub: ConsoleHub; index: number }) => Device,
  ): MadeDevice => {
    const hub = parts.createHub()
    return { hub, device: create({ simulation, spec, hub, index }) }
  }
  switch (spec.type) {
    case 'vpcs':
      return withConsole(createVpcsDevice)
    case 'dynamips':
    case 'iou':
      return withConsole(createIosDevice)
    case 'docker':
    case 'qemu':
      return withConsole(createLinuxDevice)
    case 'ethernet_switch':
      return { hub: null, device: createSwitchDevice(simulation, spec) }
    case 'ethernet_hub':
      return { hub: null, device: createHubDevice(spec) }
    default:
      return { hub: null, device: createInertDevice(spec) }
  }
}
