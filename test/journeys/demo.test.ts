import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../src/lib/clock.ts'
import { createApi } from '../support/api.ts'
import { type DemoFile, type DemoProcess, isRunning, modeOf, processorSeconds, readDemoFile, startDemo } from '../support/demo-process.ts'
import { freePort } from '../support/free-port.ts'
import { listOf, ownWorkVm, startLab, submitAndWait, typeInto, verdictsOf } from '../support/steps.ts'
import { waitFor } from '../support/wait.ts'

/** The contract of `netpraxis demo`, kept by starting it as a user does. */

let folder: string
let count = 0
const started: DemoProcess[] = []
const newDataDir = (): string => {
  count += 1
  return join(folder, `data-${count}`)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-demo-'))
})
afterEach(async () => {
  for (const demo of started) {
    demo.kill('SIGKILL')
    await demo.ended
  }
  started.length = 0
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))

function start(options: Parameters<typeof startDemo>[0]): DemoProcess {
  const demo = startDemo(options)
  started.push(demo)
  return demo
}

/** It promises to end within ten seconds; a busy machine may take a few more, and one that waits for something takes for ever. */
const endsWithinMs = 40_000
async function inTime<T>(ended: Promise<T>): Promise<T> {
  const limit = new AbortController()
  const late = systemClock.sleep(endsWithinMs, limit.signal).then(() => Promise.reject(new Error('the demo does not end')))
  try {
    return await Promise.race([ended, late])
  } finally {
    limit.abort()
    await late.catch(() => undefined)
  }
}

/** Ends it, with everything it started. */
async function endInOrder(demo: DemoProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const children = await demo.children()
  expect(children.length).toBeGreaterThan(0)
  demo.kill(signal)
  expect(await inTime(demo.ended)).toEqual({ code: 0, signal: null })
  expect(children.filter(isRunning)).toEqual([])
}

/** Where others keep the processors busy the clock on the wall says nothing. */
const isQuiet = (): boolean => (loadavg()[0] ?? 0) < availableParallelism()

const isPublished = (file: DemoFile) => file.exercises.length >= 2 && file.exercises.every(({ state }) => state === 'published')

const publishedFile = (dataDir: string, deadlineMs: number) =>
  waitFor(
    'both exercises to be published',
    async () => {
      const file = await readDemoFile(dataDir)
      return isPublished(file) && file
    },
    { deadlineMs },
  )

const answers = async (url: string): Promise<number | null> => {
  try {
    return (await fetch(url, { redirect: 'manual' })).status
  } catch {
    return null // not listening yet
  }
}

const workVmSchema = z.object({ state: z.string() })
const running = ['queued', 'starting', 'ready', 'stopping', 'suspended']

async function expectUsableAccounts({ url, accounts }: DemoFile): Promise<void> {
  const roles = accounts.map(({ role }) => role)
  expect(roles).toEqual(expect.arrayContaining(['admin', 'teacher', 'assistant']))
  expect(roles.filter((role) => role === 'student').length).toBeGreaterThanOrEqual(2)
  const api = createApi(url)
  for (const { username, password } of accounts) {
    const me = await (await api.signIn(username, password)).get('/me', z.object({ username: z.string(), mustChangePassword: z.boolean() }))
    expect(me).toEqual({ username, mustChangePassword: false })
  }
}

async function expectCourse({ url, accounts, exercises }: DemoFile): Promise<void> {
  const signIn = (role: string, index = 0) => {
    const account = accounts.filter((one) => one.role === role)[index]
    if (!account) throw new Error(`no ${role}`)
    return createApi(url).signIn(account.username, account.password)
  }
  const admin = await signIn('admin')
  const teacher = await signIn('teacher')
  const [course] = (await admin.get('/courses', listOf(z.object({ id: z.string() })))).items
  if (!course) throw new Error('there is no course')
  const members = await admin.get(`/courses/${course.id}/members`, listOf(z.object({ role: z.string(), id: z.string() })))
  expect(members.items).toContainEqual({ role: 'teacher', id: teacher.userId })
  expect((await teacher.get('/base-templates', z.object({ items: z.array(z.object({ vmid: z.number() })) }))).items.length).toBeGreaterThan(
    0,
  )
  for (const index of [0, 1]) {
    const student = await signIn('student', index)
    for (const { id } of exercises) expect(running).not.toContain((await student.get(`/exercises/${id}/work-vm`, workVmSchema)).state)
  }
}

const submissionSchema = z.object({ state: z.string(), points: z.number().nullable(), maxPoints: z.number().nullable() })
const exerciseSchema = z.object({ id: z.string(), title: z.string(), state: z.string(), error: z.object({ code: z.string() }).optional() })

/** Waits for what happens behind the first minute: submissions of three students, and a second course. */
async function expectLife({ url, accounts, exercises }: DemoFile): Promise<void> {
  const api = createApi(url)
  const students = accounts.filter(({ role }) => role === 'student')
  const pointsOf = async (index: number, exercise: number) => {
    const session = await api.signIn(students[index]?.username ?? '', students[index]?.password ?? '')
    const workVm = await session.get(`/exercises/${exercises[exercise]?.id}/work-vm`, z.object({ id: z.string() }))
    return async () => {
      const { items } = await session.get(`/work-vms/${workVm.id}/submissions`, listOf(submissionSchema))
      return items.length > 0 && items.every(({ state }) => state === 'done') && items.map(({ points, maxPoints }) => [points, maxPoints])
    }
  }
  const wait = { deadlineMs: 300_000, everyMs: 500 }
  expect(await waitFor('an unsolved submission', await pointsOf(2, 0), wait)).toEqual([[0, 5]])
  expect(await waitFor('a solved submission', await pointsOf(3, 1), wait)).toEqual([[8, 8]])
  expect(await waitFor('a submission with one mistake', await pointsOf(4, 1), wait)).toEqual([[7, 8]])
  const teacher = await api.signIn('teacher', accounts.find(({ role }) => role === 'teacher')?.password ?? '')
  const all = await waitFor(
    'the failed build',
    async () => {
      const { items } = await teacher.get('/exercises', listOf(exerciseSchema))
      return items.some(({ state }) => state === 'failed') && items
    },
    wait,
  )
  expect(all.map(({ state }) => state).sort()).toEqual(['draft', 'failed', 'published', 'published'])
  expect(all.find(({ state }) => state === 'failed')?.error?.code).toBe('GNS3_IMAGE_MISSING')
}

/** The blocks of commands of the guided tour, in order. */
async function commandsOfGuide(): Promise<string[][]> {
  const guide = await readFile(new URL('../../docs/guides/demo.md', import.meta.url), 'utf8')
  return [...guide.matchAll(/^ {3}```\n([\s\S]*?)^ {3}```$/gm)].map((block) => (block[1] ?? '').trim().split(/\n\s*/))
}

/** Does what the guide tells a student to do. */
async function followGuide({ url, accounts, exercises }: DemoFile): Promise<void> {
  const [pc1 = [], pc2 = [], r1 = [], r2 = [], wayBack = []] = await commandsOfGuide()
  const ana = accounts.find(({ role }) => role === 'student')
  const session = await createApi(url).signIn(ana?.username ?? '', ana?.password ?? '')
  const workVm = await ownWorkVm(session, exercises[1]?.id ?? '')
  await startLab(session, workVm.id)
  await typeInto(session, workVm.id, 'PC1', pc1)
  await typeInto(session, workVm.id, 'PC2', pc2)
  await typeInto(session, workVm.id, 'R1', ['enable', ...r1])
  await typeInto(session, workVm.id, 'R2', ['enable', ...r2])
  const first = await submitAndWait(session, workVm.id)
  expect([first.points, first.maxPoints]).toEqual([3, 8])
  expect(verdictsOf(first)).toEqual({
    pass: ['pc1-reaches-r1', 'r1-reaches-r2', 'pc2-reaches-r2'],
    fail: ['pc1-reaches-pc2', 'pc2-reaches-pc1'],
    inconclusive: [],
    skipped: ['path-over-both-routers'],
  })
  await typeInto(session, workVm.id, 'R2', wayBack)
  const second = await submitAndWait(session, workVm.id)
  expect([second.points, second.maxPoints]).toEqual([8, 8])
}

describe('netpraxis demo', () => {
  it('is ready within seconds, publishes within a minute, comes to life, and keeps the promises of its guide', async () => {
    const dataDir = newDataDir()
    const port = await freePort()
    const first = start({ dataDir, arguments: ['--port', `${port}`] })
    await waitFor('the sign-in page', async () => (await answers(`http://127.0.0.1:${port}/sign-in`)) === 200, { everyMs: 20 })
    const wallSeconds = (Date.now() - first.startedAt) / 1_000
    // what was computed until here says something also on a busy machine
    const wasQuiet = isQuiet()
    expect(wasQuiet ? wallSeconds : await processorSeconds(first.pid), 'seconds until the sign-in page').toBeLessThan(5)
    const url = await first.ready()
    expect(url).toBe(`http://127.0.0.1:${port}`)
    expect(await answers(`${url}/`)).toBe(303)
    expect((await fetch(`${url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/sign-in')
    expect(await modeOf(join(dataDir, 'demo.json'))).toBe(0o600)
    const early = await readDemoFile(dataDir)
    expect(early).toMatchObject({ url, labUrl: `http://lab-{id}.localhost:${port}` })
    expect(early.exercises).toHaveLength(2)
    expect(await answers(early.proxmoxUrl.replace('https', 'http'))).not.toBe(200)
    await expectUsableAccounts(early)
    const file = await publishedFile(dataDir, 300_000)
    if (wasQuiet && isQuiet()) expect(Date.now() - first.startedAt, 'until both exercises are published').toBeLessThan(60_000)
    await expectCourse(file)
    expect(first.lines().at(-1)).toBe(`NetPraxis is ready: ${url}`)
    first.kill('SIGKILL')
    await first.ended

    const blocker = await occupy(port)
    const second = start({ dataDir, arguments: ['--port', `${port}`] })
    const nextUrl = await second.ready()
    blocker.close()
    expect(nextUrl).not.toBe(url)
    const again = await readDemoFile(dataDir)
    expect(again.url).toBe(nextUrl)
    expect(again.exercises).toEqual(file.exercises)
    expect(again.accounts).toEqual(file.accounts)
    await expectUsableAccounts(again)
    await expectLife(again)
    await expectCourse(again)
    await followGuide(again)
    await endInOrder(second, 'SIGINT')

    const open = start({ dataDir, arguments: ['--port', `${await freePort()}`], environment: { HOST: '0.0.0.0' } })
    await open.ready()
    const secret = await readDemoFile(dataDir)
    const known = new Set(file.accounts.map(({ password }) => password))
    expect(secret.accounts.filter(({ password }) => known.has(password))).toEqual([])
    await expectUsableAccounts({ ...secret, url: secret.url.replace('0.0.0.0', '127.0.0.1') })
    await endInOrder(open, 'SIGTERM')
  }, 900_000)

  it('starts afresh without touching what is not its own, and ends in the midst of the builds', async () => {
    const dataDir = newDataDir()
    await mkdir(join(dataDir, 'uploads'), { recursive: true })
    await mkdir(join(dataDir, 'sandbox'))
    await mkdir(join(dataDir, 'evidence', 'of-somebody'), { recursive: true })
    const foreign = ['notes.txt', 'uploads/notes.txt', 'sandbox/notes.txt', 'evidence/of-somebody/notes.txt']
    for (const name of foreign) await writeFile(join(dataDir, name), 'mine')

    const bare = start({ dataDir, arguments: ['--port', `${await freePort()}`, '--no-seed'] })
    await bare.ready()
    const before = await readDemoFile(dataDir)
    expect(before.exercises).toEqual([])
    await expectCourse(before)
    await expectUsableAccounts(before)
    await endInOrder(bare, 'SIGTERM')

    const fresh = start({ dataDir, arguments: ['--port', `${await freePort()}`, '--fresh'] })
    await fresh.ready()
    const teacher = await createApi((await readDemoFile(dataDir)).url).signIn(
      'teacher',
      before.accounts.find((one) => one.role === 'teacher')?.password ?? '',
    )
    const course = await teacher.get('/courses', listOf(z.object({ id: z.string() })))
    expect(course.items).toHaveLength(1)
    expect((await readDemoFile(dataDir)).exercises.map(({ state }) => state)).toEqual(['building', 'building'])
    await endInOrder(fresh, 'SIGINT')
    for (const name of foreign) expect(await readFile(join(dataDir, name), 'utf8')).toBe('mine')
  })

  it('ends in time while it is still starting', async () => {
    const dataDir = newDataDir()
    const demo = start({ dataDir, arguments: ['--port', `${await freePort()}`] })
    const children = await waitFor('the sandbox to be started', async () => {
      const all = await demo.children()
      return all.length > 0 && all
    })
    demo.kill('SIGTERM')
    expect(await inTime(demo.ended)).toEqual({ code: 0, signal: null })
    await waitFor('the sandbox to end', () => !children.some(isRunning))
  })

  it('says in one line what is wrong with its folder', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    const noFolder = start({ dataDir: join(file, 'data') })
    expect(await noFolder.ended).toMatchObject({ code: 1 })
    expect(noFolder.errors()).toEqual([expect.stringMatching(/^The folder .*a-file\/data cannot be used \(ENOTDIR.*Set DATA_DIR/)])

    const wrong = newDataDir()
    await mkdir(wrong)
    await writeFile(join(wrong, 'netpraxis.sqlite'), 'no database at all, but long enough to have a header of its own kind. '.repeat(20))
    const noDatabase = start({ dataDir: wrong, arguments: ['--port', `${await freePort()}`] })
    expect(await noDatabase.ended).toMatchObject({ code: 1 })
    expect(noDatabase.errors()).toEqual([expect.stringContaining('is no database')])
    expect((await readdir(wrong)).includes('demo.json')).toBe(false)
  })
})

function occupy(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}
