import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { die } from './api-error.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import type { Machine } from './state.schemas.ts'
import type { Worker } from './tasks.ts'
import { flag, integer } from './validate.ts'
import { applyPending } from './vm-change.ts'
import { disksOf, hasAgent, isTemplate, memoryMb } from './vm-config.ts'
import { machineOn, refuseLocked, type World, withConfigLock, withStorageLock } from './world.ts'

const stateFile = 'memory.json'

/** The saved memory of a hibernated VM, taken from its volume; undefined for an ordinary start. */
function takeSavedState(world: World, machine: Machine): unknown {
  const volid = machine.config.vmstate
  if (machine.config.lock !== 'suspended' || volid === undefined) return undefined
  const volume = world.volumes.find(String(volid), machine.node)
  const memory: unknown = volume ? JSON.parse(readFileSync(join(world.volumes.diskFolder(volume), stateFile), 'utf8')) : undefined
  if (volume) world.volumes.free(volume)
  for (const key of ['lock', 'vmstate', 'runningmachine', 'runningcpu']) delete machine.config[key]
  world.store.saveMachine(machine)
  return memory
}

async function startRun(world: World, worker: Worker, node: string, vmid: number): Promise<void> {
  await withConfigLock(world, vmid, { worker }, async () => {
    const machine = machineOn(world, node, vmid)
    if (isTemplate(machine)) throw die("you can't start a vm if it's a template")
    if (machine.config.lock !== 'suspended') refuseLocked(machine)
    if (world.machines.isRunning(vmid)) throw die(`VM ${vmid} already running`)
    const lost = disksOf(machine.config).find((disk) => !disk.isCdrom && !world.volumes.find(disk.volid, node))
    if (lost) throw die(`volume '${lost.volid}' does not exist`)
    applyPending(world, machine)
    await world.timing.wait(world.timing.durations.qemuStart, worker.signal)
    if (world.faults.strike('start-failed', { vmid, node })) throw die('start failed: QEMU exited with code 1')
    world.machines.start(machine, takeSavedState(world, machine))
  })
}

async function stopRun(world: World, worker: Worker, node: string, vmid: number): Promise<void> {
  await withConfigLock(world, vmid, { worker }, async () => {
    const machine = machineOn(world, node, vmid)
    if (!world.machines.isRunning(vmid)) return
    refuseLocked(machine)
    await world.timing.wait(world.timing.durations.qemuStop, worker.signal)
    await world.machines.cut(vmid)
    applyPending(world, machine)
  })
}

interface Shutdown {
  readonly timeoutMs: number
  readonly force: boolean
}

/** The lock is held for the whole wait: whoever asks for the VM meanwhile waits too, ten seconds at most. */
async function shutdownRun(world: World, worker: Worker, node: string, vmid: number, how: Shutdown): Promise<void> {
  await withConfigLock(world, vmid, { worker }, async () => {
    const machine = machineOn(world, node, vmid)
    if (!world.machines.isRunning(vmid)) return
    await shutdownLocked(world, worker, machine, how)
    applyPending(world, machine)
  })
}

async function shutdownLocked(world: World, worker: Worker, machine: Machine, how: Shutdown): Promise<void> {
  const { vmid } = machine
  if (world.machines.hearsShutdown(vmid)) {
    await world.machines.shutdown(vmid, worker.signal)
    return
  }
  if (hasAgent(machine.config)) worker.log(`QEMU Guest Agent is not running - VM ${vmid} qmp command 'guest-ping' failed - got timeout`)
  await world.timing.wait(how.timeoutMs, worker.signal)
  // it may have been switched off from inside meanwhile
  if (!world.machines.isRunning(vmid)) return
  if (!how.force) throw die('VM quit/powerdown failed - got timeout')
  worker.log('VM still running - terminating now with SIGTERM')
  await world.timing.wait(world.timing.durations.qemuStop, worker.signal)
  await world.machines.cut(vmid)
}

function fork(call: Call, type: string, work: (worker: Worker, node: string, vmid: number) => Promise<void>): string {
  const node = nodeOf(call)
  const vmid = vmidOf(call)
  return call.world.tasks.fork({ node, type, id: String(vmid), user: call.user }, (worker) => work(worker, node, vmid))
}

/** Verbs that Proxmox refuses in the request when the VM does not run. */
function demandRunning(call: Call): void {
  machineOn(call.world, nodeOf(call), vmidOf(call))
  if (!call.world.machines.isRunning(vmidOf(call))) throw die(`VM ${vmidOf(call)} not running`)
}

function refusePaused(call: Call): void {
  if (call.world.machines.find(vmidOf(call))?.paused) throw die('VM is paused - cannot shutdown')
}

const secondsOf = (call: Call): number => (integer(call.values, 'timeout') ?? 60) * 1000

/** Writes the memory to a volume of its own; the VM keeps `lock: suspended` until it is started again. */
async function hibernateRun(world: World, worker: Worker, node: string, vmid: number): Promise<void> {
  await withConfigLock(world, vmid, { worker }, async () => {
    const machine = machineOn(world, node, vmid)
    refuseLocked(machine)
    machine.config.lock = 'suspending'
    world.store.saveMachine(machine)
    const disk = disksOf(machine.config).find((candidate) => !candidate.isCdrom)
    const storage = disk?.volid.slice(0, disk.volid.indexOf(':')) ?? 'local'
    const date = new Date(world.timing.clock.now()).toISOString().slice(0, 10)
    const about = { storage, node, vmid, operation: 'allocate' as const }
    const volume = await withStorageLock(world, about, worker, async () => {
      await world.timing.wait(world.timing.durations.volumeClone, worker.signal)
      return world.volumes.allocate({
        ...about,
        sizeBytes: memoryMb(machine.config) * 2 ** 20 * 2,
        format: 'raw',
        ctime: world.timing.seconds(),
        name: `vm-${vmid}-state-suspend-${date}`,
      })
    })
    const memory = await world.machines.hibernate(vmid)
    writeFileSync(join(world.volumes.diskFolder(volume), stateFile), JSON.stringify(memory ?? null))
    Object.assign(machine.config, {
      lock: 'suspended',
      vmstate: world.volumes.volidOf(volume),
      runningmachine: 'pc-i440fx-9.2+pve1',
      runningcpu: 'kvm64',
    })
    world.store.saveMachine(machine)
  })
}

/** POST /nodes/{node}/qemu/{vmid}/status/X */
export const powerVerbs = {
  start: (call: Call): string => fork(call, 'qmstart', (worker, node, vmid) => startRun(call.world, worker, node, vmid)),
  stop: (call: Call): string => fork(call, 'qmstop', (worker, node, vmid) => stopRun(call.world, worker, node, vmid)),
  shutdown(call: Call): string {
    refusePaused(call)
    const how = { timeoutMs: secondsOf(call), force: flag(call.values, 'forceStop') }
    return fork(call, 'qmshutdown', (worker, node, vmid) => shutdownRun(call.world, worker, node, vmid, how))
  },
  reboot(call: Call): string {
    demandRunning(call)
    refusePaused(call)
    const how = { timeoutMs: secondsOf(call), force: false }
    return fork(call, 'qmreboot', async (worker, node, vmid) => {
      await shutdownRun(call.world, worker, node, vmid, how)
      // qmeventd starts it again, after the task has ended on the real thing
      call.world.machines.start(machineOn(call.world, node, vmid))
    })
  },
  reset(call: Call): string {
    demandRunning(call)
    return fork(call, 'qmreset', (worker, node, vmid) =>
      withConfigLock(call.world, vmid, { worker }, async () => {
        await call.world.machines.cut(vmid)
        call.world.machines.start(machineOn(call.world, node, vmid))
      }),
    )
  },
  suspend(call: Call): string {
    demandRunning(call)
    if (flag(call.values, 'todisk')) return fork(call, 'qmsuspend', (worker, node, vmid) => hibernateRun(call.world, worker, node, vmid))
    return fork(call, 'qmpause', (worker, _node, vmid) =>
      withConfigLock(call.world, vmid, { worker }, () => call.world.machines.pause(vmid)),
    )
  },
  resume(call: Call): string {
    const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
    // a hibernated VM is resumed by starting it
    if (machine.config.lock === 'suspended') return fork(call, 'qmresume', (worker, node, vmid) => startRun(call.world, worker, node, vmid))
    demandRunning(call)
    return fork(call, 'qmresume', (worker, _node, vmid) =>
      withConfigLock(call.world, vmid, { worker }, () => call.world.machines.resume(vmid)),
    )
  },
}
