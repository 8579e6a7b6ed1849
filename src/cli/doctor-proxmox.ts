import type { Permissions, Proxmox, Resource } from '../clients/proxmox/index.ts'
import type { Config } from '../config.ts'
import { isAppError } from '../errors.ts'
import { type DoctorFinding, fine, wrong } from './doctor-findings.ts'

type Asked = Pick<
  Proxmox,
  'version' | 'clusterStatus' | 'permissions' | 'resources' | 'storages' | 'vmConfig' | 'canLinkClone' | 'isFirewallOn'
>
type Settings = Pick<Config, 'PROXMOX_BASE_TEMPLATES' | 'PROXMOX_STORAGE' | 'PROXMOX_NODES' | 'PROXMOX_VMID_MIN' | 'PROXMOX_VMID_MAX'>

interface Need {
  /** An ACL path; a deeper one counts where it is listed. */
  readonly path: string
  /** Any one of them is enough: some have other names in other versions. */
  readonly anyOf: readonly string[]
}

/** What our calls need (docs/guides/admin.md); VM.Monitor became VM.GuestAgent.Audit in Proxmox 9. */
const needs: readonly Need[] = [
  ...['VM.Allocate', 'VM.Clone', 'VM.Audit', 'VM.PowerMgmt', 'VM.Migrate'].map((name) => ({ path: '/vms', anyOf: [name] })),
  // what `vm:` of an exercise, the card's firewall flag and cloud-init set
  ...['Disk', 'Network', 'Options', 'Memory', 'CPU', 'Cloudinit'].map((part) => ({ path: '/vms', anyOf: [`VM.Config.${part}`] })),
  { path: '/vms', anyOf: ['VM.GuestAgent.Audit', 'VM.Monitor'] },
  ...['Datastore.AllocateSpace', 'Datastore.Audit', 'Datastore.Allocate'].map((name) => ({ path: '/storage', anyOf: [name] })),
  { path: '/nodes', anyOf: ['Sys.Audit'] },
]

/** Privileges at a path: those of the nearest path that is listed. */
function privilegesAt(permissions: Permissions, path: string): readonly string[] {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = permissions[at]
    if (found !== undefined) return found
  }
  return permissions['/'] ?? []
}

/** Missing privileges, with the line that gives them; labs are made without VM.Console, only their machines' own screens are not shown. */
export function checkPermissions(permissions: Permissions, storage: string | undefined): DoctorFinding[] {
  const asked = needs.map((need) => (need.path === '/storage' && storage !== undefined ? { ...need, path: `/storage/${storage}` } : need))
  const console = privilegesAt(permissions, '/vms').includes('VM.Console') ? [] : [wrong('warning', 'noVmConsole')]
  const missing = asked.filter(({ path, anyOf }) => !anyOf.some((name) => privilegesAt(permissions, path).includes(name)))
  if (missing.length === 0) return [fine('permissions'), ...console]
  const paths = [...new Set(missing.map(({ path }) => path))]
  const lacking = paths.map((path) => {
    const names = missing.filter((need) => need.path === path).map(({ anyOf }) => anyOf.join('|'))
    const privileges = missing.filter((need) => need.path === path).flatMap(({ anyOf: [first = ''] }) => first)
    return wrong('failing', 'permissionsMissing', { path, names, privs: privileges.join(',') })
  })
  return [...lacking, ...console]
}

/** 7.4, 8 and 9 are known; an older one lacks what we rely on, a newer one may answer otherwise. */
export function checkVersion(version: string): DoctorFinding {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number)
  if (major < 7 || (major === 7 && minor < 4)) return wrong('failing', 'versionOld', { version })
  return major > 9 ? wrong('warning', 'versionNew', { version }) : fine('version', { version })
}

async function checkNodes(proxmox: Asked, { PROXMOX_NODES }: Settings): Promise<DoctorFinding[]> {
  const { quorate, nodes } = await proxmox.clusterStatus()
  const offline = nodes.filter(({ online }) => !online).map(({ name }) => name)
  const unknown = PROXMOX_NODES.filter((name) => !nodes.some((node) => node.name === name))
  return [
    ...(quorate ? [] : [wrong('failing', 'noQuorum')]),
    ...unknown.map((name) => wrong('failing', 'nodeUnknown', { name, known: nodes.map((node) => node.name) })),
    ...(offline.length > 0 ? [wrong('warning', 'nodesOffline', { names: offline })] : [fine('nodes', { count: nodes.length })]),
  ]
}

/** A base template as Proxmox shows it, without starting it. */
export async function checkTemplate(proxmox: Asked, vmid: number, vms: readonly Resource[]): Promise<DoctorFinding[]> {
  const listed = vms.find((vm) => vm.vmid === vmid)
  const config = listed?.node === undefined ? undefined : await proxmox.vmConfig(listed.node, vmid)
  if (listed?.node === undefined || config === undefined) return [wrong('failing', 'templateMissing', { vmid })]
  if (!config.template) return [wrong('failing', 'templateNone', { vmid })]
  const findings: DoctorFinding[] = []
  if (!(await proxmox.canLinkClone(listed.node, vmid))) findings.push(wrong('failing', 'templateNotClonable', { vmid }))
  if (!config.agent) findings.push(wrong('warning', 'templateWithoutAgent', { vmid }))
  if (config.nets.length === 0) findings.push(wrong('failing', 'templateWithoutNetwork', { vmid }))
  if (/(?:^|,)firewall=1/.test(config.raw.net0 ?? '') === false) findings.push(wrong('warning', 'templateWithoutFirewall', { vmid }))
  return findings.length > 0 ? findings : [fine('template', { vmid, name: config.name ?? String(vmid) })]
}

async function checkTemplates(proxmox: Asked, { PROXMOX_BASE_TEMPLATES }: Settings, vms: readonly Resource[]): Promise<DoctorFinding[]> {
  if (PROXMOX_BASE_TEMPLATES.length === 0) return [wrong('failing', 'noTemplates')]
  const findings: DoctorFinding[] = []
  for (const vmid of PROXMOX_BASE_TEMPLATES.flat()) findings.push(...(await checkTemplate(proxmox, vmid, vms)))
  return findings
}

/** Types whose volumes can be linked clones (thick LVM and iSCSI cannot). */
const linkable = ['dir', 'nfs', 'cifs', 'glusterfs', 'cephfs', 'btrfs', 'lvmthin', 'zfspool', 'zfs', 'rbd']

async function checkStorage(proxmox: Asked, { PROXMOX_STORAGE }: Settings, node: string): Promise<DoctorFinding[]> {
  if (PROXMOX_STORAGE === undefined) return []
  const found = (await proxmox.storages(node)).find(({ storage }) => storage === PROXMOX_STORAGE)
  const name = PROXMOX_STORAGE
  if (found === undefined) return [wrong('failing', 'storageMissing', { name, node })]
  if (!found.content.includes('images')) return [wrong('failing', 'storageWithoutImages', { name })]
  if (!linkable.includes(found.type)) return [wrong('failing', 'storageNotLinkable', { name, type: found.type })]
  const free = found.total === undefined || found.avail === undefined ? null : found.avail / found.total
  if (free !== null && free < 0.1) return [wrong('failing', 'storageFull', { name, percent: Math.round(free * 100) })]
  return free !== null && free < 0.2
    ? [wrong('warning', 'storageFilling', { name, percent: Math.round(free * 100) })]
    : [fine('storage', { name, type: found.type })]
}

function checkRange(
  { PROXMOX_VMID_MIN: from, PROXMOX_VMID_MAX: to, PROXMOX_BASE_TEMPLATES }: Settings,
  vms: readonly Resource[],
): DoctorFinding {
  const inside = PROXMOX_BASE_TEMPLATES.flat().filter((vmid) => vmid >= from && vmid <= to)
  if (inside.length > 0) return wrong('failing', 'templateInRange', { vmids: inside, from, to })
  const taken = vms.filter(({ vmid }) => vmid !== undefined && vmid >= from && vmid <= to).length
  return taken > (to - from + 1) * 0.9 ? wrong('warning', 'rangeFull', { taken, from, to }) : fine('range', { taken, from, to })
}

/** Rules of a VM act only where the datacenter's firewall is on; we never switch it: it blocks the nodes too. */
async function checkFirewall(proxmox: Asked): Promise<DoctorFinding> {
  try {
    return (await proxmox.isFirewallOn()) ? fine('firewall') : wrong('warning', 'firewallOff')
  } catch (error) {
    if (!isAppError(error)) throw error
    return wrong('warning', 'firewallUnknown')
  }
}

/** Everything that a Proxmox must have for labs to be made, each with what to do about it. @throws AppError PROXMOX_* */
export async function examineProxmox(proxmox: Asked, settings: Settings): Promise<DoctorFinding[]> {
  const { version } = await proxmox.version()
  const vms = await proxmox.resources('vm')
  const nodes = await checkNodes(proxmox, settings)
  const [node] = (await proxmox.clusterStatus()).nodes.filter(({ online }) => online)
  return [
    checkVersion(version),
    ...nodes,
    ...checkPermissions(await proxmox.permissions(), settings.PROXMOX_STORAGE),
    ...(node === undefined ? [] : await checkStorage(proxmox, settings, node.name)),
    ...(await checkTemplates(proxmox, settings, vms)),
    await checkFirewall(proxmox),
    checkRange(settings, vms),
  ]
}
