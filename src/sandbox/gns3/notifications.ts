import type { JsonObject } from './json.ts'
import type { Runtime } from './runtime.ts'
import { autoCloseSeconds, pingSeconds } from './timing.ts'

export interface Listener {
  /** One line of JSON, without its newline. */
  send(line: string): void
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal
}

export interface Notifications {
  /** To everybody who listens to the project. */
  project(projectId: string, action: string, event: JsonObject): void
  /** To everybody who listens to the controller. */
  controller(action: string, event: JsonObject): void
  /** Feeds the listener until its client goes; resolves when the genuine server would notice (at its next write). */
  follow(topic: string, listener: Listener): Promise<void>
  hasListeners(projectId: string): boolean
}

export const controllerTopic = 'controller'

export function createNotifications(runtime: Runtime): Notifications {
  const listeners = new Map<string, Set<Listener>>()
  const emit = (topic: string, action: string, event: JsonObject) => {
    for (const listener of listeners.get(topic) ?? []) listener.send(JSON.stringify({ action, event }))
  }
  return {
    project: (projectId, action, event) => emit(projectId, action, event),
    controller: (action, event) => emit(controllerTopic, action, event),
    hasListeners: (projectId) => (listeners.get(projectId)?.size ?? 0) > 0,
    follow: async (topic, listener) => {
      const following = listeners.get(topic) ?? new Set()
      listeners.set(topic, following)
      const quiet = createQuietTimer(runtime, listener)
      following.add(quiet.listener)
      try {
        await quiet.pingUntilGone()
      } finally {
        following.delete(quiet.listener)
      }
    },
  }
}

/** A ping at once, then one whenever nothing else was sent for five seconds (notification_queue.py). */
function createQuietTimer(runtime: Runtime, listener: Listener): { listener: Listener; pingUntilGone(): Promise<void> } {
  let lastSent = 0
  const send = (line: string) => {
    lastSent = runtime.options.clock.now()
    if (!listener.gone.aborted) listener.send(line)
  }
  const ping = () => send(JSON.stringify({ action: 'ping', event: { cpu_usage_percent: 3.5, memory_usage_percent: 21.4 } }))
  return {
    listener: { send, gone: listener.gone },
    pingUntilGone: async () => {
      ping()
      while (!listener.gone.aborted) {
        const quietSeconds = ((runtime.options.clock.now() - lastSent) * runtime.options.speed) / 1000
        if (quietSeconds >= pingSeconds) ping()
        await runtime.wait(Math.max(0.05, Math.min(pingSeconds, pingSeconds - quietSeconds)))
      }
    },
  }
}

/** The wait before a project whose last listener left is closed. */
export const autoCloseWait = (runtime: Runtime): Promise<void> => runtime.wait(autoCloseSeconds)
