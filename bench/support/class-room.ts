import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSessionsRepository } from '../../src/auth/index.ts'
import { createEnrollmentsRepository } from '../../src/enrollments/index.ts'
import { createEvaluationsRepository } from '../../src/evaluations/index.ts'
import { createExercisesRepository, parseExerciseText, type RecordedLab, readProject } from '../../src/exercises/index.ts'
import { newId, newSecret } from '../../src/lib/ids.ts'
import type { Services } from '../../src/services.ts'
import { createSubmissionsRepository } from '../../src/submissions/index.ts'
import { createUsersRepository } from '../../src/users/index.ts'
import { createWorkVmsRepository, type WorkVmState } from '../../src/work-vms/index.ts'
import { addJobs } from './class-jobs.ts'
import { addSubmissions } from './class-submissions.ts'

const example = fileURLToPath(new URL('../../docs/examples/exercises/two-lans/', import.meta.url))

export interface ClassRoom {
  readonly exerciseId: string
  readonly courseId: string
  readonly students: readonly { readonly userId: string; readonly sessionId: string }[]
  /** Signed in as well. */
  readonly teacher: { readonly userId: string; readonly sessionId: string }
}

export interface Repositories {
  readonly users: ReturnType<typeof createUsersRepository>
  readonly sessions: ReturnType<typeof createSessionsRepository>
  readonly enrollments: ReturnType<typeof createEnrollmentsRepository>
  readonly exercises: ReturnType<typeof createExercisesRepository>
  readonly workVms: ReturnType<typeof createWorkVmsRepository>
  readonly submissions: ReturnType<typeof createSubmissionsRepository>
  readonly evaluations: ReturnType<typeof createEvaluationsRepository>
}

const repositoriesOf = ({ db }: Services): Repositories => ({
  users: createUsersRepository(db),
  sessions: createSessionsRepository(db),
  enrollments: createEnrollmentsRepository(db),
  exercises: createExercisesRepository(db),
  workVms: createWorkVmsRepository(db),
  submissions: createSubmissionsRepository(db),
  evaluations: createEvaluationsRepository(db),
})

/** As twenty labs of a class that works: most are ready, the others in every other state. */
const states: readonly WorkVmState[] = [
  ...Array.from({ length: 13 }, () => 'ready' as const),
  ...(['stopped', 'stopped', 'requested', 'starting', 'queued', 'hibernated', 'failed'] as const),
]

export const now = (): string => new Date().toISOString()

/** The lab that a build of the example's project would have recorded. */
export async function recordLab(): Promise<RecordedLab> {
  const summary = await readProject(join(example, 'lab.gns3project'))
  const ends = summary.links.flatMap((link) => link.ends)
  return {
    projectId: summary.projectId,
    devices: summary.devices.map(({ nodeId, name, type, consoleType, symbol, x, y }, index) => ({
      id: nodeId,
      name,
      type,
      state: 'started',
      console: consoleType === null ? null : { type: consoleType, port: 5_000 + index },
      properties: {},
      ports: ends.filter((end) => end.nodeId === nodeId).map(({ adapter, port, label }) => ({ adapter, port, name: label ?? `e${port}` })),
      symbol,
      x,
      y,
    })),
    links: summary.links.flatMap(({ ends: [a, b] }, index) => {
      if (!a || !b) return []
      const end = ({ nodeId, adapter, port, label }: typeof a) => ({ deviceId: nodeId, adapter, port, label })
      return [{ id: String(index), ends: [end(a), end(b)], suspended: false }]
    }),
  }
}

async function addExercise(services: Services, repositories: Repositories) {
  const teacher = await services.users.createWithPassword(
    { username: 'teacher', displayName: 'Teresa Teixeira', role: 'teacher' },
    newSecret(),
  )
  const actor = { ...teacher, mustChangePassword: false, session: { id: '', kind: 'api' as const, csrf: '' } }
  const course = services.courses.create(actor, { name: 'Computer Networks', term: '2026/27' })
  const { exercise } = await services.exercises.create(actor, {
    courseId: course.id,
    definition: parseExerciseText(await readFile(join(example, 'exercise.yaml'), 'utf8')),
    statement: await readFile(join(example, 'statement.md'), 'utf8'),
    projectSha256: null,
    baseTemplateVmid: null,
    rules: { attempts: 10, dueAt: '2099-01-01T00:00:00.000Z' },
  })
  const revision = services.exercises.revisionOf(exercise)
  const lab = await recordLab()
  const templateId = newId()
  repositories.exercises.insertTemplate({
    id: templateId,
    exerciseRevisionId: revision.id,
    vmid: 20_000,
    pveNode: 'pve1',
    state: 'ready',
    gns3ProjectId: lab.projectId,
    lab,
    createdAt: now(),
  })
  services.exercises.setState(exercise.id, 'published', { publishedAt: now() })
  return { course, exercise, revision, templateId, teacherId: teacher.id }
}

export interface ClassRoomOptions {
  readonly students: number
  /** Where all the GNS3 servers of the class seem to be. */
  readonly gns3: { readonly host: string; readonly port: number }
}

/**
 * A class in the database as it looks in the middle of a lesson, without Proxmox: accounts with sessions, enrollments, labs in every
 * state, submissions with results and reviews, jobs that run and jobs that ran.
 */
export async function makeClassRoom(services: Services, { students, gns3 }: ClassRoomOptions): Promise<ClassRoom> {
  const repositories = repositoriesOf(services)
  const { course, exercise, revision, templateId, teacherId } = await addExercise(services, repositories)
  const signIn = (userId: string): string => {
    const id = newSecret()
    const expiresAt = new Date(Date.now() + 36_000_000).toISOString()
    repositories.sessions.insert({ id, userId, kind: 'browser', lastSeenAt: now(), expiresAt, createdAt: now() })
    return id
  }
  const addStudent = (index: number) => {
    const [userId, enrollmentId, workVmId] = [newId(), newId(), newId()]
    const state = states[index % states.length] ?? 'ready'
    repositories.users.insert({
      id: userId,
      username: `student${index}`,
      displayName: `Student <Number> ${index}`,
      role: 'student',
      source: 'local',
      createdAt: now(),
    })
    services.courses.putMember(course.id, { userId, role: 'student', groupName: `P${index % 5}` }, null)
    repositories.enrollments.insert({ id: enrollmentId, exerciseId: exercise.id, userId, createdAt: now() })
    repositories.workVms.insert({
      id: workVmId,
      exerciseId: exercise.id,
      userId,
      purpose: 'student',
      enrollmentId,
      exerciseRevisionId: revision.id,
      templateVmId: templateId,
      vmid: 21_000 + index,
      pveNode: 'pve1',
      state,
      endpoint: state === 'ready' ? gns3 : null,
      ...(state === 'ready' ? { readyAt: now(), startedAt: now() } : {}),
      ...(state === 'queued' ? { startedAt: now() } : {}),
      ...(state === 'failed' ? { errorCode: 'GNS3_UNREACHABLE', errorDetails: {} } : {}),
      createdAt: now(),
    })
    addSubmissions(repositories, {
      exercise,
      revision,
      userId,
      workVmId,
      count: index % 5,
      isOneOpen: state === 'ready' && index % 10 === 9,
    })
    addJobs(services.jobsRepository, { workVmId, userId, courseId: course.id, state })
    return { userId, sessionId: signIn(userId) }
  }
  return {
    exerciseId: exercise.id,
    courseId: course.id,
    teacher: { userId: teacherId, sessionId: signIn(teacherId) },
    students: services.db.inTransaction(() => Array.from({ length: students }, (_, index) => addStudent(index))),
  }
}
