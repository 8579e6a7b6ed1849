import type { Clock } from '../lib/clock.ts'
import type { Translate } from '../strings/index.ts'
import type { Alert } from './alerts.service.ts'

export interface WebhookOptions {
  /** ALERT_WEBHOOK_URL: the administrator's own; null tells nobody. */
  readonly url: string | null
  /** PUBLIC_URL, so that a chat message leads back here. */
  readonly publicUrl: string
  readonly clock: Clock
  readonly translate: Translate
  readonly log: { warn(details: object, message: string): void }
}

const patienceMs = 10_000
const waitsMs = [5_000, 60_000]

/**
 * Posts alerts as JSON `{ text, code, key, since, values, url }`, which the usual chats show by its `text`. Tried three times, one after
 * the other; what cannot be told stands on the status page all the same. The address is no one's to know: it may hold a key.
 */
export function createWebhook({ url, publicUrl, clock, translate, log }: WebhookOptions) {
  const end = new AbortController()
  let queue = Promise.resolve()

  async function post(body: string): Promise<string | null> {
    try {
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(patienceMs)])
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(url ?? '', { method: 'POST', headers, body, redirect: 'error', signal })
      await answer.body?.cancel()
      return answer.ok ? null : `status ${answer.status}`
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown'
    }
  }

  async function deliver(alert: Alert): Promise<void> {
    const text = translate(`alerts.${alert.code}`, alert.values)
    const body = JSON.stringify({ text: `NetPraxis: ${text} ${publicUrl}/admin`, ...alert, url: `${publicUrl}/admin` })
    for (const waitMs of [...waitsMs, null]) {
      const fault = await post(body)
      if (fault === null || end.signal.aborted) return
      log.warn({ alert: alert.key, fault }, 'the webhook did not take an alert')
      if (waitMs !== null) await clock.sleep(waitMs, end.signal)
    }
  }

  return {
    tell(alert: Alert): void {
      if (url === null) return
      queue = queue
        .then(() => deliver(alert))
        .catch((error: unknown) => {
          if (!end.signal.aborted) log.warn({ alert: alert.key, err: error }, 'an alert could not be told')
        })
    },
    async close(): Promise<void> {
      end.abort()
      await queue
    },
  }
}
