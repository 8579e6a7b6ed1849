import { randomUUID } from 'node:crypto'
import { newMac, sha1 } from './random.ts'
import type { Config, Machine } from './state.schemas.ts'

const diskKey = /^(?:ide[0-3]|sata[0-5]|scsi(?:[0-9]|[12][0-9]|30)|virtio(?:[0-9]|1[0-5])|efidisk0|tpmstate0)$/
const unusedKey = /^unused\d+$/

export interface Disk {
  readonly key: string
  readonly volid: string
  /** `size=1G,iothread=1` and the like, in order. */
  readonly options: readonly string[]
  readonly isCdrom: boolean
}

/** Reads `lab:100/vm-100-disk-0.qcow2,size=1G`. */
export function readDisk(key: string, value: string): Disk {
  const [first = '', ...options] = value.split(',')
  return { key, volid: first.replace(/^(?:file|volume)=/, ''), options, isCdrom: options.includes('media=cdrom') }
}

/** Disks of a configuration in the order of their keys. */
export const disksOf = (config: Config): Disk[] =>
  Object.keys(config)
    .filter((key) => diskKey.test(key))
    .sort()
    .map((key) => readDisk(key, String(config[key])))

export const isDiskKey = (key: string): boolean => diskKey.test(key)

/** Every volume a configuration names: disks, unused ones, a saved state. */
export const volumesOf = (config: Config): string[] => [
  ...disksOf(config).map((disk) => disk.volid),
  ...Object.keys(config)
    .filter((key) => unusedKey.test(key))
    .map((key) => String(config[key])),
  ...(config.vmstate === undefined ? [] : [String(config.vmstate)]),
]

export const writeDisk = (volid: string, options: readonly string[]): string => [volid, ...options].join(',')

/** `1G`, `64M`, as Proxmox formats a size; bytes when nothing fits. */
export function formatSize(bytes: number): string {
  const units: readonly [string, number][] = [
    ['T', 2 ** 40],
    ['G', 2 ** 30],
    ['M', 2 ** 20],
    ['K', 2 ** 10],
  ]
  const unit = units.find(([, size]) => bytes >= size && bytes % size === 0)
  return unit ? `${bytes / unit[1]}${unit[0]}` : String(bytes)
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** Bytes of `1G`, `512M`, `1.5T`. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text)
  return match ? Math.round(Number(match[1]) * (unitBytes[match[2] ?? ''] ?? 1)) : 0
}

/** The SHA-1 of the configuration file as it would be written. */
export const digestOf = (machine: Machine): string =>
  sha1(
    [
      ...Object.keys(machine.config)
        .sort()
        .map((key) => `${key}: ${machine.config[key]}`),
      ...Object.entries(machine.pending).map(([key, value]) => `[PENDING] ${key}: ${value}`),
      ...Object.keys(machine.snapshots).map((name) => `[${name}]`),
    ].join('\n'),
  )

/** `virtio` gets a new MAC, `virtio=AA:..` keeps its own. */
export function withMac(net: string): string {
  const [model = '', ...rest] = net.split(',')
  if (model.includes('=')) return net
  return [`${model}=${newMac()}`, ...rest].join(',')
}

export const replaceMac = (net: string): string =>
  net.replace(/^([a-z0-9_-]+)=[0-9A-Fa-f:]{17}/, (_all, model: string) => `${model}=${newMac()}`)

/** The MAC of net0 in upper case, or undefined without a NIC. */
export const macOf = (config: Config): string | undefined =>
  /^[a-z0-9_-]+=([0-9A-Fa-f:]{17})/.exec(String(config.net0 ?? ''))?.[1]?.toUpperCase()

export const bridgesOf = (config: Config): string[] =>
  Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .map((key) => /(?:^|,)bridge=([^,]+)/.exec(String(config[key]))?.[1])
    .filter((bridge) => bridge !== undefined)

/** Tags are lower-cased, de-duplicated and sorted when written. */
export const normaliseTags = (tags: string): string =>
  [
    ...new Set(
      tags
        .split(/[,;\s]+/)
        .filter((tag) => tag !== '')
        .map((tag) => tag.toLowerCase()),
    ),
  ]
    .sort()
    .join(';')

export const memoryMb = (config: Config): number => Number(String(config.memory ?? 512).replace(/^current=/, ''))
export const cpusOf = (config: Config): number => Number(config.cores ?? 1) * Number(config.sockets ?? 1)
export const isTemplate = (machine: Machine): boolean => Number(machine.config.template ?? 0) === 1
/** `agent: 1` or `enabled=1,...`. */
export const hasAgent = (config: Config): boolean => /^(?:enabled=)?1(?:,|$)/.test(String(config.agent ?? '0'))

export const identityOptions = (seconds: number): Config => ({
  meta: `creation-qemu=9.2.0,ctime=${seconds}`,
  smbios1: `uuid=${randomUUID()}`,
  vmgenid: randomUUID(),
})

/** What a clone never takes over. */
export const notCloned = (key: string): boolean =>
  unusedKey.test(key) || ['template', 'snapshots', 'parent', 'snaptime', 'vmstate', 'lock', 'digest'].includes(key)
