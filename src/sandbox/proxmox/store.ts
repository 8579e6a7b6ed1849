import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { type Cluster, clusterSchema, emptyFirewall, type Machine, machineSchema, type StorageConfig } from './state.schemas.ts'

/** Replaces a file in one step, so that a kill leaves the old or the new one. */
export function writeJson(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content))
  renameSync(`${file}.new`, file)
}

export const readJson = <T extends z.ZodType>(schema: T, file: string): z.infer<T> => schema.parse(JSON.parse(readFileSync(file, 'utf8')))

export interface NewCluster {
  readonly name: string
  readonly nodes: readonly string[]
  readonly storages: Readonly<Record<string, StorageConfig>>
}

const freshCluster = (wanted: NewCluster): Cluster => ({
  authKey: randomBytes(32).toString('hex'),
  name: wanted.name,
  nodes: [...wanted.nodes],
  users: { 'root@pam': { enable: 1, expire: 0, groups: [] } },
  tokens: {},
  acl: [],
  groups: {},
  roles: {},
  pools: {},
  storages: { ...wanted.storages },
  firewall: { ...emptyFirewall(), groups: {} },
})

/**
 * Users, rights, pools, storages and VM configurations: in memory, written through to `folder`.
 * Whoever changes what it hands out calls the matching `save`.
 */
export function openStore(folder: string, wanted: NewCluster) {
  const machinesFolder = join(folder, 'qemu-server')
  const clusterFile = join(folder, 'cluster.json')
  mkdirSync(machinesFolder, { recursive: true })
  const isNew = !existsSync(clusterFile)
  const cluster = isNew ? freshCluster(wanted) : readJson(clusterSchema, clusterFile)
  const machines = new Map<number, Machine>()
  for (const name of readdirSync(machinesFolder).filter((entry) => entry.endsWith('.json'))) {
    const machine = readJson(machineSchema, join(machinesFolder, name))
    machines.set(machine.vmid, machine)
  }
  const machineFile = (vmid: number) => join(machinesFolder, `${vmid}.json`)
  const store = {
    folder,
    cluster,
    machines,
    saveCluster: () => writeJson(clusterFile, cluster),
    saveMachine(machine: Machine): void {
      machines.set(machine.vmid, machine)
      writeJson(machineFile(machine.vmid), machine)
    },
    removeMachine(vmid: number): void {
      machines.delete(vmid)
      rmSync(machineFile(vmid), { force: true })
    },
  }
  if (isNew) store.saveCluster()
  return store
}
export type Store = ReturnType<typeof openStore>
