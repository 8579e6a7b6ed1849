import type { Server } from 'node:http'
import { createTokens } from './auth.ts'
import { createPortPool } from './console-ports.ts'
import type { Guest, GuestOptions } from './guest.types.ts'
import { hibernateProjects, restoreProjects } from './hibernation.ts'
import { createApiServer } from './http-server.ts'
import { linkRoutes } from './link.routes.ts'
import { createKeyedMutex } from './mutex.ts'
import { nodeRoutes } from './node.routes.ts'
import { notificationRoutes } from './notification.routes.ts'
import { createNotifications } from './notifications.ts'
import { projectRoutes } from './project.routes.ts'
import { closeProject, dropRunning, openProject } from './project-lifecycle.ts'
import { loadProjects } from './project-store.ts'
import { createRuntime } from './runtime.ts'
import { serverRoutes } from './server.routes.ts'
import type { ServerState } from './server-state.ts'
import { serveSockets } from './socket-server.ts'

/**
 * Starts the GNS3 server of one VM; resolves when its API port accepts. Projects on the disk are listed as closed, unless a hibernated
 * state is handed in: then what ran goes on.
 * Rejects when the API port is taken.
 */
export async function startGuest(options: GuestOptions): Promise<Guest> {
  const state = createState(options)
  loadProjects(state)
  const tokens = createTokens(state.runtime)
  const routes = [
    ...projectRoutes(state),
    ...nodeRoutes(state),
    ...linkRoutes(state),
    ...notificationRoutes(state),
    ...serverRoutes(state, tokens),
  ]
  const server = createApiServer(state.runtime, routes, tokens)
  serveSockets(server, state, tokens)
  if (options.restored !== undefined) await restoreProjects(state, options.restored)
  const apiPort = await listen(server, options)
  if (options.restored === undefined) openAutomatically(state)
  return guestOf(state, server, apiPort)
}

function createState(options: GuestOptions): ServerState {
  const runtime = createRuntime(options)
  return {
    runtime,
    projects: new Map(),
    ports: createPortPool(options.host, options.consolePorts),
    notifications: createNotifications(runtime),
    locks: createKeyedMutex(),
  }
}

/** Projects with auto_open, once the server is up; one that cannot be opened stays closed. */
function openAutomatically(state: ServerState): void {
  for (const project of state.projects.values()) {
    if (!project.settings.auto_open) continue
    openProject(state, project).catch((error: unknown) => {
      state.notifications.controller('log.error', { message: String(error) })
    })
  }
}

function guestOf(state: ServerState, server: Server, apiPort: number): Guest {
  const networks = () => [...state.projects.values()].flatMap((project) => project.network ?? [])
  const powerOff = async (): Promise<void> => {
    state.runtime.cutPower()
    await closeServer(server)
    for (const project of state.projects.values()) await dropRunning(state, project)
  }
  return {
    apiPort,
    freeze: () => {
      state.runtime.gate.close()
      for (const network of networks()) network.freeze()
    },
    thaw: () => {
      for (const network of networks()) network.thaw()
      state.runtime.gate.open()
    },
    hibernate: async () => {
      const saved = hibernateProjects(state)
      await powerOff()
      return saved
    },
    stop: powerOff,
    shutdown: async () => {
      for (const project of state.projects.values()) await closeProject(state, project, { quiet: true })
      await powerOff()
    },
  }
}

function listen(server: Server, options: GuestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.apiPort, options.host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : options.apiPort)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
