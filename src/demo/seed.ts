import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { everybody } from '../courses/index.ts'
import { acceptProject, type ExerciseRow, parseExerciseText } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import { describeFile } from '../http/uploads.ts'
import { newId } from '../lib/ids.ts'
import type { Services } from '../services.ts'
import type { UserRow } from '../users/index.ts'

const examplesFolder = fileURLToPath(new URL('../../docs/examples/', import.meta.url))
const courseName = 'Computer Networks'
const students = ['ana', 'bruno', 'carla', 'duarte', 'eva'] as const

/** The exercises that every demo has, by their folder below docs/examples. */
const examples = [
  { folder: 'exercises/two-pcs', title: 'Two PCs on one switch' },
  { folder: 'exercises/two-lans', title: 'Static routing between two LANs' },
] as const

/** The services act for somebody; the seed acts for the demo's own people. */
const actorFor = (user: UserRow): Actor => ({
  id: user.id,
  username: user.username,
  displayName: user.displayName,
  role: user.role,
  mustChangePassword: false,
  session: { id: '', kind: 'api', csrf: '' },
})

/** One of the demo's people, to act for. */
export function actorNamed(services: Pick<Services, 'users'>, username: string): Actor {
  const user = services.users.findByUsername(username)
  if (!user) throw new Error(`the demo lacks ${username}`)
  return actorFor(user)
}

/** A course of the demo's teacher with its assistant and students; made once. */
export function ensureCourseNamed(services: Services, name: string, members: readonly string[]): string {
  const teacher = actorNamed(services, 'teacher')
  const known = services.courses.listFor(teacher).find(({ course }) => course.name === name)
  if (known) return known.course.id
  const course = services.courses.create(teacher, { name, term: '2026/27' })
  services.courses.putMember(course.id, { userId: actorNamed(services, 'assistant').id, role: 'assistant', groupName: null }, null)
  for (const [index, username] of members.entries()) {
    const groupName = index % 2 === 0 ? 'P1' : 'P2'
    services.courses.putMember(course.id, { userId: actorNamed(services, username).id, role: 'student', groupName }, null)
  }
  return course.id
}

/** The course that the demo is about. */
export const ensureCourse = (services: Services): string => ensureCourseNamed(services, courseName, students)

/** Accepting an upload moves the file, so it is a copy that is accepted. */
async function acceptExample(services: Services, folder: string, teacher: Actor): Promise<string> {
  const incoming = join(services.config.UPLOADS_DIR, 'incoming')
  await mkdir(incoming, { recursive: true })
  const copy = join(incoming, newId())
  await copyFile(join(folder, 'lab.gns3project'), copy)
  try {
    const file = await describeFile(copy, 'lab.gns3project')
    const parts = { exercises: services.exercises, uploadsFolder: services.config.UPLOADS_DIR }
    return (await acceptProject(parts, file, teacher.id)).sha256
  } finally {
    await rm(copy, { force: true })
  }
}

export interface ExampleExercise {
  /** Below docs/examples: exercise.yaml, statement.md and, unless it is a draft, lab.gns3project. */
  readonly folder: string
  readonly title: string
  readonly isDraft?: boolean
}

/** The exercise of a course with this title: the first one, where a teacher made more. */
export const findExercise = (services: Services, courseId: string, title: string): ExerciseRow | undefined =>
  services.exercises.listByCourses([courseId]).find((exercise) => exercise.title === title)

/** Creates an exercise from its files unless the course has it; its template is being built when this returns. */
export async function ensureExercise(services: Services, courseId: string, example: ExampleExercise): Promise<void> {
  if (findExercise(services, courseId, example.title)) return
  const teacher = actorNamed(services, 'teacher')
  const folder = join(examplesFolder, example.folder)
  const [template] = await services.exercises.listBaseTemplates()
  if (!template) throw new Error('the sandbox offers no base template')
  await services.exercises.create(teacher, {
    courseId,
    definition: parseExerciseText(await readFile(join(folder, 'exercise.yaml'), 'utf8')),
    statement: await readFile(join(folder, 'statement.md'), 'utf8'),
    projectSha256: example.isDraft ? null : await acceptExample(services, folder, teacher),
    baseTemplateVmid: template.vmid,
  })
}

/** Both exercises, in the making or made. */
export async function ensureExercises(services: Services, courseId: string): Promise<void> {
  for (const example of examples) await ensureExercise(services, courseId, example)
}

/** The demo's own two exercises; what a teacher adds is the teacher's. */
export const listSeeded = (services: Services, courseId: string): ExerciseRow[] =>
  examples.flatMap(({ title }) => findExercise(services, courseId, title) ?? [])

/** Publishes the demo's exercises when they are ready and enrolls the class in them. @returns true when both are published */
export async function publishReady(services: Services, courseId: string): Promise<boolean> {
  const teacher = actorNamed(services, 'teacher')
  for (const { id, state } of listSeeded(services, courseId)) {
    if (state === 'ready') services.exercises.publish(teacher, id, true)
    if (services.exercises.get(id).state === 'published' && services.enrollments.listActive(id, everybody).length === 0) {
      await services.enrollments.enroll(teacher, id, `username\n${students.join('\n')}\n`)
    }
  }
  const seeded = listSeeded(services, courseId)
  return seeded.length === examples.length && seeded.every(({ state }) => state === 'published')
}
