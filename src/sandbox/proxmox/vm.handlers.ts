import { type Call, type Handlers, nodeOf, vmidOf } from './call.ts'
import { rrdPoints } from './rrd.ts'
import { members, need, text } from './validate.ts'
import { changeLater, changeNow, readConfig, readPending, resize, unlink } from './vm-change.ts'
import { clone } from './vm-clone.ts'
import { disksOf } from './vm-config.ts'
import { create } from './vm-create.ts'
import { destroy } from './vm-destroy.ts'
import { migrate, migrationCheck } from './vm-migrate.ts'
import { powerVerbs } from './vm-power.ts'
import { currentStatus, figuresForRrd, listMachines } from './vm-status.ts'
import { makeTemplate } from './vm-template.ts'
import { machineOn } from './world.ts'

const root = '/nodes/{node}/qemu/{vmid}'

/** Linked clones need base volumes; a snapshot needs qcow2 or LVM-thin and no template. Told from the names, nothing is looked up. */
function feature(call: Call): unknown {
  const { world } = call
  const machine = machineOn(world, nodeOf(call), vmidOf(call))
  const volids = disksOf(machine.config)
    .filter((disk) => !disk.isCdrom)
    .map((disk) => disk.volid)
  const storageOf = (volid: string) => volid.slice(0, volid.indexOf(':'))
  const isBase = (volid: string) => /[:/]base-[^/]*$/.test(volid)
  const tests: Record<string, (volid: string) => boolean> = {
    clone: isBase,
    snapshot: (volid) => !isBase(volid) && (volid.endsWith('.qcow2') || world.volumes.typeOf(storageOf(volid)) === 'lvmthin'),
    copy: () => true,
  }
  const wanted = tests[need(call.values, 'feature')] ?? (() => false)
  const isShared = volids.every((volid) => world.volumes.isShared(storageOf(volid)))
  return { hasFeature: volids.length > 0 && volids.every(wanted) ? 1 : 0, nodes: isShared ? world.store.cluster.nodes : [machine.node] }
}

/** Bulk shutdown; stops what does not react when `force-stop` says so. */
function stopAll(call: Call): string {
  const { world } = call
  const node = nodeOf(call)
  const wanted = members(call.values, 'vms').map(Number)
  const ids = wanted.length > 0 ? wanted : world.machines.list().map(([vmid]) => vmid)
  const seconds = text(call.values, 'timeout') ?? '180'
  return world.tasks.fork({ node, type: 'stopall', id: '', user: call.user }, async (worker) => {
    for (const vmid of ids.filter((id) => world.store.machines.get(id)?.node === node)) {
      worker.log(`Stopping VM ${vmid} (timeout = ${seconds} seconds)`)
      if (!world.machines.isRunning(vmid)) continue
      if (world.machines.hearsShutdown(vmid)) await world.machines.shutdown(vmid, worker.signal)
      else {
        await world.timing.wait(Number(seconds) * 1000, worker.signal)
        await world.machines.cut(vmid)
      }
    }
  })
}

const subdirectories = [
  'config',
  'cloudinit',
  'pending',
  'status',
  'unlink',
  'vncproxy',
  'termproxy',
  'migrate',
  'resize',
  'move',
  'rrd',
  'rrddata',
  'monitor',
  'agent',
  'snapshot',
  'spiceproxy',
  'sendkey',
  'firewall',
  'mtunnel',
  'remote_migrate',
]

export const vmHandlers: Handlers = {
  'GET /nodes/{node}/qemu': listMachines,
  'POST /nodes/{node}/qemu': create,
  'POST /nodes/{node}/stopall': stopAll,
  [`GET ${root}`]: () => subdirectories.map((subdir) => ({ subdir })),
  [`DELETE ${root}`]: destroy,
  [`POST ${root}/clone`]: clone,
  [`POST ${root}/template`]: makeTemplate,
  [`GET ${root}/config`]: readConfig,
  [`PUT ${root}/config`]: changeNow,
  [`POST ${root}/config`]: changeLater,
  [`GET ${root}/pending`]: readPending,
  [`PUT ${root}/unlink`]: unlink,
  [`PUT ${root}/resize`]: resize,
  [`GET ${root}/feature`]: feature,
  [`GET ${root}/migrate`]: migrationCheck,
  [`POST ${root}/migrate`]: migrate,
  [`GET ${root}/status/current`]: currentStatus,
  [`GET ${root}/rrddata`]: (call) => {
    const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
    return rrdPoints(call.world.timing, need(call.values, 'timeframe'), () => figuresForRrd(call.world, machine))
  },
  ...Object.fromEntries(Object.entries(powerVerbs).map(([verb, handler]) => [`POST ${root}/status/${verb}`, handler])),
}
