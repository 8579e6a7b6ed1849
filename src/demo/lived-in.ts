import type { Services } from '../services.ts'
import type { SubmissionRow } from '../submissions/index.ts'
import type { WorkVmRow } from '../work-vms/index.ts'
import { actorNamed, type ExampleExercise, ensureCourseNamed, ensureExercise, findExercise } from './seed.ts'
import { typeLines } from './typing.ts'
import { until } from './until.ts'

/** What one student did with one exercise. */
interface Scene {
  readonly username: string
  readonly exercise: string
  /** Lines typed into the consoles, device by device. */
  readonly typed: Readonly<Record<string, readonly string[]>>
  /** The lab is switched off after the submission. */
  readonly isOver: boolean
}

const router = (addresses: Readonly<Record<string, string>>, route: string): string[] => [
  'configure terminal',
  ...Object.entries(addresses).flatMap(([port, address]) => [`interface ${port}`, `ip address ${address}`, 'no shutdown']),
  'exit',
  `ip route ${route}`,
  'end',
]

const routers = {
  R1: router(
    { 'FastEthernet0/0': '10.0.1.1 255.255.255.0', 'FastEthernet0/1': '10.0.12.1 255.255.255.252' },
    '10.0.2.0 255.255.255.0 10.0.12.2',
  ),
  R2: router(
    { 'FastEthernet0/0': '10.0.2.1 255.255.255.0', 'FastEthernet0/1': '10.0.12.2 255.255.255.252' },
    '10.0.1.0 255.255.255.0 10.0.12.1',
  ),
}

/** The first two students are left alone: they belong to whoever tries the demo. */
const scenes: readonly Scene[] = [
  // submitted as it came: nothing is configured, each criterion says what is missing
  { username: 'carla', exercise: 'Two PCs on one switch', typed: {}, isOver: true },
  {
    username: 'duarte',
    exercise: 'Static routing between two LANs',
    typed: { PC1: ['ip 10.0.1.10/24 10.0.1.1'], PC2: ['ip 10.0.2.10/24 10.0.2.1'], ...routers },
    isOver: true,
  },
  // 10.0.1.11 for 10.0.1.10: PC1 reaches everything, but PC2 looks for it in vain
  {
    username: 'eva',
    exercise: 'Static routing between two LANs',
    typed: { PC1: ['ip 10.0.1.11/24 10.0.1.1'], PC2: ['ip 10.0.2.10/24 10.0.2.1'], ...routers },
    isOver: false,
  },
]

const secondCourse = 'Network Administration'
const unfinished: readonly ExampleExercise[] = [
  { folder: 'unfinished/vlans', title: 'Two departments on one switch', isDraft: true },
  { folder: 'unfinished/wide-area', title: 'Wide-area routing (image missing)' },
]

const underWay: readonly SubmissionRow['state'][] = ['queued', 'evaluating']
const labMs = 300_000

/** Starts the lab of a student and waits until it can be used. */
async function startLab(services: Services, scene: Scene, exerciseId: string, signal: AbortSignal): Promise<WorkVmRow> {
  const { workVms } = services
  const student = actorNamed(services, scene.username)
  const own = await until(services, `the lab of ${scene.username}`, () => workVms.findOwn(student, exerciseId), {
    signal,
    deadlineMs: labMs,
  })
  workVms.power(student, own.id, 'start')
  return until(
    services,
    `the lab of ${scene.username} to be ready`,
    () => {
      const now = workVms.get(own.id)
      if (now.state === 'failed') throw new Error(`the lab of ${scene.username} failed: ${now.errorCode}`)
      return now.state === 'ready' ? now : undefined
    },
    { signal, deadlineMs: labMs },
  )
}

/** Does what is left of a scene; nothing when its submission is there. */
async function play(services: Services, courseId: string, scene: Scene, signal: AbortSignal): Promise<void> {
  const { submissions, workVms } = services
  const student = actorNamed(services, scene.username)
  const exercise = findExercise(services, courseId, scene.exercise)
  if (!exercise || submissions.listOf(exercise.id, student.id).length > 0) return
  const workVm = await startLab(services, scene, exercise.id, signal)
  for (const [device, lines] of Object.entries(scene.typed)) await typeLines(services, workVm, device, lines, signal)
  const { submission } = await submissions.submit(student, workVm.id)
  const isDecided = () => (underWay.includes(submissions.get(submission.id).state) ? undefined : true)
  await until(services, `the submission of ${scene.username}`, isDecided, { signal, deadlineMs: labMs })
  if (scene.isOver) workVms.power(student, workVm.id, 'shutdown')
}

async function attempt(services: Services, what: string, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!signal.aborted) services.log.error({ err: error, what }, 'a part of the lived-in course could not be made')
  }
}

/**
 * Brings the demo to life, one thing after the other and behind everything a visitor does: submissions of three students, a second course
 * with a draft and with a build that failed. What is there already is left as it is; what fails is logged, never thrown.
 */
export async function liveIn(services: Services, courseId: string, signal: AbortSignal): Promise<void> {
  for (const scene of scenes) {
    if (signal.aborted) return
    await attempt(services, scene.username, signal, () => play(services, courseId, scene, signal))
  }
  for (const example of unfinished) {
    if (signal.aborted) return
    await attempt(services, example.title, signal, () =>
      ensureExercise(services, ensureCourseNamed(services, secondCourse, ['duarte', 'eva']), example),
    )
  }
}
