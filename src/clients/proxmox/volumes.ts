import type { Drive, NetworkInterface, VmConfig, Volume } from './types.ts'

/** Parts of a volume id, e.g. `lab:900/base-900-disk-0.qcow2/2000/vm-2000-disk-0.qcow2`. */
export interface VolumeName {
  readonly storage: string
  /** Without its base: `vm-2000-disk-0.qcow2`. */
  readonly name: string
  /** VM id in the name. */
  readonly owner?: number
  readonly isBase: boolean
  /** Name of the base volume where the id carries it (dir, nfs, zfs, rbd; never on LVM-thin): `base-900-disk-0.qcow2`. */
  readonly base?: string
}

const image = /^(?:vm|base|subvol|basevol)-(\d+)-/

/** Reads a volume id; `undefined` for what is no volume (`none`, a device path, an ISO). */
export function parseVolume(volid: string): VolumeName | undefined {
  const colon = volid.indexOf(':')
  if (colon <= 0) return undefined
  const segments = volid.slice(colon + 1).split('/')
  const images = segments.filter((segment) => image.test(segment))
  const name = images.at(-1)
  if (name === undefined || name !== segments.at(-1)) return undefined
  const base = images.length > 1 ? images.at(-2) : undefined
  return {
    storage: volid.slice(0, colon),
    name,
    owner: Number(image.exec(name)?.[1]),
    isBase: /^base(?:vol)?-/.test(name),
    ...(base === undefined ? {} : { base }),
  }
}

/** The base volume's name, from the storage's own `parent` (`../900/base-900-disk-0.qcow2`, `base-9000-disk-0@__base__`) or from the id. */
export function parentName(volume: Pick<Volume, 'volid' | 'parent'>): string | undefined {
  const shown = volume.parent?.split('/').at(-1)?.replace(/@.*$/, '')
  return shown ?? parseVolume(volume.volid)?.base
}

const driveKey = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$/

const optionsOf = (parts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    parts.filter((part) => part.includes('=')).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )

/** Drives of a configuration, detached ones (`unusedN`) included. */
export function parseDrives(raw: Readonly<Record<string, string>>): Drive[] {
  return Object.entries(raw)
    .filter(([key]) => driveKey.test(key))
    .map(([key, value]) => {
      const parts = value.split(',')
      const options = optionsOf(parts.slice(parts[0]?.includes('=') === true ? 0 : 1))
      const file = parts[0]?.includes('=') === true ? (options.file ?? options.volume ?? '') : (parts[0] ?? '')
      const volume = parseVolume(file)
      return {
        key,
        ...(volume === undefined ? {} : { volid: file, storage: volume.storage }),
        media: options.media === 'cdrom' ? ('cdrom' as const) : ('disk' as const),
        cloudInit: /cloudinit/.test(file),
        options,
      }
    })
}

/** Network cards of a configuration: `virtio=BC:24:11:AA:BB:CC,bridge=vmbr0,firewall=1`. */
export function parseNets(raw: Readonly<Record<string, string>>): NetworkInterface[] {
  return Object.entries(raw)
    .filter(([key]) => /^net\d+$/.test(key))
    .map(([key, value]) => {
      const options = optionsOf(value.split(','))
      const [model = '', mac = ''] = Object.entries(options)[0] ?? []
      return { key, model, mac: mac.toLowerCase(), options }
    })
}

/** What an operation on the VM's disks takes a storage lock for: every volume that the VM itself owns, by storage. */
export function volumesByStorage(config: Pick<VmConfig, 'drives'>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { volid, storage } of config.drives) {
    if (volid === undefined || storage === undefined) continue
    found.set(storage, [...(found.get(storage) ?? []), volid])
  }
  return found
}
