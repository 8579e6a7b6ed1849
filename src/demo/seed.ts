import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseExerciseText } from '../exercises/exercises.api.routes.ts'
import { acceptProject } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import { describeFile } from '../http/uploads.ts'
import { newId } from '../lib/ids.ts'
import type { Services } from '../services.ts'
import type { UserRow } from '../users/index.ts'

const examplesFolder = fileURLToPath(new URL('../../docs/examples/exercises/', import.meta.url))
const examples = ['two-pcs', 'two-lans'] as const
const exampleTitles = ['Two PCs on one switch', 'Static routing between two LANs']
const courseName = 'Computer Networks'

/** The services act for somebody; the seed acts for the demo's own people. */
export const actorFor = (user: UserRow): Actor => ({
  id: user.id,
  username: user.username,
  displayName: user.displayName,
  role: user.role,
  mustChangePassword: false,
  session: { id: '', kind: 'api', csrf: '' },
})

function need(services: Services, username: string): Actor {
  const user = services.users.findByUsername(username)
  if (!user) throw new Error(`the demo lacks ${username}`)
  return actorFor(user)
}

/** The course with its staff and roster; made once. */
export function ensureCourse(services: Services): string {
  const teacher = need(services, 'teacher')
  const known = services.courses.listFor(teacher).find(({ course }) => course.name === courseName)
  if (known) return known.course.id
  const course = services.courses.create(teacher, { name: courseName, term: '2026/27' })
  services.courses.putMember(course.id, { userId: need(services, 'assistant').id, role: 'assistant', groupName: null })
  for (const [index, username] of ['ana', 'bruno', 'carla', 'duarte', 'eva'].entries()) {
    services.courses.putMember(course.id, {
      userId: need(services, username).id,
      role: 'student',
      groupName: index % 2 === 0 ? 'P1' : 'P2',
    })
  }
  return course.id
}

async function createExample(services: Services, courseId: string, name: (typeof examples)[number]): Promise<void> {
  const teacher = need(services, 'teacher')
  const folder = join(examplesFolder, name)
  const definition = parseExerciseText(await readFile(join(folder, 'exercise.yaml'), 'utf8'))
  const [template] = await services.exercises.listBaseTemplates()
  if (!template) throw new Error('the sandbox offers no base template')
  // accepting an upload moves the file, so it is a copy that is accepted
  const incoming = join(services.config.UPLOADS_DIR, 'incoming')
  await mkdir(incoming, { recursive: true })
  const copy = join(incoming, newId())
  await copyFile(join(folder, 'lab.gns3project'), copy)
  try {
    const file = await describeFile(copy, `${name}.gns3project`)
    const project = await acceptProject({ exercises: services.exercises, uploadsFolder: services.config.UPLOADS_DIR }, file, teacher.id)
    await services.exercises.create(teacher, {
      courseId,
      definition,
      statement: await readFile(join(folder, 'statement.md'), 'utf8'),
      projectSha256: project.sha256,
      baseTemplateVmid: template.vmid,
    })
  } finally {
    await rm(copy, { force: true })
  }
}

/** Both exercises, in the making or made. */
export async function ensureExercises(services: Services, courseId: string): Promise<void> {
  const known = services.exercises.listByCourses([courseId]).length
  for (const name of examples.slice(known)) await createExample(services, courseId, name)
}

/** Publishes what is ready and enrolls the class in it; called whenever an exercise changed. */
export async function publishReady(services: Services, courseId: string): Promise<void> {
  const teacher = need(services, 'teacher')
  // what a teacher makes in the demo's course is his to publish
  const seeded = services.exercises.listByCourses([courseId]).slice(0, examples.length)
  for (const exercise of seeded.filter((one) => exampleTitles.includes(one.title))) {
    if (exercise.state === 'ready') services.exercises.publish(teacher, exercise.id, true)
    const state = services.exercises.get(exercise.id).state
    if (state === 'published' && services.enrollments.listActive(exercise.id).length === 0) {
      await services.enrollments.enroll(teacher, exercise.id, 'username\nana\nbruno\ncarla\nduarte\neva\n')
    }
  }
}
