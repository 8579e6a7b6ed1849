import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { type ProxmoxSandbox, startProxmox } from '../../../../src/sandbox/proxmox/index.ts'
import { quietGuest } from '../client.ts'
import { createManualClock } from '../manual-clock.ts'
import { compare, type Reply } from './compare.ts'
import { callerOf, exclusionOf, type Step, unrecorded } from './plan.ts'
import { type Exchange, readRecording } from './recording.ts'

/** What became of one recorded exchange. */
export interface Finding {
  readonly exchange: Exchange
  readonly outcome: 'agrees' | 'differs' | 'excluded'
  /** Differences, or why it was left out. */
  readonly notes: readonly string[]
}

const passwords: Record<string, string> = { 'root@pam': 'root-password', 'lab@pve': 'user-password', 'stud1@pve': 'longenough1' }
const signedIn = z.object({ data: z.object({ username: z.string(), ticket: z.string(), CSRFPreventionToken: z.string() }) })
const tokenMade = z.object({ data: z.object({ 'full-tokenid': z.string(), value: z.string() }) })
const taskStarted = z.object({ data: z.string().startsWith('UPID:') })
const username = z.object({ data: z.object({ username: z.string() }) })
const ended = z.object({ data: z.object({ status: z.literal('stopped') }) })

const pauseMs = 5_000
const recordedUpid = /UPID%3A[^/?]+|UPID:[^/?]+/

async function startReplaySandbox(stateDir: string, clock: ReturnType<typeof createManualClock>): Promise<ProxmoxSandbox> {
  return startProxmox({
    stateDir,
    clock: clock.clock,
    guestFactory: quietGuest,
    nodes: ['pve1'],
    storages: { local: { type: 'dir', content: 'rootdir,images,snippets,vztmpl,iso,backup', shared: 0, path: '/var/lib/vz' } },
    baseTemplates: false,
    rootPassword: 'root-password',
    durations: { boot: 24_000 },
  })
}

/** Plays the recording against a sandbox of its own and says of each exchange whether the answers agree. */
export async function replay(stateDir: string): Promise<Finding[]> {
  const { exchanges } = readRecording()
  const clock = createManualClock(1_795_310_630_000)
  const sandbox = await startReplaySandbox(stateDir, clock)
  const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } })
  const upids = new Map<string, string>()
  const tickets = new Map<string, { ticket: string; csrf: string }>()
  const tokens = new Map<string, string>()
  let lastSignedIn = 'root@pam'

  /** Time passes only while the sandbox works on a request: what is still on its way must not find the clock moved. */
  async function patiently<T>(work: Promise<T>, isWaiting = () => sandbox.inFlight() > 0): Promise<T> {
    let isDone = false
    const watched = work.finally(() => {
      isDone = true
    })
    // looked at by the caller; here it only ends the loop
    watched.catch(() => undefined)
    while (!isDone) {
      await delay(1)
      await clock.settle()
      if (!isDone && isWaiting()) await clock.advance(250)
    }
    return watched
  }

  function headersOf(who: string): Record<string, string> {
    const own = tickets.get(who.startsWith('token') || who.includes('-') ? 'lab@pve' : who)
    const cookie = `PVEAuthCookie=${encodeURIComponent(own?.ticket ?? '')}`
    if (who === 'nobody') return {}
    if (who === 'no-csrf') return { cookie }
    if (who === 'wrong-csrf') return { cookie, csrfpreventiontoken: '6B024426:wrong' }
    if (who === 'wrong-ticket') return { cookie: 'PVEAuthCookie=PVE%3Alab%40pve%3A6B024426%3A%3Awrong' }
    if (who === 'wrong-token') return { authorization: 'PVEAPIToken=lab@pve!app=00000000-0000-0000-0000-000000000000' }
    if (who.startsWith('token ')) return { authorization: `PVEAPIToken=${who.slice(6)}=${tokens.get(who.slice(6)) ?? ''}` }
    return { cookie, csrfpreventiontoken: own?.csrf ?? '' }
  }

  async function send(method: string, path: string, body: string | null, headers: Record<string, string>): Promise<Reply> {
    const type = body?.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded'
    const hasBody = method === 'POST' || method === 'PUT'
    const answer = await patiently(
      request(`${sandbox.proxmoxUrl}/api2/json${path}`, {
        // PATCH is refused by the front door; the type of undici knows it too
        method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']).parse(method),
        dispatcher,
        headers: { ...headers, ...(hasBody ? { 'content-type': type } : {}) },
        ...(hasBody ? { body: body ?? '' } : {}),
      }),
    )
    const text = await answer.body.text()
    return { status: answer.statusCode, reason: answer.statusText, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** Sign-ins were recorded without their bodies. */
  function signInBody(exchange: Exchange): string {
    const user = username.safeParse(exchange.body)
    const name = user.success ? user.data.data.username : 'lab@pve'
    // the one renewal: the ticket stands for the password
    const right = exchange.i === 738 ? tickets.get(name)?.ticket : passwords[name]
    const password = exchange.s === 200 ? (right ?? '') : 'not-the-password'
    return new URLSearchParams({ username: name, password }).toString()
  }

  async function ask(exchange: Exchange, path: string): Promise<Reply> {
    const isSignIn = exchange.m === 'POST' && exchange.p === '/access/ticket'
    const headers = isSignIn && callerOf(exchange.i) === undefined ? {} : headersOf(callerOf(exchange.i) ?? lastSignedIn)
    return send(exchange.m, path, exchange.b ?? (isSignIn ? signInBody(exchange) : null), headers)
  }

  /** The recording shows an end or an answer: time passes until ours is there too. */
  async function askUntilReached(exchange: Exchange, path: string): Promise<Reply> {
    const isEnd = /\/tasks\/[^/]+\/status$/.test(exchange.p) && ended.safeParse(exchange.body).success
    const isAgent = exchange.p.includes('/agent/') && exchange.s === 200
    for (let tries = 0; ; tries++) {
      const reply = await ask(exchange, path)
      const isReached = isEnd ? ended.safeParse(reply.body).success : !isAgent || reply.status === 200
      if (isReached || tries > 300) return reply
      await clock.advance(250)
    }
  }

  function learn(exchange: Exchange, reply: Reply): void {
    const [theirs, ours] = [taskStarted.safeParse(exchange.body), taskStarted.safeParse(reply.body)]
    if (theirs.success && ours.success) upids.set(theirs.data.data, ours.data.data)
    const login = signedIn.safeParse(reply.body)
    if (login.success) {
      lastSignedIn = login.data.data.username
      tickets.set(lastSignedIn, { ticket: login.data.data.ticket, csrf: login.data.data.CSRFPreventionToken })
    }
    const token = tokenMade.safeParse(reply.body)
    if (token.success) tokens.set(token.data.data['full-tokenid'], token.data.data.value)
  }

  /** The path with our own UPID; undefined when its task was never started here. */
  function translate(exchange: Exchange): string | undefined {
    const found = recordedUpid.exec(exchange.p)?.[0]
    if (found === undefined || exchange.s === 400 || exchange.i === 714) return exchange.p
    const ours = upids.get(decodeURIComponent(found))
    return ours === undefined ? undefined : exchange.p.replace(found, found.includes('%3A') ? encodeURIComponent(ours) : ours)
  }

  async function take(step: Step): Promise<void> {
    const control = async (method: 'POST' | 'PUT', path: string, body: unknown) => {
      const answer = await request(`${sandbox.controlUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${sandbox.controlSecret}` },
        body: JSON.stringify(body),
      })
      z.literal(200).parse(answer.statusCode, { error: () => `control ${path}` })
      await answer.body.dump()
    }
    switch (step.kind) {
      case 'advance':
        return clock.advance(step.ms)
      case 'faults':
        return sandbox.setFaults(step.plan)
      case 'hold':
        return control(
          'POST',
          '/sandbox/locks',
          step.lock === undefined ? { vmid: step.vmid, ms: step.ms } : { lock: step.lock, node: 'pve1', ms: step.ms },
        )
      case 'agent':
        return control('POST', '/sandbox/agents', { vmid: step.vmid })
      default: {
        const reply = await send(step.method, step.path, step.form ?? '', headersOf('root@pam'))
        if (reply.status !== 200) throw new Error(`${step.method} ${step.path}: ${reply.reason}`)
        await clock.advance(3_000)
      }
    }
  }

  async function play(exchange: Exchange): Promise<Finding> {
    const reason = exclusionOf(exchange)
    if (reason !== undefined) return { exchange, outcome: 'excluded', notes: [reason] }
    const path = translate(exchange)
    if (path === undefined) return { exchange, outcome: 'excluded', notes: ['task of an exchange that is not replayed'] }
    const reply = await askUntilReached(exchange, path)
    learn(exchange, reply)
    const notes = compare(exchange, reply)
    return { exchange, outcome: notes.length === 0 ? 'agrees' : 'differs', notes }
  }

  const findings: Finding[] = []
  let previous: Exchange | undefined
  try {
    for (const exchange of exchanges) {
      const from = previous?.i ?? -1
      if (previous && exchange.t - previous.t > pauseMs / 1000 + 30) await clock.advance(pauseMs)
      for (const [index, steps] of Object.entries(unrecorded)) {
        if (Number(index) > from && Number(index) <= exchange.i) for (const step of steps) await take(step)
      }
      findings.push(await play(exchange))
      previous = exchange
    }
  } finally {
    await dispatcher.close()
    await patiently(sandbox.close(), () => true)
  }
  return findings
}
