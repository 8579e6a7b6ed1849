import type { ServerResponse } from 'node:http'
import { autoCloseWait, controllerTopic } from './notifications.ts'
import type { Project } from './project.types.ts'
import { closeProject } from './project-lifecycle.ts'
import type { ApiAnswer, ApiRoute } from './route.types.ts'
import { getProject, type ServerState } from './server-state.ts'

/** The event streams: JSON lines without end. */
export function notificationRoutes(state: ServerState): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/notifications',
      handle: async ({ response }): Promise<ApiAnswer> => {
        await stream(state, controllerTopic, response)
        return 'streamed'
      },
    },
    {
      method: 'GET',
      path: '/projects/{project_id}/notifications',
      handle: async ({ params, response }): Promise<ApiAnswer> => {
        const project = getProject(state, params.project_id)
        await stream(state, project.id, response)
        await closeWhenAlone(state, project)
        return 'streamed'
      },
    },
  ]
}

async function stream(state: ServerState, topic: string, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.writeHead(200, { 'Content-Type': 'application/json' })
  await state.notifications.follow(topic, { send: (line) => response.write(`${line}\n`), gone: gone.signal })
}

/** auto_close: some seconds after the last listener left, the project closes and all its nodes stop. */
export async function closeWhenAlone(state: ServerState, project: Project): Promise<void> {
  if (!project.settings.auto_close) return
  await autoCloseWait(state.runtime)
  if (!state.notifications.hasListeners(project.id)) await closeProject(state, project)
}
