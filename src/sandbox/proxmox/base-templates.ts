import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type GuestSoftware, installSoftware } from './guest-software.ts'
import { newMac } from './random.ts'
import { emptyFirewall } from './state.schemas.ts'
import { writeJson } from './store.ts'
import { formatSize, identityOptions, writeDisk } from './vm-config.ts'
import type { World } from './world.ts'

export interface BaseTemplate {
  readonly vmid: number
  readonly name: string
  readonly node: string
}

interface Wanted extends BaseTemplate {
  readonly storage: string
  readonly version: '2.2' | '3.x'
}

const gib = 2 ** 30

/** What an admin of GNS3 2.2 (no sign-in) and 3.x (admin/admin) leaves behind. */
const software = (version: '2.2' | '3.x'): GuestSoftware => ({
  agent: true,
  gns3: { version, credentials: version === '2.2' ? null : { username: 'admin', password: 'admin' } },
})

/** On the first node from the shared storage (any node may clone them), on the others from their local one. */
const wantedFor = (nodes: readonly string[]): Wanted[] =>
  nodes.flatMap((node, index) => {
    const storage = index === 0 ? 'labshared' : 'lab'
    const first = 9_000 + index * 10
    const suffix = index === 0 ? '' : `-${node}`
    return [
      { vmid: first, name: `gns3-22-base${suffix}`, node, storage, version: '2.2' as const },
      { vmid: first + 1, name: `gns3-3-base${suffix}`, node, storage, version: '3.x' as const },
    ]
  })

function install(world: World, wanted: Wanted): void {
  const ctime = world.timing.seconds()
  const format = world.volumes.typeOf(wanted.storage) === 'dir' ? 'qcow2' : 'raw'
  const made = world.volumes.allocate({ storage: wanted.storage, node: wanted.node, vmid: wanted.vmid, sizeBytes: 20 * gib, format, ctime })
  installSoftware(world.volumes.diskFolder(made), software(wanted.version))
  made.usedBytes = 3 * gib
  const base = world.volumes.makeBase(made)
  world.store.saveMachine({
    vmid: wanted.vmid,
    node: wanted.node,
    config: {
      name: wanted.name,
      memory: '2048',
      cores: 2,
      ostype: 'l26',
      scsihw: 'virtio-scsi-single',
      scsi0: writeDisk(world.volumes.volidOf(base), [`size=${formatSize(base.sizeBytes)}`]),
      net0: `virtio=${newMac()},bridge=vmbr0,firewall=1`,
      agent: '1',
      boot: 'order=scsi0',
      template: 1,
      tags: 'base;gns3',
      description: `GNS3 ${wanted.version} base template of the sandbox`,
      ...identityOptions(ctime),
    },
    pending: {},
    snapshots: {},
    firewall: emptyFirewall(),
  })
}

/** Says that all were made once: what is missing later was removed on purpose, not by a kill in the midst of the first start. */
const markOf = (world: World): string => join(world.store.folder, 'base-templates.json')

function installMissing(world: World, wanted: readonly Wanted[]): void {
  for (const template of wanted.filter(({ vmid }) => !world.store.machines.has(vmid))) {
    for (const left of world.volumes.all().filter(({ vmid }) => vmid === template.vmid)) world.volumes.free(left)
    install(world, template)
  }
  writeJson(
    markOf(world),
    wanted.map(({ vmid }) => vmid),
  )
}

/** Makes the base templates at the first start and lists those that are there. */
export function ensureBaseTemplates(world: World): BaseTemplate[] {
  const wanted = wantedFor(world.store.cluster.nodes)
  if (!existsSync(markOf(world))) installMissing(world, wanted)
  return wanted.filter(({ vmid }) => world.store.machines.has(vmid)).map(({ vmid, name, node }) => ({ vmid, name, node }))
}
