import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LabSnapshot } from './project.types.ts'

/** `NAME_ddmmyy_HHMMSS.gns3project`, in UTC (controller/snapshot.py). */
const filePattern = /^(.*)_(\d{2})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})\.gns3project$/

/** The snapshots on disk; their ids are made anew each time the project is opened or closed. */
export function readSnapshots(projectPath: string): Map<string, LabSnapshot> {
  const folder = join(projectPath, 'snapshots')
  const found = existsSync(folder) ? readdirSync(folder) : []
  const snapshots = found.map((file) => snapshotOf(folder, file)).filter((snapshot) => snapshot !== undefined)
  return new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]))
}

function snapshotOf(folder: string, file: string): LabSnapshot | undefined {
  const [, name, day, month, year, hour, minute, second] = filePattern.exec(file) ?? []
  if (name === undefined) return undefined
  const time = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return { id: randomUUID(), name, createdAt: Math.floor(time / 1000), path: join(folder, file) }
}

/** @param at milliseconds since the epoch */
export function snapshotFileName(name: string, at: number): string {
  const [year, month, day, hour, minute, second] = new Date(at).toISOString().split(/[-T:.]/)
  return `${name}_${day}${month}${(year ?? '').slice(2)}_${hour}${minute}${second}.gns3project`
}
