import { constants, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { die, textOf } from './api-error.ts'
import type { Volume } from './state.schemas.ts'
import { volumeSchema } from './state.schemas.ts'
import { readJson, type Store, writeJson } from './store.ts'

/** What exists on the storages: a folder per volume, holding `volume.json` and the guest's files in `disk/`. */
export function createVolumes(store: Store) {
  const root = join(store.folder, 'volumes')
  mkdirSync(root, { recursive: true })
  const volumes = new Map<string, Volume>()

  const keyOf = (volume: Pick<Volume, 'storage' | 'node' | 'file'>) => `${volume.storage}@${volume.node ?? ''}:${volume.file}`
  const folderOf = (volume: Pick<Volume, 'storage' | 'node' | 'file'>) => join(root, encodeURIComponent(keyOf(volume)))
  const save = (volume: Volume) => writeJson(join(folderOf(volume), 'volume.json'), volume)
  const fileIn = (folder: string) => decodeURIComponent(folder).replace(/^[^:]*:/, '')
  for (const name of readdirSync(root)) {
    const file = join(root, name, 'volume.json')
    // a folder without its description is what a kill left of a copy that was never finished
    if (!existsSync(file)) rmSync(join(root, name), { recursive: true, force: true })
    else {
      // a kill in the midst of a renaming leaves the folder with its new name and the old description
      const volume = { ...readJson(volumeSchema, file), file: fileIn(name) }
      volumes.set(keyOf(volume), volume)
    }
  }

  const typeOf = (storage: string) => store.cluster.storages[storage]?.type
  const isShared = (storage: string) => store.cluster.storages[storage]?.shared === 1
  /** The node a volume belongs to: none on a shared storage. */
  const place = (storage: string, node: string) => (isShared(storage) ? null : node)

  const volidOf = (volume: Volume): string =>
    typeOf(volume.storage) === 'dir' && volume.base !== null
      ? `${volume.storage}:${volume.base}/${volume.file}`
      : `${volume.storage}:${volume.file}`

  /** `lab:900/base-900-disk-0.qcow2/101/vm-101-disk-0.qcow2` and `lab:101/vm-101-disk-0.qcow2` are the same volume. */
  function find(volid: string, node: string): Volume | undefined {
    const storage = volid.slice(0, volid.indexOf(':'))
    const name = volid.slice(storage.length + 1)
    const file = typeOf(storage) === 'dir' ? name.split('/').slice(-2).join('/') : name
    return volumes.get(keyOf({ storage, node: place(storage, node), file }))
  }

  const freeName = (storage: string, node: string, vmid: number, format: string): string => {
    for (let index = 0; ; index++) {
      const taken = ['vm', 'base'].some((prefix) =>
        volumes.has(
          keyOf({ storage, node: place(storage, node), file: fileName(storage, `${prefix}-${vmid}-disk-${index}`, vmid, format) }),
        ),
      )
      if (!taken) return `vm-${vmid}-disk-${index}`
    }
  }
  const fileName = (storage: string, name: string, vmid: number, format: string): string =>
    typeOf(storage) === 'dir' ? `${vmid}/${name}.${format}` : name

  function add(volume: Volume): Volume {
    mkdirSync(join(folderOf(volume), 'disk'), { recursive: true })
    save(volume)
    volumes.set(keyOf(volume), volume)
    return volume
  }

  return {
    find,
    volidOf,
    typeOf,
    isShared,
    place,
    save,
    /** The guest's files on this volume. */
    diskFolder: (volume: Volume): string => join(folderOf(volume), 'disk'),
    /** Images visible from a node on one storage. */
    list: (storage: string, node: string): Volume[] =>
      [...volumes.values()].filter((volume) => volume.storage === storage && (volume.node === null || volume.node === node)),
    all: (): Volume[] => [...volumes.values()],
    /** A new empty volume under the lowest free name. */
    allocate(wanted: {
      storage: string
      node: string
      vmid: number
      sizeBytes: number
      format: string
      ctime: number
      name?: string
    }): Volume {
      const name = wanted.name ?? freeName(wanted.storage, wanted.node, wanted.vmid, wanted.format)
      const file = fileName(wanted.storage, name, wanted.vmid, wanted.format)
      const node = place(wanted.storage, wanted.node)
      if (volumes.has(keyOf({ storage: wanted.storage, node, file }))) throw die(`disk image '${wanted.storage}:${file}' already exists`)
      return add({
        storage: wanted.storage,
        node,
        file,
        base: null,
        vmid: wanted.vmid,
        sizeBytes: wanted.sizeBytes,
        usedBytes: Math.min(wanted.sizeBytes, 331_776),
        format: wanted.format,
        content: 'images',
        ctime: wanted.ctime,
        snapshots: [],
      })
    },
    /** Copies the guest's files; by reference where the file system can. */
    copyFiles(from: Volume, to: Volume): void {
      cpSync(join(folderOf(from), 'disk'), join(folderOf(to), 'disk'), {
        recursive: true,
        mode: constants.COPYFILE_FICLONE,
        verbatimSymlinks: true,
      })
      to.usedBytes = from.usedBytes
      save(to)
    },
    /** A linked clone of a base volume for another VM. */
    link(base: Volume, vmid: number, node: string, ctime: number): Volume {
      const name = freeName(base.storage, node, vmid, base.format)
      const clone = add({
        ...base,
        file: fileName(base.storage, name, vmid, base.format),
        base: base.file,
        vmid,
        usedBytes: 200_704,
        ctime,
        snapshots: [],
      })
      cpSync(join(folderOf(base), 'disk'), join(folderOf(clone), 'disk'), {
        recursive: true,
        mode: constants.COPYFILE_FICLONE,
        verbatimSymlinks: true,
      })
      return clone
    },
    /** `vm-N-disk-M` becomes `base-N-disk-M`. */
    makeBase(volume: Volume): Volume {
      const base = { ...volume, file: volume.file.replace(/(^|\/)vm-(\d+-disk-\d+)/, '$1base-$2') }
      renameSync(folderOf(volume), folderOf(base))
      volumes.delete(keyOf(volume))
      volumes.set(keyOf(base), base)
      save(base)
      return base
    },
    /** @throws ApiError when linked clones hang on it; LVM-thin cannot know and removes it */
    free(volume: Volume): void {
      const hasClones =
        typeOf(volume.storage) === 'dir' &&
        [...volumes.values()].some((other) => other.storage === volume.storage && other.base === volume.file)
      if (hasClones) throw die(`base volume '${volidOf(volume)}' is still in use by linked cloned`)
      volumes.delete(keyOf(volume))
      try {
        // the description first: a kill in between leaves a folder that the next start sweeps away, not half a volume
        rmSync(join(folderOf(volume), 'volume.json'), { force: true })
        rmSync(folderOf(volume), { recursive: true, force: true })
      } catch (error) {
        throw die(`unlink '${volidOf(volume)}' failed - ${textOf(error)}`)
      }
    },
    /** True when other volumes are linked clones of this one and the storage knows it. */
    hasClones: (volume: Volume): boolean =>
      typeOf(volume.storage) === 'dir' &&
      [...volumes.values()].some((other) => other.storage === volume.storage && other.base === volume.file),
  }
}
export type Volumes = ReturnType<typeof createVolumes>
