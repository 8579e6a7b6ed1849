import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Alert, createAlerts, createWebhook } from '../../src/alerts/index.ts'
import { createTranslator } from '../../src/strings/index.ts'

const clock = { now: () => Date.parse('2026-11-22T12:00:00Z'), sleep: async () => undefined }
const quiet = { error: () => undefined, info: () => undefined, warn: () => undefined }
const offline = { key: 'node:pve2', code: 'nodeOffline', values: { node: 'pve2' } } as const

function begin() {
  const told: string[] = []
  return { told, alerts: createAlerts({ clock, log: quiet, tell: ({ key }) => void told.push(key) }) }
}

describe('alerts', () => {
  it('are told once, however often their matter is seen, and again when it comes back', () => {
    const { alerts, told } = begin()
    alerts.raise(offline)
    alerts.raise(offline)
    expect(told).toEqual(['node:pve2'])
    alerts.clear('node:pve2')
    expect(alerts.list()).toEqual([])
    alerts.raise(offline)
    expect(told).toEqual(['node:pve2', 'node:pve2'])
  })

  it('of one kind end when a look over all of them does not find them any more; others stay', () => {
    const { alerts } = begin()
    alerts.raise(offline)
    alerts.raise({ ...offline, key: 'node:pve3' })
    alerts.raise({ key: 'job:1', code: 'jobFailed', values: { job: 'x', reason: 'y' } })
    alerts.settle('node:', [{ ...offline, key: 'node:pve3' }])
    expect(alerts.list().map(({ key }) => key)).toEqual(['job:1', 'node:pve3'])
  })

  it('do not pile up without end', () => {
    const { alerts } = begin()
    for (let at = 0; at < 500; at += 1) alerts.raise({ ...offline, key: `node:${at}` })
    expect(alerts.list()).toHaveLength(200)
    expect(alerts.list()[0]?.key).toBe('node:499')
  })
})

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A chat's server that answers with these states, one after the other, and keeps what it was sent. */
async function startChat(states: readonly number[]) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      bodies.push(body)
      response.writeHead(states[bodies.length - 1] ?? 200, { location: 'http://127.0.0.1:1/' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const warnings: object[] = []
  const webhook = createWebhook({
    url: `http://127.0.0.1:${port}/hooks/key-in-the-path`,
    publicUrl: 'https://lab.example.org',
    clock,
    translate: createTranslator(),
    log: { warn: (details) => void warnings.push(details) },
  })
  cleanups.push(webhook.close)
  return { webhook, bodies, warnings }
}

const alert: Alert = { ...offline, since: '2026-11-22T12:00:00.000Z' }

describe('the webhook', () => {
  it('is told in words and as data', async () => {
    const { webhook, bodies } = await startChat([200])
    webhook.tell(alert)
    await expect.poll(() => bodies.length, { timeout: 20_000 }).toBe(1)
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      text: 'NetPraxis: The Proxmox node pve2 is offline; its labs cannot be reached. https://lab.example.org/admin',
      code: 'nodeOffline',
      key: 'node:pve2',
    })
  })

  it('is tried three times, never follows a redirect, and its address is not logged', async () => {
    const { webhook, bodies, warnings } = await startChat([500, 302, 503, 200])
    webhook.tell(alert)
    await expect.poll(() => warnings.length, { timeout: 20_000 }).toBe(3)
    expect(bodies).toHaveLength(3)
    expect(JSON.stringify(warnings)).not.toContain('key-in-the-path')
  })

  it('that nobody set is not asked', async () => {
    const webhook = createWebhook({ url: null, publicUrl: '', clock, translate: createTranslator(), log: quiet })
    webhook.tell(alert)
    await webhook.close()
  })
})
