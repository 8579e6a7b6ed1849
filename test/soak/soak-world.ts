import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoEnvironment } from '../../src/demo/settings.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type FaultPlan, type ProxmoxSandbox, startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { type ApiSession, createApi } from '../support/api.ts'
import { type Books, openBooks } from '../support/bookkeeping.ts'
import { createCourse, createExercise, jobDone, projectFile } from '../support/steps.ts'
import type { Point, Verb } from './orders.ts'
import { createQuickClock } from './quick-clock.ts'
import { createRootHelp } from './root-help.ts'
import { type RunningApplication, startApplication } from './running-application.ts'

const exercise = `
netpraxis: 1
title: Two computers
create: enroll
vm: { memory: 512 }
devices:
  PC1: { platform: vpcs }
criteria:
  - { id: a, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 1 }
`

/** Every so many starts the application is a process, which dies by SIGKILL. */
const processEvery = 6
const rootPassword = 'only-for-the-soak'

/** A sandbox with a published exercise, and an application that is started again whenever it died. */
export interface SoakWorld {
  readonly sandbox: ProxmoxSandbox
  readonly books: Books
  readonly exerciseId: string
  /** Every place at which a job can be cut, as far as known by now. */
  points(): readonly Point[]
  /** The teacher's session with an application that lives. */
  teacher(): Promise<ApiSession>
  /** Waits, starting the application again when it died. @throws Error after the deadline */
  until(what: string, isOver: () => boolean): Promise<void>
  dieAt(point: Point | null): Promise<void>
  do(verb: Verb): Promise<void>
  /** Lets time pass that nobody needs to watch. */
  skip(ms: number): Promise<void>
  setFaults(plan: FaultPlan): void
  /** What root would do by hand about what no token can mend: unlocks and destroys half-made and half-destroyed VMs. */
  helpAsRoot(): Promise<void>
  end(): Promise<void>
}

export interface SoakWorldOptions {
  readonly seed: number
  readonly speed: number
  readonly program: string
  /** Places where jobs save something, as runs find them; of all worlds. */
  readonly saving: Map<string, Point>
  readonly onDeath: (point: Point, as: 'thread' | 'process') => void
}

/** Of the quick clock: a busy machine is no reason to give up. */
const patienceMs = 3_600_000
const lookEveryMs = 100
/** Of the wall's: the template of a new world is built meanwhile. */
const buildDeadlineMs = 900_000

export async function createSoakWorld({ seed, speed, program, saving, onDeath }: SoakWorldOptions): Promise<SoakWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-soak-'))
  const dataDir = join(folder, 'data')
  const pace = { epochMs: Date.now(), speed, skippedMs: 0 }
  const followers = new Set<(passedMs: number) => void>()
  const quick = createQuickClock(pace, (passedMs) => {
    for (const hear of followers) hear(passedMs)
  })
  const sandbox = await startProxmox({
    stateDir: join(folder, 'sandbox'),
    clock: quick.clock,
    seed,
    rootPassword,
    savesHandshakes: true,
  })
  const variables = {
    ...demoEnvironment({ environment: {}, dataDir, port: 0, sandbox: { ...sandbox, templates: [...sandbox.templates] } }),
    PUBLIC_URL: 'http://127.0.0.1',
    BIN_DAYS: '0',
  }
  const environment = Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  let starts = 0
  let application: RunningApplication | undefined
  let session: ApiSession | undefined

  async function alive(): Promise<RunningApplication> {
    if (application && !application.isDead()) return application
    const died = application?.diedAt()
    if (application && !died) throw new Error('the application ended by itself')
    if (died) onDeath(died, isProcess(starts) ? 'process' : 'thread')
    starts += 1
    session = undefined
    application = await startApplication({
      program,
      as: isProcess(starts) ? 'process' : 'thread',
      order: { start: { environment, pace: { ...pace, passedMs: quick.passed() } } },
      follow: (hear) => {
        followers.add(hear)
        return () => void followers.delete(hear)
      },
      onSaves: (point) => saving.set(`${point.job}/${point.step}`, point),
    })
    return application
  }
  const isProcess = (count: number) => count % processEvery === 2

  async function teacher(): Promise<ApiSession> {
    const { url, password } = await alive()
    session ??= await createApi(url).signIn('teacher', password)
    return session
  }

  async function until(what: string, isOver: () => boolean): Promise<void> {
    const end = quick.passed() + patienceMs
    for (;;) {
      await alive()
      if (isOver()) return
      if (quick.passed() > end) throw new Error(`waited ${patienceMs / 1_000} s of the quick clock in vain for ${what}`)
      await systemClock.sleep(lookEveryMs)
    }
  }

  const first = await teacher()
  const courseId = await createCourse(first, 'Soak')
  const { id, jobId } = await createExercise(first, { courseId, exercise, project: await projectFile('sample1-two-pcs-unconfigured') })
  await jobDone(first, jobId, buildDeadlineMs)
  await first.request('POST', `/exercises/${id}/publish`, { unproven: true })
  const books = openBooks(dataDir)

  return {
    sandbox,
    books,
    exerciseId: id,
    points: () => [...(application?.points ?? []), ...saving.values()],
    teacher,
    until,
    dieAt: async (point) => (await alive()).dieAt(point),
    do: async (verb) => (await alive()).do(verb),
    skip: async (ms) => {
      pace.skippedMs += ms
      quick.skipTo(pace.skippedMs)
      ;(await alive()).skipTo(pace.skippedMs)
    },
    setFaults: sandbox.setFaults,
    helpAsRoot: createRootHelp(sandbox, rootPassword),
    end: async () => {
      books.close()
      await application?.kill()
      await sandbox.close()
      quick.end()
      if (process.env.KEEP_JOURNEY_FOLDERS === undefined) await rm(folder, { recursive: true, force: true })
      else process.stderr.write(`kept ${folder}\n`)
    },
  }
}
