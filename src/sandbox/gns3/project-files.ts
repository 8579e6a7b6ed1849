import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, resolve, sep } from 'node:path'
import type { NodeFiles } from '../network/types.ts'
import { isMissing } from './images.ts'
import type { LabNode, Project } from './project.types.ts'

/** A node's folder on the server's disk. */
export const nodeFolder = (project: Project, node: Pick<LabNode, 'id' | 'type'>): string =>
  join(project.path, 'project-files', node.type, node.id)

/** The absolute path of a file below `base`, or undefined when it would leave it. */
export function pathInside(base: string, path: string): string | undefined {
  const whole = resolve(base, normalize(path))
  return whole.startsWith(resolve(base) + sep) ? whole : undefined
}

/** What a device reads and saves: the node's folder, so that it outlives a power cut. */
export function nodeFilesOf(folder: string): NodeFiles {
  const locate = (path: string): string => {
    const whole = pathInside(folder, path)
    if (!whole) throw new Error(`a device asked for ${path}, outside its folder`)
    return whole
  }
  return {
    read: (path) => readIfThere(locate(path)),
    write: (path, data) => {
      const whole = locate(path)
      mkdirSync(dirname(whole), { recursive: true })
      writeFileSync(whole, data)
    },
  }
}

/** The content, or undefined when there is no such file. */
export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'EISDIR')) return undefined
    throw error
  }
}
