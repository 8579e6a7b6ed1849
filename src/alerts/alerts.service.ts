import { type Clock, isoNow } from '../lib/clock.ts'

/** What an administrator should hear of without looking for it. */
export interface Alert {
  /** One per matter: raised again, it is the same alert. */
  readonly key: string
  /** Of `alerts.<code>` in the string catalogue. */
  readonly code: 'jobFailed' | 'orphanResists' | 'storageFilling' | 'storageFull' | 'metadataFilling' | 'metadataFull' | 'nodeOffline'
  readonly values: Readonly<Record<string, string | number>>
  /** ISO 8601, UTC. */
  readonly since: string
}

export interface AlertsOptions {
  readonly clock: Clock
  readonly log: { error(details: object, message: string): void; info(details: object, message: string): void }
  /** Tells the world outside; never rejects. */
  readonly tell: (alert: Alert) => void
}

/** More than these open at once say nothing new; the oldest are dropped. */
const mostOpen = 200

/** The alerts that are open. Each is logged and told once, when it is raised; it ends when its matter does. In memory: it is found again. */
export function createAlerts({ clock, log, tell }: AlertsOptions) {
  const open = new Map<string, Alert>()
  return {
    raise(about: Omit<Alert, 'since'>): void {
      if (open.has(about.key)) return
      const alert = { ...about, since: isoNow(clock) }
      open.set(alert.key, alert)
      const [oldest] = open.keys()
      if (open.size > mostOpen && oldest !== undefined) open.delete(oldest)
      log.error({ alert: alert.key, code: alert.code, ...alert.values }, 'an alert for the administrator')
      tell(alert)
    },

    clear(key: string): void {
      if (open.delete(key)) log.info({ alert: key }, 'an alert is over')
    },

    /** Raises these and ends all others whose key begins so: what a look over all of one kind found. */
    settle(prefix: string, found: readonly Omit<Alert, 'since'>[]): void {
      const keys = new Set(found.map(({ key }) => key))
      for (const key of [...open.keys()]) if (key.startsWith(prefix) && !keys.has(key)) this.clear(key)
      for (const alert of found) this.raise(alert)
    },

    /** The newest first. */
    list: (): readonly Alert[] => [...open.values()].reverse(),
  }
}

export type Alerts = ReturnType<typeof createAlerts>
