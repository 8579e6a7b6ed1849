import type { Volume } from './state.schemas.ts'
import type { World } from './world.ts'

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

function humanSize(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${units[power]}`
}

/** Where a volume lies, or would lie: `lab:900/base-900-disk-0.qcow2/101/vm-101-disk-0.qcow2` is images/101/vm-101-disk-0.qcow2. */
const pathOf = (world: World, volume: Pick<Volume, 'storage' | 'file'>): string =>
  `${world.store.cluster.storages[volume.storage]?.path ?? '/var/lib/vz'}/images/${volume.file}`

function formatting(world: World, volume: Volume, base: Volume | undefined): string {
  const head = `Formatting '${pathOf(world, volume)}', fmt=${volume.format} cluster_size=65536 extended_l2=off`
  if (!base) return `${head} preallocation=metadata compression_type=zlib size=${volume.sizeBytes} lazy_refcounts=off refcount_bits=16`
  return `${head} compression_type=zlib size=${volume.sizeBytes} backing_file=../${base.file} backing_fmt=${base.format} lazy_refcounts=off refcount_bits=16`
}

/** The lines that storage plugins leave in a task log, as measured on dir storages and read for LVM-thin. */
export const storageLines = {
  missing(world: World, volid: string): string {
    const storage = volid.slice(0, volid.indexOf(':'))
    const file = volid
      .slice(storage.length + 1)
      .split('/')
      .slice(-2)
      .join('/')
    return `disk image '${pathOf(world, { storage, file })}' does not exist`
  },
  created(world: World, volume: Volume, base?: Volume): string[] {
    if (world.volumes.typeOf(volume.storage) !== 'dir') return [`  Logical volume "${volume.file}" created.`]
    if (!base) return [formatting(world, volume, undefined)]
    const name = volume.file.split('/').at(-1)
    return [`clone ${base.file}: images, ${name}, ${volume.vmid} to ${name} (base=../${base.file})`, formatting(world, volume, base)]
  },
  freed: (world: World, volume: Volume): string[] =>
    world.volumes.typeOf(volume.storage) === 'dir' ? [] : [`  Logical volume "${volume.file}" successfully removed.`],
  path: pathOf,
  progress: (done: number, total: number): string =>
    `transferred ${humanSize(done)} of ${humanSize(total)} (${(total === 0 ? 100 : (done / total) * 100).toFixed(2)}%)`,
}
