import type { MyExerciseCard } from '../../src/enrollments/enrollments.views.ts'
import type { GallerySample } from '../../src/http/gallery.routes.ts'
import type { PageModels } from '../../src/http/page-context.ts'
import type { StudentExercisePage, SubmissionPage } from '../../src/submissions/submissions.views.ts'
import type { LabView } from '../../src/work-vms/work-vms.views.ts'
import { contextOf } from './contexts.ts'
import { labs, startingSteps, step } from './lab-samples.ts'
import { course, decided, head, history, live } from './submission-samples.ts'

const asStudent = <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
  id,
  view,
  model,
  context: contextOf('student'),
})

const card = (rest: Partial<MyExerciseCard>): MyExerciseCard => ({
  id: '5',
  title: 'Static routing between two LANs',
  course: course.title,
  labState: 'ready',
  queuePosition: null,
  bestPoints: 7,
  maxPoints: 12,
  undecidedPoints: 0,
  attemptsUsed: 2,
  attemptsLimit: 5,
  opensAt: null,
  dueAt: '2026-12-04T18:00:00Z',
  closesAt: '2026-12-06T18:00:00Z',
  isOver: false,
  openSubmissionId: null,
  lastSubmissionId: '93',
  timeZone: 'Europe/Lisbon',
  next: 'continue',
  ...rest,
})

const times: StudentExercisePage['times'] = {
  phase: 'open',
  opensAt: '2026-11-20T08:00:00Z',
  dueAt: '2026-12-04T18:00:00Z',
  closesAt: '2026-12-06T18:00:00Z',
  untilMs: 7_800_000,
  untilAttemptMs: null,
  hasExtraTime: false,
  refillMinutes: null,
}
const withheldHistory = history.map((one) => ({ ...one, isWithheld: true, points: null }))

const exercisePage = (lab: LabView, rest: Partial<StudentExercisePage> = {}): StudentExercisePage => ({
  exercise: {
    id: '5',
    title: 'Static routing between two LANs',
    course,
    statementHtml:
      '<p>Two sites are joined by a leased line. Make every PC reach every other one.</p><h3>Addresses</h3><table><thead><tr><th>Device</th><th>Port</th><th>Address</th></tr></thead><tbody><tr><td>PC1</td><td>e0</td><td>10.0.1.10/24</td></tr><tr><td>R1</td><td>f0/0</td><td>10.0.1.1/24</td></tr><tr><td>R1</td><td>f0/1</td><td>10.0.12.1/30</td></tr></tbody></table><ol><li>Give PC1 and PC2 their addresses.</li><li>Configure <code>f0/0</code> and <code>f0/1</code> on both routers.</li><li>Add the static routes.</li></ol>',
    maxPoints: 12,
  },
  timeZone: 'Europe/Lisbon',
  times,
  isWithheld: false,
  lab,
  criteria: decided.map(({ id, title, maxPoints, verdict }) => ({ id, title, maxPoints, verdict })),
  hiddenCriteria: 1,
  attempts: { used: 2, limit: 5, left: 3, nextAt: null },
  bestPoints: 7,
  integrity: ['R1 is set so that it may answer our commands with anything: "alias exec show more flash:answers.txt"'],
  history,
  isTrial: false,
  isPaused: false,
  help: { since: null },
  ...rest,
})

const untried = decided.map(({ id, title, maxPoints }) => ({ id, title, maxPoints, verdict: null }))

const submissionPage = (rest: Partial<SubmissionPage>): SubmissionPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone: 'Europe/Lisbon',
  submission: head(),
  criteria: decided,
  steps: [],
  error: null,
  integrity: [],
  comment: null,
  hiddenCriteria: 1,
  isWithheld: false,
  labHref: '/exercises/5',
  history,
  ...rest,
})

const evaluationSteps = [
  step('lab', 'Looking whether the lab is as it was made', { state: 'done', tookMs: 900 }),
  step('configurations', 'Copying the configurations', { state: 'done', tookMs: 5200 }),
  step('criteria', 'Making the checks', { state: 'running', progress: '1 of 4 checks decided', usualMs: 34_000 }),
]

export const studentSamples: readonly GallerySample[] = [
  asStudent('submit-again', 'submissions/confirm.njk', {
    labId: 'lab7',
    exercise: { id: '5', title: 'Static routing between two LANs' },
    backHref: '/exercises/5',
  }),
  asStudent('home', 'enrollments/home.njk', {
    name: 'Ana',
    current: [
      card({}),
      card({
        id: '6',
        title: 'Two PCs on a switch',
        labState: 'none',
        bestPoints: null,
        attemptsUsed: 0,
        attemptsLimit: null,
        dueAt: null,
        next: 'start',
        maxPoints: 4,
      }),
      card({
        id: '7',
        title: 'VLANs and trunks',
        labState: 'queued',
        queuePosition: 3,
        bestPoints: null,
        attemptsUsed: 0,
        next: 'wait',
        maxPoints: 10,
      }),
      card({ id: '8', title: 'OSPF in one area', labState: 'ready', openSubmissionId: '99', undecidedPoints: 3, next: 'follow' }),
      card({ id: '9', title: 'DHCP and DNS', labState: 'failed', next: 'repair', bestPoints: null }),
    ],
    past: [card({ id: '3', title: 'Addresses and masks', labState: 'deleted', isOver: true, next: 'look', bestPoints: 10, maxPoints: 10 })],
  }),
  asStudent('home-empty', 'enrollments/home.njk', { name: 'Ana', current: [], past: [] }),
  asStudent(
    'exercise-none',
    'submissions/exercise.njk',
    exercisePage(labs.none, {
      criteria: untried,
      history: [],
      bestPoints: null,
      attempts: { used: 0, limit: null, left: null, nextAt: null },
    }),
  ),
  asStudent('exercise-queued', 'submissions/exercise.njk', exercisePage(labs.queued, { criteria: untried, history: [] })),
  asStudent('exercise-switched-off', 'submissions/exercise.njk', exercisePage(labs.stopped)),
  asStudent('exercise-starting', 'submissions/exercise.njk', exercisePage(labs.starting)),
  asStudent('exercise-ready', 'submissions/exercise.njk', exercisePage(labs.ready)),
  asStudent('exercise-direct', 'submissions/exercise.njk', exercisePage(labs.direct)),
  asStudent('exercise-direct-elsewhere', 'submissions/exercise.njk', exercisePage(labs.elsewhere)),
  {
    ...asStudent('exercise-hand-raised', 'submissions/exercise.njk', exercisePage(labs.ready, { help: { since: '2026-11-22T14:20:00Z' } })),
    context: {
      ...contextOf('student'),
      notices: [
        {
          ...{ id: '1', text: 'Break until 15:00; your labs stay as they are.', from: 'Prof. Helena Duarte' },
          ...{ about: 'Static routing between two LANs', at: '2026-11-22T14:21:00Z' },
        },
      ],
    },
  },
  asStudent('exercise-checking', 'submissions/exercise.njk', exercisePage(labs.partly)),
  asStudent(
    'exercise-stopped',
    'submissions/exercise.njk',
    exercisePage(labs.stopped, {
      attempts: { used: 5, limit: 5, left: 0, nextAt: '2026-12-04T16:00:00Z' },
      times: { ...times, untilAttemptMs: 1_500_000, refillMinutes: 30, hasExtraTime: true },
    }),
  ),
  asStudent(
    'exercise-not-open',
    'submissions/exercise.njk',
    exercisePage(labs.none, {
      criteria: [],
      hiddenCriteria: 0,
      history: [],
      bestPoints: null,
      times: { ...times, phase: 'before', opensAt: '2026-12-04T08:00:00Z', untilMs: 7_800_000 },
    }),
  ),
  asStudent(
    'exercise-withheld',
    'submissions/exercise.njk',
    exercisePage(labs.ready, { criteria: untried, isWithheld: true, bestPoints: null, history: withheldHistory }),
  ),
  asStudent(
    'exercise-closed',
    'submissions/exercise.njk',
    exercisePage(labs.stopped, { times: { ...times, phase: 'closed', untilMs: null } }),
  ),
  asStudent('exercise-failed', 'submissions/exercise.njk', exercisePage(labs.failed)),
  asStudent(
    'submission-withheld',
    'submissions/show.njk',
    submissionPage({
      submission: head({ isWithheld: true, points: null }),
      criteria: [],
      hiddenCriteria: 0,
      isWithheld: true,
      history: withheldHistory,
    }),
  ),
  asStudent(
    'submission-queued',
    'submissions/show.njk',
    submissionPage({
      submission: head({ state: 'queued', points: null, endedAt: null, pointsChange: null }),
      criteria: [],
      steps: startingSteps.slice(0, 1),
    }),
  ),
  asStudent(
    'submission-live',
    'submissions/show.njk',
    submissionPage({
      submission: head({ state: 'evaluating', points: null, endedAt: null, pointsChange: null }),
      criteria: live,
      steps: evaluationSteps,
    }),
  ),
  asStudent(
    'submission-done',
    'submissions/show.njk',
    submissionPage({ comment: 'Good work on the first LAN. Think about the way back.' }),
  ),
  asStudent(
    'submission-full',
    'submissions/show.njk',
    submissionPage({
      submission: head({ points: 12, undecidedPoints: 0, counts: { pass: 4, fail: 0, inconclusive: 0, skipped: 0 }, pointsChange: 10 }),
      criteria: decided.slice(0, 1),
    }),
  ),
  asStudent(
    'submission-failed',
    'submissions/show.njk',
    submissionPage({
      submission: head({ state: 'failed', points: null, isGivenBack: true, pointsChange: null }),
      criteria: [],
      error: {
        code: 'GNS3_UNREACHABLE',
        message: 'The GNS3 server in the VM cannot be reached.',
        tried: 'It was tried again once. The attempt was given back.',
        reference: 'job-91',
      },
    }),
  ),
]
