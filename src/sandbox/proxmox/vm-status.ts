import { can } from './access.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import type { Machine, Volume } from './state.schemas.ts'
import { cpusOf, disksOf, hasAgent, isTemplate, memoryMb } from './vm-config.ts'
import { machineOn, type World } from './world.ts'

/** Some 8 % of the memory, steady enough to be plotted. */
const usedMemory = (maxmem: number): number => Math.floor(maxmem * 0.113)

const bootDisk = (world: World, machine: Machine): Volume | undefined => {
  const disk = disksOf(machine.config).find((candidate) => !candidate.isCdrom)
  return disk ? world.volumes.find(disk.volid, machine.node) : undefined
}

/** The figures that the VM list and `status/current` share. */
function figures(world: World, machine: Machine) {
  const power = world.machines.find(machine.vmid)
  const maxmem = memoryMb(machine.config) * 2 ** 20
  const uptime = power ? Math.floor((world.timing.clock.now() - power.startedAt) / 1000) : 0
  return {
    vmid: machine.vmid,
    name: String(machine.config.name ?? `VM ${machine.vmid}`),
    status: power ? 'running' : 'stopped',
    uptime,
    cpu: power ? 0.02 : 0,
    cpus: cpusOf(machine.config),
    mem: power ? usedMemory(maxmem) : 0,
    maxmem,
    disk: 0,
    maxdisk: bootDisk(world, machine)?.sizeBytes ?? 0,
    netin: power ? 1_434 : 0,
    netout: power ? 1_722 : 0,
    ...(power ? { pid: power.pid } : {}),
    ...(isTemplate(machine) ? { template: 1 } : {}),
    ...(machine.config.tags === undefined ? {} : { tags: machine.config.tags }),
    ...(machine.config.lock === undefined ? {} : { lock: machine.config.lock }),
    ...(machine.config.serial0 === undefined ? {} : { serial: 1 }),
  }
}

const nicsOf = (machine: Machine): Record<string, { netin: number; netout: number }> =>
  Object.fromEntries(
    Object.keys(machine.config)
      .filter((key) => /^net\d+$/.test(key))
      .map((key) => [`tap${machine.vmid}i${key.slice(3)}`, { netin: 1_434, netout: 1_722 }]),
  )

/** GET .../status/current: read live, unlike /cluster/resources. */
export function currentStatus(call: Call): unknown {
  const { world } = call
  const machine = machineOn(world, nodeOf(call), vmidOf(call))
  const power = world.machines.find(machine.vmid)
  const running = power ? { nics: nicsOf(machine), qmpstatus: power.paused ? 'paused' : 'running' } : { qmpstatus: 'stopped' }
  return { ...figures(world, machine), ha: { managed: 0 }, ...running, ...(hasAgent(machine.config) ? { agent: 1 } : {}) }
}

/** GET /nodes/{node}/qemu: live too; only what the caller may see. */
export function listMachines(call: Call): unknown {
  const { world } = call
  return [...world.store.machines.values()]
    .filter((machine) => machine.node === nodeOf(call) && can(world.store.cluster, call.caller, `/vms/${machine.vmid}`, 'VM.Audit'))
    .map((machine) => figures(world, machine))
}

/** One VM as /cluster/resources shows it. */
export function resourceOf(world: World, machine: Machine): Record<string, unknown> {
  const { cpus, pid: _pid, serial: _serial, ...rest } = { pid: 0, serial: 0, ...figures(world, machine) }
  return {
    ...rest,
    id: `qemu/${machine.vmid}`,
    type: 'qemu',
    node: machine.node,
    maxcpu: cpus,
    template: isTemplate(machine) ? 1 : 0,
    diskread: 0,
    diskwrite: 0,
  }
}

/** What pvestatd writes of a VM; a stopped one has its sizes only (measured). */
export function figuresForRrd(world: World, machine: Machine): Record<string, number> {
  const { cpu, cpus, mem, maxmem, disk, maxdisk, netin, netout } = figures(world, machine)
  const sizes = { maxcpu: cpus, maxmem, disk, maxdisk }
  return world.machines.isRunning(machine.vmid) ? { ...sizes, cpu, mem, netin, netout, diskread: 0, diskwrite: 0 } : sizes
}
