import { join } from 'node:path'
import { type Level, type Logger, pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { Directory } from '../../src/auth/index.ts'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { type Db, openDatabase, tables } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { type Exercise, type Judgement, readExercise } from '../../src/evaluation/index.ts'
import { type ExerciseRow, exerciseRules, type RecordedLab } from '../../src/exercises/index.ts'
import type { Actor } from '../../src/http/access.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/ids.ts'
import { createServices, type Services } from '../../src/services.ts'
import type { SubmissionRow } from '../../src/submissions/submissions.repository.ts'
import type { UserRow } from '../../src/users/index.ts'
import type { WorkVmRow } from '../../src/work-vms/index.ts'
import { tempFolder } from './temp-folder.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** The services over a database in memory and a clock by hand. Jobs are enqueued and none runs; a call to Proxmox that was not given fails. */
export interface Bench {
  readonly services: Services
  readonly db: Db
  readonly config: Config
  readonly time: VirtualClock
  readonly given: Given
  /** Name and payload of every job that was enqueued, oldest first. */
  jobs(): { id: string; name: string; payload: unknown; state: string }[]
}

export interface BenchOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly proxmox?: Partial<Proxmox>
  readonly directory?: Directory | null
  readonly log?: Logger
  /** In place of the clock by hand: for jobs that are really run. */
  readonly clock?: Clock
}

const absentProxmox: Proxmox = new Proxy(Object.create(null), {
  get: (_target, name) =>
    name === 'then' ? undefined : () => Promise.reject(new Error(`this test has no Proxmox, but ${String(name)} was asked`)),
})

export const silentLog = (level: Level | 'silent' = 'silent'): Logger => pino({ level })

/** Two PCs; one criterion may be hidden, so that a test can look for it. */
export const exerciseText = `
netpraxis: 1
title: Two PCs
project: lab.gns3project
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
criteria:
  - { id: pc1, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 192.168.10.2 }, points: 2 }
  - { id: pc2, title: PC2 reaches PC1, module: ping, device: PC2, params: { to: 192.168.10.1 }, points: 3 }
  - { id: hidden, title: The hidden one, module: ping, device: PC1, params: { to: 192.168.10.9 }, points: 5, visible: false }
`

/** @throws Error for a text that is no exercise */
export function exerciseFrom(text: string): Exercise {
  const reading = readExercise(text)
  if (!reading.exercise) throw new Error(`not an exercise: ${JSON.stringify(reading.problems)}`)
  return reading.exercise
}

export const recordedLab: RecordedLab = {
  projectId: 'project-1',
  devices: ['PC1', 'PC2'].map((name, index) => ({
    id: `node-${name}`,
    name,
    type: 'vpcs',
    state: 'stopped' as const,
    console: { type: 'telnet', port: 5000 + index },
    properties: {},
    ports: [{ adapter: 0, port: 0, name: 'Ethernet0' }],
    symbol: ':/symbols/vpcs_guest.svg',
    x: index * 100,
    y: 0,
  })),
  links: [
    {
      id: 'link-1',
      ends: [
        { deviceId: 'node-PC1', adapter: 0, port: 0, label: null },
        { deviceId: 'node-PC2', adapter: 0, port: 0, label: null },
      ],
      suspended: false,
    },
  ],
}

export function openBench(options: BenchOptions = {}): Bench {
  const folder = tempFolder()
  const config = loadConfig({
    DATA_DIR: folder,
    UPLOADS_DIR: join(folder, 'uploads'),
    PROXMOX_URL: 'https://127.0.0.1:1',
    PROXMOX_TOKEN_ID: 'test@pve!test',
    PROXMOX_TOKEN_SECRET: 'test',
    PROXMOX_BASE_TEMPLATES: '9000',
    LAB_NETWORKS: '127.77.0.0/16',
    ...options.environment,
  })
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  onTestFinished(() => db.close())
  const time = createVirtualClock(Date.UTC(2026, 8, 1, 8))
  const services = createServices({
    config,
    db,
    clock: options.clock ?? time.clock,
    log: options.log ?? silentLog(),
    proxmox: Object.assign(Object.create(absentProxmox), options.proxmox),
    directory: options.directory ?? null,
    secrets: { session: 's'.repeat(48), secretKey: 'k'.repeat(48) },
  })
  return {
    services,
    db,
    config,
    time,
    given: createGiven(services, db),
    jobs: () =>
      db.query
        .select()
        .from(tables.jobs)
        .all()
        .map(({ id, name, payload, state }) => ({ id, name, payload, state })),
  }
}

export const actorFor = (user: UserRow): Actor => ({
  id: user.id,
  username: user.username,
  displayName: user.displayName,
  role: user.role,
  mustChangePassword: user.passwordMustChange,
  session: { id: `session of ${user.username}`, kind: 'browser', csrf: '' },
})

/** Builders of rows, each with sensible values for what a test does not care about. */
export function createGiven(services: Services, db: Db) {
  const { clock } = services
  const now = () => new Date(clock.now()).toISOString()
  let count = 0
  const next = (name: string) => {
    count += 1
    return `${name}${count}`
  }

  /** An account that cannot sign in; `users.createWithPassword` makes one that can. */
  function user(values: Partial<UserRow> = {}): UserRow {
    const id = newId()
    const username = values.username ?? next('user')
    db.query
      .insert(tables.users)
      .values({ id, displayName: `Name of ${username}`, role: 'student', source: 'local', createdAt: now(), ...values, username })
      .run()
    return services.users.get(id)
  }
  const person = (role: UserRow['role'], username = next(role)) => actorFor(user({ role, username }))

  /** A course with a teacher of its own. */
  function course(values: { assistants?: readonly Actor[]; students?: readonly Actor[] } = {}) {
    const teacher = person('teacher')
    const made = services.courses.create(teacher, { name: next('Networks '), term: '2026/27' })
    const add = (role: 'assistant' | 'student') => (actor: Actor) =>
      services.courses.putMember(made.id, { userId: actor.id, role, groupName: null }, null)
    values.assistants?.forEach(add('assistant'))
    values.students?.forEach(add('student'))
    return { id: made.id, teacher }
  }

  /** A revision was built. */
  function template(exerciseRevisionId: string, id: string = newId()): void {
    count += 1
    const built = { state: 'ready' as const, vmid: 20_000 + count, pveNode: 'pve1', gns3ProjectId: 'project-1', lab: recordedLab }
    db.query
      .insert(tables.templateVms)
      .values({ id, exerciseRevisionId, createdAt: now(), ...built })
      .run()
  }

  /** An exercise with one revision; from `ready` on its template is built. */
  function exercise(values: { courseId: string; state?: ExerciseRow['state']; text?: string; rules?: object; isProven?: boolean }) {
    const definition = exerciseFrom(values.text ?? exerciseText)
    const [id, revisionId, templateId] = [newId(), newId(), newId()]
    const state = values.state ?? 'published'
    db.query
      .insert(tables.exercises)
      .values({
        id,
        courseId: values.courseId,
        title: definition.title,
        state,
        rules: exerciseRules.parse(values.rules ?? {}),
        isProven: values.isProven ?? false,
        createdAt: now(),
      })
      .run()
    db.query
      .insert(tables.exerciseRevisions)
      .values({ id: revisionId, exerciseId: id, number: 1, definition, sha256: newId(), createdAt: now() })
      .run()
    services.exercises.setState(id, state, { currentRevisionId: revisionId })
    if (state !== 'draft' && state !== 'building' && state !== 'failed') {
      template(revisionId, templateId)
    }
    return { ...services.exercises.get(id), revisionId, templateId, definition }
  }
  type MadeExercise = ReturnType<typeof exercise>

  /** Takes part in the course and is enrolled, without a VM. */
  function enrolled(of: MadeExercise, actor: Actor = person('student')): Actor {
    services.courses.putMember(of.courseId, { userId: actor.id, role: 'student', groupName: null }, null)
    db.query.insert(tables.enrollments).values({ id: newId(), exerciseId: of.id, userId: actor.id, createdAt: now() }).run()
    return actor
  }

  /** A VM of somebody; one that exists on Proxmox unless it is only `requested`. */
  function workVm(of: MadeExercise, actor: Actor, values: Partial<typeof tables.workVms.$inferInsert> = {}): WorkVmRow {
    const id = newId()
    const isMade = values.state !== 'requested'
    count += 1
    db.query
      .insert(tables.workVms)
      .values({
        id,
        exerciseId: of.id,
        userId: actor.id,
        purpose: 'student',
        exerciseRevisionId: of.revisionId,
        templateVmId: of.templateId,
        state: 'stopped',
        createdAt: now(),
        ...(isMade ? { vmid: 21_000 + count, pveNode: 'pve1', memoryMb: 4096 } : {}),
        ...values,
      })
      .run()
    return services.workVms.get(id)
  }

  function submission(of: WorkVmRow, values: Partial<SubmissionRow> = {}): SubmissionRow {
    const id = newId()
    db.query
      .insert(tables.submissions)
      .values({
        id,
        workVmId: of.id,
        exerciseId: of.exerciseId,
        userId: of.userId,
        exerciseRevisionId: of.exerciseRevisionId,
        number: services.submissions.listOf(of.exerciseId, of.userId).length + 1,
        state: 'queued',
        acceptedAt: now(),
        createdAt: now(),
        ...values,
      })
      .run()
    return services.submissions.get(id)
  }

  /** The run that counts for a submission, with its results by criterion. */
  function run(of: SubmissionRow, results: Readonly<Record<string, Judgement & { points: number }>>): string {
    const id = newId()
    const { definition } = services.exercises.getRevision(of.exerciseRevisionId)
    services.evaluations.insertRun({
      id,
      purpose: 'submission',
      submissionId: of.id,
      workVmId: of.workVmId,
      exerciseRevisionId: of.exerciseRevisionId,
      engineVersion: '1',
      state: 'done',
      isCounted: true,
      createdAt: now(),
    })
    for (const [criterionId, { verdict, reason, points }] of Object.entries(results)) {
      const position = definition.criteria.findIndex((criterion) => criterion.id === criterionId)
      services.evaluations.insertResult({
        id: newId(),
        evaluationRunId: id,
        criterionId,
        position,
        verdict,
        reason,
        points,
        maxPoints: definition.criteria[position]?.points ?? points,
        attempts: 1,
        facts: [],
        startedAt: now(),
        tookMs: 120,
        createdAt: now(),
      })
    }
    return id
  }

  return { user, person, course, template, exercise, enrolled, workVm, submission, run }
}

export type Given = ReturnType<typeof createGiven>
