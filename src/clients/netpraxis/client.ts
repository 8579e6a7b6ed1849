import { createWriteStream, openAsBlob } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { FormData as Multipart } from 'undici'
import type { z } from 'zod'
import { isAppError } from '../../errors.ts'
import { createHttp, type NetpraxisOptions } from './http.ts'
import { acceptedAnswer, baseTemplatesAnswer, exerciseAnswer, jobAnswer } from './schemas.ts'

export type { NetpraxisOptions } from './http.ts'
export type SavedExercise = z.output<typeof exerciseAnswer>

export interface ImportedExercise {
  /** The exercise file as it was written: the server reads it itself. */
  readonly text: string
  readonly statement: string | null
  /** Path of the portable project. */
  readonly project: string | null
  readonly baseTemplate: number | null
}

/** A NetPraxis server. Every verb throws AppError SERVER_*; what the server finds wrong stands in `fields`. */
export function createNetpraxis(options: NetpraxisOptions) {
  const http = createHttp(options)
  const at = (id: string) => `/exercises/${encodeURIComponent(id)}`

  const read = (id: string): Promise<SavedExercise> => http.readJson(exerciseAnswer, { method: 'GET', path: at(id) })

  return {
    listBaseTemplates: async () => (await http.readJson(baseTemplatesAnswer, { method: 'GET', path: '/base-templates' })).items,

    /** Saves it as a new exercise of a course, or as a new revision of one that is there. @returns its id, and the job that builds it */
    async save(target: { readonly courseId: string } | { readonly exerciseId: string }, parts: ImportedExercise) {
      const form = await formOf(parts)
      if ('courseId' in target) form.set('courseId', target.courseId)
      const path = 'courseId' in target ? '/exercises' : `${at(target.exerciseId)}/revisions`
      return http.readJson(acceptedAnswer, { method: 'POST', path, form })
    },

    putSecrets: (id: string, values: ReadonlyMap<string, string>): Promise<string> =>
      http.readText({ method: 'PUT', path: `${at(id)}/secrets`, json: Object.fromEntries(values) }),

    read,
    readJob: (id: string) => http.readJson(jobAnswer, { method: 'GET', path: `/jobs/${encodeURIComponent(id)}` }),
    readFile: (id: string): Promise<string> => http.readText({ method: 'GET', path: `${at(id)}/file` }),
    readStatement: (id: string): Promise<string> => http.readText({ method: 'GET', path: `${at(id)}/statement` }),

    /** Writes the project's archive, whole or not at all. @returns false when the exercise has none */
    async saveProject(id: string, path: string): Promise<boolean> {
      const part = `${path}.part`
      try {
        const { body } = await http.open({ method: 'GET', path: `${at(id)}/project` })
        await pipeline(body, createWriteStream(part), { signal: options.signal })
        await rename(part, path)
        return true
      } catch (error) {
        await rm(part, { force: true })
        if (isAppError(error, 'SERVER_NOT_FOUND')) return false
        throw error
      }
    },
  }
}

async function formOf({ text, statement, project, baseTemplate }: ImportedExercise): Promise<Multipart> {
  const form = new Multipart()
  // as files: in a text field each line would end in CR LF
  form.set('exercise', new Blob([text]), 'exercise.yaml')
  if (statement !== null) form.set('statement', new Blob([statement]), 'statement.md')
  if (baseTemplate !== null) form.set('baseTemplate', String(baseTemplate))
  // read while it is sent: a project with images has gigabytes
  if (project !== null) form.set('project', await openAsBlob(project), 'lab.gns3project')
  return form
}

export type NetpraxisServer = ReturnType<typeof createNetpraxis>
