import { conflict } from './api-error.ts'
import type { Project } from './project.types.ts'

/**
 * A name no node of the project has (controller/project.py update_allocated_node_name): spaces go, `{0}` is counted up, a taken name
 * gets another number at its end.
 * @throws ApiError 409
 */
export function freeNodeName(project: Project, wanted: string, exceptId?: string): string {
  const taken = new Set([...project.nodes.values()].filter((node) => node.id !== exceptId).map((node) => node.name))
  let base = wanted.replaceAll(' ', '')
  if (taken.has(base)) base = base.replace(/[0-9]+$/, '{0}')
  const isPattern = base.includes('{0}') || base.includes('{id}')
  if (!isPattern && !taken.has(base)) return base
  for (let number = 1; number < 1_000_000; number++) {
    const name = isPattern ? base.replaceAll('{0}', String(number)).replaceAll('{id}', String(number)) : `${base}${number}`
    if (!taken.has(name)) return name
  }
  throw conflict('A node name could not be allocated (node limit reached?)')
}
