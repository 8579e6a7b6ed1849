import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import { ensureConfig } from './config.ts'
import { plainError } from './fault.ts'
import { askForTask, configOrThrow, countVolumes, type Gateway, storageLocks } from './gateway.ts'
import { carriesMark } from './marks.ts'
import { deadlines } from './policy.ts'
import type { CloneRequest, CloneResult, TaskEnd, VmConfig, Volume, WriteOptions } from './types.ts'
import { parseVolume, volumesByStorage } from './volumes.ts'

/** Makes the VM `vmid` from `source`, or confirms that it was made. */
export async function ensureClone(gateway: Gateway, request: CloneRequest): Promise<CloneResult> {
  const { source, vmid, full, signal, priority } = request
  const write = { signal, priority }
  const node = await whereItIs(gateway, request, write)
  let log: readonly string[] = []
  let places = Number.POSITIVE_INFINITY
  let begun = 0
  let sourceConfig: VmConfig | undefined
  const isLastCopy = (line: string): boolean => {
    if (copyBegins.test(line)) begun += 1
    return begun >= places && copyGoesOn.test(line)
  }
  const theSource = async () => {
    sourceConfig ??= await configOrThrow(gateway, { node: request.node, vmid: source }, write)
    return sourceConfig
  }

  await gateway.ensure<VmConfig>({
    what: say('details.proxmox.clone', { source, vmid }),
    options: request,
    look: () => ownClone(gateway, request, node, write),
    ask: () => askForTask(gateway, 'clone', { node: request.node, vmid: source }, cloneParams(request), write),
    turn: async () => {
      const volumes = placesOf(await theSource(), request)
      places = [...volumes.values()].reduce((sum, count) => sum + count, 0)
      begun = 0
      return { kind: 'allocate', locks: await storageLocks(gateway, node, volumes, write) }
    },
    trace: { node: request.node, type: 'qmclone', vmid: source, mentions: vmid },
    waitsFor: [
      { node: request.node, vmid: source },
      { node, vmid },
    ],
    deadlineMs: full ? deadlines.fullClone : deadlines.linkedClone,
    measures: !full,
    // a full copy holds the lock only to make each volume; the copying of the last one needs none
    ...(full ? { leavesLocks: (line: string) => isLastCopy(line) } : {}),
    onEnd: (end: TaskEnd) => {
      log = end.log
    },
  })
  // inherited from the source; a protected clone could not be removed
  const config = await ensureConfig(gateway, { node, vmid, set: { protection: 0 }, ...write })
  const volumes = await ownVolumes(gateway, node, vmid, config, write)
  return { node, volumes, linked: full ? 'full' : linkProof(config, volumes, await theSource(), log, request) }
}

const copyBegins = /create full clone of drive/
const copyGoesOn = /transferred .+ of /

function cloneParams({ vmid, name, description, full, storage, target, pool }: CloneRequest) {
  return { newid: vmid, name, description, full, storage: full ? storage : undefined, target, pool }
}

/** The node it lives on by now: it may have been migrated since it was made. A foreign VM anywhere has taken the id. */
async function whereItIs(gateway: Gateway, request: CloneRequest, write: WriteOptions): Promise<string> {
  const wanted = request.target ?? request.node
  const found = await gateway.reads.findVm(request.vmid, write)
  if (found === undefined || found.node === wanted) return wanted
  if (carriesMark(found.description, request.description)) return found.node
  throw taken(request.vmid, found.node)
}

/** The finished clone; waits while somebody makes it. */
async function ownClone(
  gateway: Gateway,
  { vmid, description, signal, priority }: CloneRequest,
  node: string,
  write: WriteOptions,
): Promise<VmConfig | undefined> {
  const first = await gateway.reads.vmConfig(node, vmid, write)
  if (first?.lock === undefined) return checked(first)
  // made at this moment, by us before a crash or by somebody else: its description tells only afterwards
  await gateway.locks.waitUnlocked([{ node, vmid }], { signal, priority })
  return checked(await gateway.reads.vmConfig(node, vmid, write))

  function checked(config: VmConfig | undefined): VmConfig | undefined {
    if (config === undefined || carriesMark(config.description, description)) return config
    throw taken(vmid, node)
  }
}

const taken = (vmid: number, node: string): AppError => plainError('PROXMOX_ID_TAKEN', say('details.proxmox.withoutMark', { vmid, node }))

/** How many volumes the clone makes on each storage. */
function placesOf(source: VmConfig, { full, storage }: CloneRequest): Map<string, number> {
  const counts = countVolumes({ drives: source.drives.filter((drive) => !drive.key.startsWith('unused')) })
  if (!full || storage === undefined) return counts
  return new Map([[storage, [...counts.values()].reduce((sum, count) => sum + count, 0)]])
}

/** The volumes of the VM as its storages list them; every disk of the configuration must be among them. */
async function ownVolumes(gateway: Gateway, node: string, vmid: number, config: VmConfig, write: WriteOptions): Promise<Volume[]> {
  const listed: Volume[] = []
  for (const storage of volumesByStorage(config).keys())
    listed.push(...(await gateway.reads.storageContent(node, storage, { vmid }, write)))
  const absent = config.drives.find(
    (drive) => drive.volid !== undefined && !drive.cloudInit && !listed.some((volume) => volume.volid === drive.volid),
  )
  if (absent !== undefined)
    throw new AppError('PROXMOX_EFFECT_MISSING', {
      details: { what: say('details.proxmox.disk', { disk: absent.volid ?? absent.key, vmid }) },
    })
  return listed
}

/** Whether each disk hangs on a disk of the source: shown by the storage, or (LVM-thin shows nothing) said by the task. */
export function linkProof(
  config: VmConfig,
  volumes: readonly Volume[],
  source: VmConfig,
  log: readonly string[],
  request: Pick<CloneRequest, 'source' | 'vmid'>,
): CloneResult['linked'] {
  const disks = config.drives.filter(
    (drive) => drive.media === 'disk' && drive.volid !== undefined && !/^(?:tpmstate|unused)/.test(drive.key),
  )
  const bases = new Set(source.drives.map((drive) => parseVolume(drive.volid ?? '')?.name))
  const parents = disks.map((drive) => volumes.find((volume) => volume.volid === drive.volid)?.parent)
  if (parents.some((parent) => parent !== undefined && !bases.has(parent))) {
    throw new AppError('PROXMOX_EFFECT_MISSING', {
      details: { what: say('details.proxmox.linkedDisks', { vmid: request.vmid, source: request.source }) },
    })
  }
  if (parents.length > 0 && parents.every((parent) => parent !== undefined)) return 'by-volume'
  const said = log.filter((line) => /create linked clone of drive/.test(line)).length
  return disks.length > 0 && said >= disks.length ? 'by-log' : 'unproven'
}
