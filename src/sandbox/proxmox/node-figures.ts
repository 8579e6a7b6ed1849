import { cpusOf, memoryMb } from './vm-config.ts'
import type { World } from './world.ts'

/** Size of an emulated node: what eight labs and their reserve need. */
export const nodeSize = { cpus: 16, memoryBytes: 64 * 2 ** 30, rootBytes: 250 * 2 ** 30, storageBytes: 2 ** 40 }

const bootSeconds = 86_400

/** Load of a node, made from the VMs that run on it. */
export function nodeFigures(world: World, node: string) {
  const running = [...world.store.machines.values()].filter((machine) => machine.node === node && world.machines.isRunning(machine.vmid))
  const memory = running.reduce((sum, machine) => sum + memoryMb(machine.config) * 2 ** 20 * 0.7, 1.6 * 2 ** 30)
  const cpus = running.reduce((sum, machine) => sum + cpusOf(machine.config) * 0.06, 0.2)
  return {
    cpu: Math.min(1, cpus / nodeSize.cpus),
    maxcpu: nodeSize.cpus,
    mem: Math.floor(Math.min(memory, world.nodeMemoryBytes)),
    maxmem: world.nodeMemoryBytes,
    disk: 8 * 2 ** 30,
    maxdisk: nodeSize.rootBytes,
    uptime: bootSeconds,
  }
}

/** Bytes of one storage as seen from a node. */
export function diskUse(world: World, storage: string, node: string) {
  const used = world.volumes.list(storage, node).reduce((sum, volume) => sum + volume.usedBytes, 2 ** 30)
  return { total: nodeSize.storageBytes, used, avail: nodeSize.storageBytes - used }
}
