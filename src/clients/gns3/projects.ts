import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { AppError, isAppError } from '../../errors.ts'
import { type Sentence, say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import { orMissing } from './api.ts'
import { unexpectedAt } from './faults.ts'
import { projectAnswer, projectsAnswer } from './schemas.ts'
import type { CallOptions, Gns3, Gns3Options, Gns3Project, ImportOptions } from './types.ts'
import { pollMs, pollUntil } from './wait.ts'

type ProjectVerbs = Pick<
  Gns3,
  | 'listProjects'
  | 'getProject'
  | 'findProject'
  | 'importProject'
  | 'setAutoClose'
  | 'openProject'
  | 'closeProject'
  | 'deleteProject'
  | 'exportProject'
>

/** How long a project may stay in the state that an accepted call should have ended. */
const settleMs = 60_000

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Path of a project. @throws AppError GNS3_NOT_FOUND for what can be no id: it must not end up in a URL */
export function projectPath(projectId: string): string {
  if (!uuid.test(projectId)) throw new AppError('GNS3_NOT_FOUND', { details: { reason: say('details.gns3.noProjectId') } })
  return `/projects/${projectId}`
}

export function createProjects(api: Api, { clock, log }: Gns3Options): ProjectVerbs {
  const listProjects = (options: CallOptions = {}) => api.readJson(projectsAnswer, { path: '/projects', ...options })
  const getProject = async (projectId: string, options: CallOptions = {}) =>
    api.readJson(projectAnswer, { path: projectPath(projectId), ...options })

  const settle = async (projectId: string, state: Gns3Project['state'], { signal }: CallOptions) => {
    const project = await pollUntil({
      clock,
      signal,
      deadlineMs: settleMs,
      look: () => getProject(projectId, { signal }),
      isThere: (seen) => seen.state === state,
    })
    if (project.state === state) return project
    throw unexpectedAt(placeOf(projectId), say('details.gns3.still', { state: project.state, ms: settleMs }))
  }

  /** A project that is being closed refuses with 409 for a moment. */
  const openOnce = async (projectId: string, options: CallOptions) => {
    const endsAt = clock.now() + settleMs
    for (;;) {
      try {
        return await api.send({ method: 'POST', path: `${projectPath(projectId)}/open`, json: {}, ...options })
      } catch (error) {
        if (!isAppError(error, 'GNS3_CONFLICT') || !/clos(?:ing|ed)/i.test(String(error.details.reason)) || clock.now() >= endsAt)
          throw error
        log.debug({ projectId }, 'GNS3 is still closing the project')
        await clock.sleep(pollMs, options.signal)
      }
    }
  }

  const refuseTaken = async (projectId: string, name: string, options: CallOptions) => {
    const projects = await listProjects(options)
    const taken = projects.find((project) => project.id.toLowerCase() === projectId.toLowerCase() || project.name === name)
    if (taken)
      throw new AppError('GNS3_CONFLICT', { details: { reason: say('details.gns3.projectTaken', { name: taken.name, id: taken.id }) } })
  }

  return {
    listProjects,
    getProject,
    findProject: async (nameOrId, options) => {
      const projects = await listProjects(options)
      return projects.find(({ id }) => id.toLowerCase() === nameOrId.toLowerCase()) ?? projects.find(({ name }) => name === nameOrId)
    },
    importProject: ({ projectId, name, archive, signal }) =>
      api.mutate(
        async () => {
          const path = `${projectPath(projectId)}/import?name=${encodeURIComponent(name)}`
          // Also renews a token that ran out: the archive's stream could not be sent twice.
          await refuseTaken(projectId, name, { signal })
          const content = await contentOf(archive)
          await api.send({ method: 'POST', path, ...content, timeoutMs: api.timeouts.transferMs, signal })
          return getProject(projectId, { signal })
        },
        { signal },
      ),
    setAutoClose: (projectId, autoClose, options = {}) =>
      api.mutate(async () => {
        await api.send({ method: 'PUT', path: projectPath(projectId), json: { auto_close: autoClose }, ...options })
        const project = await getProject(projectId, options)
        if (project.autoClose !== autoClose) throw unexpectedAt(placeOf(projectId), say('details.gns3.notTaken', { setting: 'auto_close' }))
        return project
      }, options),
    openProject: (projectId, options = {}) =>
      api.mutate(async () => {
        await openOnce(projectId, options)
        return settle(projectId, 'opened', options)
      }, options),
    closeProject: (projectId, options = {}) =>
      api.mutate(async () => {
        await api.send({ method: 'POST', path: `${projectPath(projectId)}/close`, json: {}, ...options })
        return settle(projectId, 'closed', options)
      }, options),
    deleteProject: (projectId, options = {}) =>
      api.mutate(async () => {
        await orMissing(api.send({ method: 'DELETE', path: projectPath(projectId), ...options }))
        const left = await orMissing(getProject(projectId, options))
        if (left) throw unexpectedAt(placeOf(projectId), say('details.gns3.stillThere'))
      }, options),
    // zip on both versions: the default of 3.x (zstd) cannot be read by 2.2.
    exportProject: (projectId, options = {}) =>
      api.mutate(() => api.stream({ path: `${projectPath(projectId)}/export?compression=zip`, ...options }), options),
  }
}

const placeOf = (project: string): Sentence => say('details.gns3.project', { project })

async function contentOf(archive: ImportOptions['archive']) {
  if (typeof archive !== 'string') return { content: archive }
  const { size } = await stat(archive)
  return { content: createReadStream(archive), contentLength: size }
}
