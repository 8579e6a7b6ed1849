import type { BoardPage, BoardTile } from '../../src/classroom/classroom.views.ts'
import type { CourseCard, CourseExerciseRow, RosterRow } from '../../src/courses/courses.views.ts'
import type { ClassRow, EnrollmentsPage } from '../../src/enrollments/enrollments.views.ts'
import type { ExamPage } from '../../src/exams/exams.views.ts'
import { listModuleGroups, makeCriterionRow } from '../../src/exercises/criterion-form.ts'
import type { ConnectFormRow, CriterionFormRow, ExerciseFormPage, ExercisePage, RulesPage } from '../../src/exercises/exercises.views.ts'
import type { GallerySample } from '../../src/http/gallery.routes.ts'
import { emptyForm, type PageModels } from '../../src/http/page-context.ts'
import { plotColumns } from '../../src/http/plots.ts'
import type { StatisticsPage } from '../../src/statistics/statistics.views.ts'
import { createTranslator } from '../../src/strings/index.ts'
import type { ResultRow, ResultsPage } from '../../src/submissions/results.views.ts'
import type { ComparePage, ReviewPage } from '../../src/submissions/submissions.views.ts'
import { contextOf } from './contexts.ts'
import { drawing, labs, startingSteps, step } from './lab-samples.ts'
import { course, decided, head, history, live, reviewed } from './submission-samples.ts'

const asTeacher = <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
  id,
  view,
  model,
  context: contextOf('teacher'),
})

/** May look and review, and neither change the exercise nor its times. */
const asAssistant = <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
  id,
  view,
  model,
  context: contextOf('assistant'),
})

const timeZone = 'Europe/Lisbon'
const atConsole: ConnectFormRow = {
  via: 'console',
  ways: ['console', 'ssh'],
  host: '',
  port: '',
  jumpUsername: '',
  jumpPort: '',
  hasJumpPassword: false,
  keptJumpPassword: '',
}
const bySsh: ConnectFormRow = { ...atConsole, via: 'ssh', host: '10.0.2.1', jumpUsername: 'gns3', hasJumpPassword: true }
const courseCard = (rest: Partial<CourseCard>): CourseCard => ({
  ...course,
  role: 'teacher',
  students: 58,
  exercises: 6,
  published: 4,
  labsReady: 12,
  submissionsOpen: 3,
  hands: 1,
  waitingForReview: 2,
  ...rest,
})

const rulesPage = (rest: Partial<RulesPage>): RulesPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone: 'Europe/Lisbon',
  form: {
    ...emptyForm,
    values: {
      opensAt: '2026-12-04T09:00',
      dueAt: '2026-12-04T11:00',
      closesAt: '2026-12-04T11:00',
      attempts: '3',
      refillMinutes: '30',
      results: 'withheld',
    },
  },
  isWithheld: true,
  releasedAt: null,
  students: [
    { value: '11', label: 'Ana Silva (ana)' },
    { value: '12', label: 'Bruno Costa (bruno)' },
  ],
  allowances: [{ userId: '11', name: 'Ana Silva', username: 'ana', extraMinutes: 30, extraAttempts: 0, closesAt: '2026-12-04T11:30:00Z' }],
  mayTeach: true,
  ...rest,
})

const examPage = (rest: Partial<ExamPage>): ExamPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone: 'Europe/Lisbon',
  isOn: true,
  switched: { by: 'Prof. Helena Duarte', at: '2026-12-04T07:30:00Z' },
  window: { opensAt: '2026-12-04T09:00:00Z', closesAt: '2026-12-04T11:00:00Z', phase: 'open', untilMs: 2_520_000 },
  isWithheld: true,
  form: { ...emptyForm, values: { addresses: '10.1.0.0/16\n10.2.7.0/24', singleSession: 'true', collect: 'missing' } },
  students: [
    examStudent({}),
    examStudent({
      ...{ userId: '12', name: 'Bruno Costa', username: 'bruno', extraMinutes: 30, endsAt: '2026-12-04T11:30:00Z', labState: 'starting' },
      addresses: [],
      submission: null,
    }),
    examStudent({
      ...{ userId: '13', name: 'Carla Mendes', username: 'carla', isFrozen: true, labState: 'failed' },
      submission: {
        ...{ id: '95', state: 'failed', acceptedAt: '2026-12-04T11:00:00Z', isCollected: true },
        problem: 'The lab did not tell any address.',
      },
    }),
  ],
  collection: null,
  mayTeach: true,
  ...rest,
})

const examStudent = (rest: Partial<ExamPage['students'][number]>): ExamPage['students'][number] => ({
  ...{ userId: '11', name: 'Ana Silva', username: 'ana', endsAt: '2026-12-04T11:00:00Z', extraMinutes: 0, labState: 'ready' },
  ...{ isFrozen: false, isolation: 'not-checked', isolationGap: null, addresses: ['10.1.4.21'] },
  submission: { id: '93', state: 'done', acceptedAt: '2026-12-04T10:12:00Z', isCollected: false, problem: null },
  ...rest,
})

const comparePage = (rest: Partial<ComparePage>): ComparePage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone: 'Europe/Lisbon',
  submissionId: '93',
  otherId: '92',
  student: 'Ana Silva',
  isWithheld: false,
  heads: [head({ id: '92', number: 2, points: 4 }), head({ id: '93', number: 3 })],
  choices: [head({ id: '92', number: 2 }), head({ id: '91', number: 1 })],
  changed: [
    { id: 'a', title: 'PC1 reaches PC2', before: { verdict: 'fail', points: 0 }, after: { verdict: 'pass', points: 3 } },
    { id: 'b', title: 'R2 knows the LAN of site A', before: null, after: { verdict: 'inconclusive', points: 0 } },
  ],
  unchanged: 2,
  configurations: [
    {
      ...{ device: 'R1', kind: 'running', change: 'changed' },
      hunks: [
        {
          header: '@@ -11,4 +11,5 @@',
          lines: [
            { change: 'same', text: 'interface FastEthernet0/1' },
            { change: 'removed', text: ' ip address 10.0.12.1 255.255.255.0' },
            { change: 'added', text: ' ip address 10.0.12.1 255.255.255.252' },
            { change: 'same', text: '!' },
            { change: 'added', text: 'ip route 10.0.2.0 255.255.255.0 10.0.12.2' },
          ],
        },
      ],
    },
    { device: 'R1', kind: 'saved', change: 'same', hunks: [] },
    { device: 'R2', kind: 'running', change: 'unknown', hunks: [] },
  ],
  ...rest,
})

const exerciseRow = (rest: Partial<CourseExerciseRow>): CourseExerciseRow => ({
  id: '5',
  title: 'Static routing between two LANs',
  state: 'published',
  isUnproven: false,
  criteria: 4,
  maxPoints: 12,
  dueAt: '2026-12-04T18:00:00Z',
  enrolled: 58,
  labsReady: 12,
  submitted: 31,
  medianPoints: 7.5,
  waitingForReview: 2,
  ...{ started: 40, stuck: 2, hands: 1, labsFailed: 1 },
  ...rest,
})

const person = (rest: Partial<RosterRow>): RosterRow => ({
  userId: '11',
  username: 'ana',
  name: 'Ana Silva',
  email: 'ana@example.org',
  role: 'student',
  group: 'T1',
  ...rest,
})
const students = [
  person({}),
  person({ userId: '12', username: 'bruno', name: 'Bruno Matos', email: null, group: 'T2' }),
  person({ userId: '13', username: 'carla', name: 'Carla <script>alert(1)</script> Nunes', group: null }),
]
const staff = [
  person({ userId: '2', username: 'helena', name: 'Prof. Helena Duarte', role: 'teacher', group: null }),
  person({ userId: '3', username: 'rui', name: 'Rui Costa', role: 'assistant', group: null }),
]

const askedDevices = [
  { name: 'PC1', platform: 'vpcs' },
  { name: 'R1', platform: 'cisco_ios' },
  { name: 'R2', platform: 'cisco_ios' },
  { name: 'PC2', platform: 'vpcs' },
]

const criterionRow = (index: number, values: Record<string, string>): CriterionFormRow => {
  const row = makeCriterionRow(index, values, askedDevices, createTranslator())
  if (row === undefined) throw new Error('a sample names a module that does not exist')
  return row
}

const formPage = (rest: Partial<ExerciseFormPage>): ExerciseFormPage => ({
  course,
  timeZone,
  exercise: null,
  form: {
    values: { title: 'Static routing between two LANs', statement: 'Make every PC reach every other one.', baseTemplate: '9000' },
    problems: [],
    message: null,
  },
  baseTemplates: [
    { vmid: '9000', label: 'gns3-2.2-base · pve1 (9000)' },
    { vmid: '9001', label: 'gns3-3.0-base · pve2 (9001)' },
  ],
  baseTemplatesNote: null,
  upload: { token: 'a1b2', fileName: 'two-lans.gns3project', sizeBytes: 19_525, devices: 6, links: 5 },
  topology: drawing('unknown'),
  devices: [
    {
      index: 0,
      name: 'PC1',
      type: 'vpcs',
      platform: 'vpcs',
      isGuessed: true,
      username: '',
      hasPassword: false,
      hasEnablePassword: false,
      keptPassword: '',
      keptEnablePassword: '',
      connect: atConsole,
      consoleNote: null,
    },
    {
      index: 1,
      name: 'R1',
      type: 'dynamips',
      platform: 'cisco_ios',
      isGuessed: true,
      username: '',
      hasPassword: false,
      hasEnablePassword: true,
      keptPassword: '',
      keptEnablePassword: '',
      connect: atConsole,
      consoleNote: null,
    },
    {
      index: 2,
      name: 'R2',
      type: 'dynamips',
      platform: 'cisco_ios',
      isGuessed: false,
      username: 'admin',
      hasPassword: true,
      hasEnablePassword: true,
      keptPassword: '',
      keptEnablePassword: '',
      connect: bySsh,
      consoleNote: null,
    },
    {
      index: 3,
      name: 'SW1',
      type: 'ethernet_switch',
      platform: '',
      isGuessed: true,
      username: '',
      hasPassword: false,
      hasEnablePassword: false,
      keptPassword: '',
      keptEnablePassword: '',
      connect: atConsole,
      consoleNote: null,
    },
  ],
  areWaysOpen: true,
  platforms: [
    { value: 'vpcs', label: 'VPCS' },
    { value: 'cisco_ios', label: 'Cisco IOS' },
    { value: 'linux', label: 'Linux' },
  ],
  preconfigure: [{ index: 0, device: 'R1', commands: 'configure terminal\nhostname R1\nend', expect: 'R1#' }],
  criteria: [
    criterionRow(0, {
      module: 'ping',
      visible: 'true',
      id: 'pc1-reaches-pc2',
      title: 'PC1 reaches PC2',
      points: '2',
      device: 'PC1',
      'params.to': '10.0.2.10',
    }),
    criterionRow(1, {
      module: 'ping',
      visible: 'true',
      id: 'r1-r2',
      title: 'R1 reaches R2',
      points: '3',
      device: 'R1',
      'params.to': '10.0.12',
    }),
    criterionRow(2, {
      module: 'traceroute',
      id: 'path',
      title: 'The way leads over both routers',
      points: '2',
      device: 'PC1',
      'params.to': 'PC2',
      'params.via': 'R1 R2',
    }),
  ],
  modules: listModuleGroups(askedDevices, createTranslator()),
  worstCase: { seconds: 192, budgetSeconds: 600 },
  input: 'form',
  steps: [
    { id: 'basics', href: '#basics-heading', state: 'done' },
    { id: 'project', href: '#project-heading', state: 'done' },
    { id: 'devices', href: '#devices-heading', state: 'done' },
    { id: 'criteria', href: '#criteria-heading', state: 'problem' },
    { id: 'rules', href: '#rules-heading', state: 'done' },
    { id: 'proof', href: '#proof-heading', state: 'todo' },
    { id: 'publish', href: '#publish-heading', state: 'todo' },
  ],
  proving: null,
  askedDevices: askedDevices.map(({ name }) => name),
  trial: null,
  asked: null,
  ...rest,
})

const exercisePage = (rest: Partial<ExercisePage>): ExercisePage => ({
  exercise: {
    id: '5',
    title: 'Static routing between two LANs',
    state: 'ready',
    course,
    revision: 3,
    isUnproven: true,
    maxPoints: 12,
    topologyRule: 'fixed',
    dueAt: '2026-12-04T18:00:00Z',
    statementHtml: '<p>Make every PC reach every other one.</p>',
  },
  timeZone,
  build: { state: 'done', steps: [], jobId: null, error: null },
  template: { vmid: '20014', name: 'static-routing', node: 'pve1' },
  topology: drawing('unknown'),
  devices: [
    { name: 'PC1', type: 'vpcs', platform: 'vpcs' },
    { name: 'R1', type: 'dynamips', platform: 'cisco_ios' },
    { name: 'SW1', type: 'ethernet_switch', platform: null },
  ],
  criteria: decided.map((item, index) => ({
    id: item.id,
    title: item.title,
    moduleName: item.moduleName,
    device: item.device,
    sentence: 'PC1 pings 10.0.2.10 5 times, at most 1 lost',
    maxPoints: item.maxPoints,
    isVisible: index !== 2,
    proof: [
      { scenario: 'untouched' as const, verdict: 'fail' as const, isAsExpected: true, why: null },
      {
        scenario: 'solution' as const,
        verdict: index === 3 ? ('fail' as const) : ('pass' as const),
        isAsExpected: index !== 3,
        why: index === 3 ? 'No answer came back.' : null,
      },
    ],
  })),
  proof: [
    {
      scenario: 'untouched',
      state: 'done',
      points: 0,
      maxPoints: 12,
      provenAt: '2026-11-22T13:00:00Z',
      conclusion: '0 of 12 points, as it must be.',
      isProven: true,
    },
    {
      scenario: 'solution',
      state: 'done',
      points: 9,
      maxPoints: 12,
      provenAt: '2026-11-22T13:20:00Z',
      conclusion: '9 of 12 points: one check does not pass on the solution.',
      isProven: false,
    },
  ],
  secrets: [{ name: 'SRV_PASSWORD', isSet: false }],
  trial: { state: 'ready', href: '/exercises/5/try' },
  proofNeedsLab: false,
  numbers: { enrolled: 58, labsReady: 12, submitted: 31, waitingForReview: 2 },
  may: { edit: true, build: false, prove: true, publish: true, archive: true },
  ...rest,
})

/** The same, as the last steps of the editor show it. */
const proving = (({ proof, trial, proofNeedsLab, exercise, may }: ExercisePage) => ({
  ...{ proof, trial, proofNeedsLab, isUnproven: exercise.isUnproven },
  may: { prove: may.prove, publish: may.publish },
  revision: exercise.revision,
}))(exercisePage({}))

const noProof = (page: ExercisePage): ExercisePage => ({
  ...page,
  criteria: page.criteria.map((item) => ({ ...item, proof: item.proof.map((cell) => ({ ...cell, verdict: null, why: null })) })),
  proof: page.proof.map((run) => ({ ...run, state: 'none', points: null, provenAt: null, conclusion: null, isProven: false })),
})

const buildSteps = startingSteps.map((item) =>
  item.id === 'clone'
    ? step('clone', 'Copying the base template', {
        state: 'done',
        tookMs: 48_200,
        log: ['create full clone of drive scsi0 (local-lvm:base-9000-disk-0)', 'transferred 4.0 GiB of 4.0 GiB (100.00%)', 'TASK OK'],
      })
    : item,
)

const classRow = (rest: Partial<ClassRow>): ClassRow => ({
  userId: '11',
  name: 'Ana Silva',
  username: 'ana',
  group: 'T1',
  labState: 'ready',
  labError: null,
  workVmId: '41',
  attempts: 2,
  lastSubmissionId: '93',
  lastSubmittedAt: '2026-11-22T14:12:20Z',
  points: 7,
  undecidedPoints: 0,
  ...rest,
})

const enrollments = (rest: Partial<EnrollmentsPage>): EnrollmentsPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course, maxPoints: 12, isPublished: true },
  timeZone,
  groups: [
    { name: 'T1', count: 30 },
    { name: 'T2', count: 28 },
  ],
  form: emptyForm,
  mayEnroll: true,
  hasGns3Ui: true,
  mayRemove: true,
  dryRun: null,
  oneTimePasswords: [],
  making: null,
  bin: [],
  rows: [
    classRow({}),
    classRow({
      userId: '12',
      name: 'Bruno Matos',
      username: 'bruno',
      labState: 'failed',
      labError: 'The VM got no network address in time.',
      attempts: 0,
      lastSubmissionId: null,
      lastSubmittedAt: null,
      points: null,
    }),
    classRow({ userId: '13', name: 'Carla Nunes', username: 'carla', group: null, labState: 'creating', undecidedPoints: 3 }),
  ],
  ...rest,
})

const review = (rest: Partial<ReviewPage>): ReviewPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone,
  submission: head(),
  criteria: reviewed,
  steps: [],
  error: null,
  comment: null,
  student: { id: '11', name: 'Ana Silva', username: 'ana', group: 'T1' },
  configurations: [
    {
      device: 'R1',
      kind: 'running',
      capturedAt: '2026-11-22T14:12:25Z',
      text: 'hostname R1\n!\ninterface FastEthernet0/0\n ip address 10.0.1.1 255.255.255.0\n!\nip route 10.0.2.0 255.255.255.0 10.0.12.2\n!',
      problem: null,
    },
    { device: 'R2', kind: 'running', capturedAt: '2026-11-22T14:12:25Z', text: null, problem: 'The console of R2 did not answer.' },
  ],
  integrity: ['The link between R1 and SW1 is on another port than in the exercise.'],
  engineVersion: '1',
  stages: [
    { label: 'Accepted', at: '2026-11-22T14:12:20Z' },
    { label: 'First question', at: '2026-11-22T14:12:24Z' },
    { label: 'Stored', at: '2026-11-22T14:13:04Z' },
  ],
  history,
  previousHref: '/submissions/92',
  nextHref: '/submissions/94',
  walk: Object.fromEntries(
    reviewed.map(({ id }) => [id, { previousHref: `/submissions/92#criterion-${id}`, nextHref: `/submissions/94#criterion-${id}` }]),
  ),
  order: 'name',
  bank: [
    { id: 'b1', text: 'The route back is missing: look at “show ip route” on the other router.' },
    { id: 'b2', text: 'Save your configuration before you submit.' },
  ],
  form: emptyForm,
  stamp: 'run1.review2',
  formCriterionId: null,
  ...rest,
})

const boardTile = (rest: Partial<BoardTile>): BoardTile => ({
  userId: '11',
  name: 'Ana Silva',
  username: 'ana',
  group: 'T1',
  labState: 'ready',
  light: 'some',
  passed: 2,
  total: 4,
  inconclusive: 0,
  submissionHref: '/submissions/93',
  lastChangeAt: '2026-11-22T14:12:20Z',
  since: '12 min since the last change',
  helpSince: null,
  isStuck: false,
  error: null,
  ...rest,
})

const board = (rest: Partial<BoardPage>): BoardPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone,
  tiles: [
    boardTile({ helpSince: '2026-11-22T14:20:00Z', inconclusive: 1 }),
    boardTile({
      ...{ userId: '12', name: 'Bruno Matos', labState: 'failed', light: 'none', passed: 0, submissionHref: null },
      error: 'The VM got no network address in time.',
    }),
    boardTile({ userId: '13', name: 'Carla Nunes', light: 'none', passed: 0, isStuck: true, since: '47 min since the last change' }),
    boardTile({ userId: '14', name: 'Dinis Rocha', light: 'all', passed: 4, group: null }),
    boardTile({
      ...{ userId: '15', name: 'Eva Lopes', labState: 'none', light: 'absent', passed: 0 },
      ...{ submissionHref: null, lastChangeAt: null, since: null },
    }),
  ],
  sort: 'need',
  counts: { absent: 1, none: 2, some: 1, all: 1, hands: 1, stuck: 1, failed: 1 },
  mayTeach: true,
  endsAt: '2026-11-22T15:00:00Z',
  frozenAt: null,
  messages: [
    {
      ...{ id: '1', text: 'The printer room is closed: stay here until 15:00.', from: 'Prof. Helena Duarte' },
      ...{ at: '2026-11-22T14:00:00Z', endsAt: '2026-11-22T15:00:00Z' },
    },
  ],
  mayTell: true,
  isComposing: false,
  form: emptyForm,
  ...rest,
})

const statistics = (rest: Partial<StatisticsPage>): StatisticsPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course },
  timeZone,
  ...{ enrolled: 58, evaluated: 31, median: 0.62, zero: 2, full: 4 },
  scores: plotColumns([2, 0, 1, 3, 5, 7, 6, 2, 1, 4].map((count, bin) => ({ label: `${bin * 10}–${bin * 10 + 10}`, count }))),
  durations: plotColumns(
    ['<15 min', '15–30', '30–45', '45–60', '60–90', '90–120', '2–4 h', '4–24 h', '>1 day'].map((label, bin) => ({
      label,
      count: [0, 2, 6, 9, 7, 4, 1, 0, 2][bin] ?? 0,
    })),
  ),
  medianDurationMs: 3_180_000,
  hours: plotColumns(
    Array.from({ length: 24 }, (_, hour) => ({ label: String(hour).padStart(2, '0'), count: hour < 9 ? 0 : (hour * 7) % 11 })),
  ),
  items: decided.map((item, index) => ({
    ...{ id: item.id, title: item.title, maxPoints: item.maxPoints, checked: 31 },
    ...{ passShare: index === 3 ? null : 0.9 - index * 0.3, firstShare: 0.4, inconclusiveShare: 0.03, meanPoints: 1.4 },
    discrimination: index === 3 ? null : { value: 0.52 - index * 0.3, tone: index === 2 ? ('bad' as const) : ('good' as const) },
    passedAt: [12, 8, 3, 1, 7],
    medianAttempts: 2,
    segments: [
      { x: 0, width: 40, kind: 0 },
      { x: 40, width: 25, kind: 1 },
      { x: 65, width: 10, kind: 2 },
      { x: 75, width: 5, kind: 3 },
      { x: 80, width: 20, kind: 4 },
    ],
    ...{ passedHref: '/exercises/5/results?verdict=pass', failedHref: '/exercises/5/results?verdict=fail' },
  })),
  failures: [
    {
      ...{ title: 'R1 reaches PC2 in the other LAN', verdict: 'fail', code: 'PING_LOST', count: 11 },
      ...{ why: 'R1 sent 5 pings to 10.0.2.10 and no answer came back.', href: '/exercises/5/results?verdict=fail' },
    },
  ],
  ...rest,
})

const resultRow = (
  userId: string,
  name: string,
  verdicts: readonly ('pass' | 'fail' | 'inconclusive' | 'skipped' | null)[],
): ResultRow => ({
  userId,
  name,
  username: name.split(' ')[0]?.toLowerCase() ?? '',
  group: 'T1',
  submissionHref: verdicts[0] === null ? null : '/submissions/93',
  submittedAt: verdicts[0] === null ? null : '2026-11-22T14:12:20Z',
  attempts: verdicts[0] === null ? 0 : 2,
  points: verdicts[0] === null ? null : 7,
  undecidedPoints: verdicts.includes('inconclusive') ? 3 : 0,
  cells: verdicts.map((verdict, index) =>
    verdict === null
      ? null
      : {
          verdict,
          points: index === 1 && verdict === 'fail' ? 0.5 : null,
          isOverridden: index === 3 && verdict === 'pass',
          href: `/submissions/93#criterion-${decided[index]?.id ?? ''}`,
        },
  ),
})

const results = (rest: Partial<ResultsPage>): ResultsPage => ({
  exercise: { id: '5', title: 'Static routing between two LANs', course, maxPoints: 12 },
  timeZone,
  columns: decided.map((item, index) => ({
    id: item.id,
    title: item.title,
    maxPoints: item.maxPoints,
    passShare: 0.62,
    inconclusive: index === 3 ? 1 : 0,
    discrimination: index === 3 ? null : { value: 0.52 - index * 0.3, tone: index === 2 ? ('bad' as const) : ('good' as const) },
    href: `?sort=check.${item.id}`,
    sorted: null,
  })),
  heads: {
    name: { href: '?', sorted: null },
    points: { href: '?sort=points&order=desc', sorted: 'ascending' },
    attempts: { href: '?sort=attempts', sorted: null },
    submitted: { href: '?sort=submitted', sorted: null },
  },
  rows: [
    resultRow('11', 'Ana Silva', ['pass', 'fail', 'skipped', 'inconclusive']),
    resultRow('12', 'Bruno Matos', ['pass', 'pass', 'pass', 'pass']),
    resultRow('13', 'Carla Nunes', [null, null, null, null]),
  ],
  enrolled: 58,
  medianPoints: 7,
  medianAttempts: 2,
  groups: ['T1', 'T2'],
  query: { group: 'T1', name: '', verdict: '', at: '', since: '', sort: 'points', order: 'asc', counts: 'last' },
  isFiltered: true,
  mayTeach: true,
  downloads: [
    { kind: 'csv', href: '/exercises/5/results.csv' },
    { kind: 'moodle', href: '/exercises/5/results.csv?profile=moodle' },
    { kind: 'json', href: '/exercises/5/results.json' },
    { kind: 'xml', href: '/exercises/5/results.xml' },
  ],
  ...rest,
})

export const teacherSamples: readonly GallerySample[] = [
  asTeacher('courses', 'courses/list.njk', {
    courses: [courseCard({}), courseCard({ id: '2', title: 'Networks II', role: 'assistant', waitingForReview: 0 })],
    mayCreate: true,
    timeZones: ['Europe/Lisbon', 'UTC'],
    form: emptyForm,
  }),
  asTeacher('courses-empty', 'courses/list.njk', {
    courses: [],
    mayCreate: true,
    timeZones: ['Europe/Lisbon', 'UTC'],
    form: { values: { title: '' }, problems: [{ field: 'title', message: 'A title is needed.' }], message: null },
  }),
  asTeacher('course', 'courses/show.njk', {
    course,
    timeZone,
    mayEdit: true,
    exercises: [
      exerciseRow({}),
      exerciseRow({
        id: '6',
        title: 'VLANs and trunks',
        state: 'building',
        enrolled: 0,
        labsReady: 0,
        submitted: 0,
        medianPoints: null,
        waitingForReview: 0,
        ...{ started: 0, stuck: 0, hands: 0, labsFailed: 0 },
      }),
      exerciseRow({
        id: '7',
        title: 'OSPF in one area',
        state: 'failed',
        isUnproven: true,
        dueAt: null,
        medianPoints: null,
        waitingForReview: 0,
      }),
    ],
    archived: [exerciseRow({ id: '2', state: 'archived' })],
    staff,
    studentCount: 58,
  }),
  asTeacher('course-empty', 'courses/show.njk', { course, timeZone, mayEdit: true, exercises: [], archived: [], staff, studentCount: 0 }),
  asTeacher('roster', 'courses/roster.njk', {
    course,
    timeZone,
    mayEdit: true,
    groups: [{ name: 'T1', count: 30 }],
    group: null,
    staff,
    students,
    form: emptyForm,
  }),
  asTeacher('roster-empty', 'courses/roster.njk', {
    course,
    timeZone,
    mayEdit: false,
    groups: [],
    group: null,
    staff,
    students: [],
    form: emptyForm,
  }),
  asTeacher(
    'exercise-form-new',
    'exercises/form.njk',
    formPage({ form: { ...emptyForm }, upload: null, topology: null, devices: [], preconfigure: [], criteria: [] }),
  ),
  asTeacher('exercise-form', 'exercises/form.njk', formPage({})),
  asTeacher(
    'exercise-form@asked',
    'exercises/form.njk',
    formPage({
      exercise: { id: '5', title: 'Static routing between two LANs', state: 'ready' },
      trial: { href: '/exercises/5/try', isReady: true },
      asked: {
        index: 1,
        verdict: 'fail',
        why: 'R1 gets no answer from 10.0.12.2.',
        expected: 'R1 reaches 10.0.12.2.',
        found: '0 of 5 requests were answered.',
        tookMs: 2_310,
        answers: [
          {
            id: 'now-1',
            device: 'R1',
            command: 'ping 10.0.12.2 repeat 5',
            startedAt: '2026-11-12T10:04:11Z',
            tookMs: 2_280,
            ended: 'prompt',
            exitCode: null,
            lines: [{ text: 'Success rate is 0 percent (0/5)', isMarked: false }],
            raw: null,
            rawHref: null,
            facts: '[\n  { "sent": 5, "received": 0 }\n]',
          },
        ],
      },
    }),
  ),
  asTeacher(
    'exercise-form-published',
    'exercises/form.njk',
    formPage({
      exercise: { id: '5', title: 'Static routing between two LANs', state: 'published' },
      baseTemplatesNote: { listedAt: '2026-11-22T13:58:00Z' },
      steps: formPage({}).steps.map((one) => ({ ...one, state: one.id === 'proof' ? ('unproven' as const) : ('done' as const) })),
      proving: { ...proving, isUnproven: true, may: { prove: true, publish: false } },
    }),
  ),
  asTeacher(
    'exercise-form-no-proxmox',
    'exercises/form.njk',
    formPage({
      exercise: { id: '5', title: 'Static routing between two LANs', state: 'ready' },
      baseTemplates: [],
      baseTemplatesNote: { listedAt: null },
      proving,
    }),
  ),
  asTeacher('exam', 'exams/show.njk', examPage({})),
  asTeacher(
    'exam-collecting',
    'exams/show.njk',
    examPage({
      window: { opensAt: '2026-12-04T09:00:00Z', closesAt: '2026-12-04T11:00:00Z', phase: 'closed', untilMs: null },
      collection: { jobId: 'job-81', state: 'running', steps: buildSteps.slice(0, 2) },
    }),
  ),
  asTeacher(
    'exam-off',
    'exams/show.njk',
    examPage({
      ...{ isOn: false, switched: null, students: [], isWithheld: false },
      window: { opensAt: null, closesAt: null, phase: 'open', untilMs: null },
      form: { ...emptyForm, message: 'An exam needs a beginning and an end: set when it opens and closes in the rules first.' },
    }),
  ),
  asTeacher('compare', 'submissions/compare.njk', comparePage({})),
  asTeacher(
    'compare-withheld',
    'submissions/compare.njk',
    comparePage({ isWithheld: true, changed: [], unchanged: 0, configurations: [] }),
  ),
  asTeacher('exercise-rules', 'exercises/rules.njk', rulesPage({})),
  asTeacher(
    'exercise-rules-empty',
    'exercises/rules.njk',
    rulesPage({ allowances: [], students: [], isWithheld: false, form: { ...emptyForm } }),
  ),
  asTeacher(
    'exercise-form-refused',
    'exercises/form.njk',
    formPage({
      exercise: { id: '5', title: 'Static routing between two LANs', state: 'ready' },
      form: {
        values: { title: '', statement: '', baseTemplate: '9001' },
        problems: [
          { field: 'title', message: 'A title is needed.' },
          { field: 'criteria.1.params.to', message: '10.0.12 is not an address.' },
          { field: 'devices.1.platform', message: 'Traceroute cannot be asked of this platform.' },
        ],
        message: 'Some of what was entered cannot be used.',
      },
    }),
  ),
  asTeacher(
    'exercise-form-yaml',
    'exercises/form.njk',
    formPage({
      input: 'yaml',
      form: {
        values: { title: 'Static routing', yaml: '- id: pc1\n  title: PC1 reaches PC2\n  module: pingg\n' },
        problems: [{ field: 'yaml', message: 'There is no check “pingg”.', line: 3 }],
        message: 'The exercise file has problems.',
      },
    }),
  ),
  asTeacher(
    'exercise-draft',
    'exercises/show.njk',
    exercisePage({
      exercise: { ...exercisePage({}).exercise, state: 'draft' },
      build: { state: 'none', steps: [], jobId: null, error: null },
      template: null,
      topology: null,
      criteria: [],
      trial: null,
      secrets: [],
      may: { edit: true, build: false, prove: false, publish: false, archive: true },
      proof: [],
    }),
  ),
  asTeacher(
    'exercise-building',
    'exercises/show.njk',
    noProof(
      exercisePage({
        exercise: { ...exercisePage({}).exercise, state: 'building' },
        build: { state: 'running', steps: buildSteps, jobId: 'job-71', error: null },
        trial: null,
        secrets: [],
        may: { edit: false, build: false, prove: false, publish: false, archive: false },
      }),
    ),
  ),
  asTeacher(
    'exercise-build-failed',
    'exercises/show.njk',
    noProof(
      exercisePage({
        exercise: { ...exercisePage({}).exercise, state: 'failed' },
        build: {
          state: 'failed',
          steps: labs.failed.steps,
          jobId: 'job-71',
          error: {
            code: 'GNS3_IMAGE_MISSING',
            message: 'The base template lacks an image that the project needs: c3725-adventerprisek9.bin',
            tried: null,
            reference: 'job-71',
          },
        },
        trial: null,
        may: { edit: true, build: true, prove: false, publish: false, archive: true },
      }),
    ),
  ),
  asTeacher('exercise-proof', 'exercises/show.njk', exercisePage({})),
  asTeacher(
    'exercise-published',
    'exercises/show.njk',
    exercisePage({
      exercise: { ...exercisePage({}).exercise, state: 'published', isUnproven: false },
      secrets: [],
      may: { edit: true, build: false, prove: true, publish: false, archive: true },
    }),
  ),
  asAssistant(
    'exercise-assistant',
    'exercises/show.njk',
    exercisePage({
      exercise: { ...exercisePage({}).exercise, state: 'published', isUnproven: false },
      secrets: [],
      may: { edit: false, build: false, prove: false, publish: false, archive: false },
    }),
  ),
  asTeacher('enrollments', 'enrollments/list.njk', enrollments({})),
  asTeacher(
    'enrollments-empty',
    'enrollments/list.njk',
    enrollments({ rows: [], groups: [], exercise: { ...enrollments({}).exercise, isPublished: false } }),
  ),
  asTeacher(
    'enrollments-dry-run',
    'enrollments/list.njk',
    enrollments({
      dryRun: {
        lines: [
          { line: 2, username: 'ana', name: 'Ana Silva', group: 'T1', outcome: 'known', message: null },
          { line: 3, username: 'dinis', name: 'Dinis Rocha', group: 'T1', outcome: 'will-create', message: null },
          { line: 4, username: 'bruno', name: 'Bruno Matos', group: 'T2', outcome: 'enrolled', message: null },
          { line: 5, username: 'ana', name: 'Ana Silva', group: 'T1', outcome: 'duplicate', message: 'Line 2 has the same name.' },
          { line: 6, username: '', name: null, group: null, outcome: 'malformed', message: 'The user name is empty.' },
        ],
        counts: { known: 1, 'will-create': 1, enrolled: 1, 'not-in-directory': 0, duplicate: 1, malformed: 1 },
        willEnroll: 2,
        willCreateVms: 2,
        list: 'username,name,group\nana,Ana Silva,T1\n',
      },
    }),
  ),
  asTeacher(
    'enrollments-making',
    'enrollments/list.njk',
    enrollments({
      making: {
        counts: { made: 41, running: 3, waiting: 12, failed: 2, missing: 0 },
        total: 58,
        running: [
          { name: 'Dinis Rocha', doing: 'the storage is copying' },
          { name: 'Eva Pires', doing: 'the storage is copying' },
          { name: 'Filipe Antunes', doing: 'Setting up the VM' },
        ],
        failed: [
          {
            userId: '12',
            name: 'Bruno Matos',
            message: 'A Proxmox task failed: unable to create image: No space left on device',
          },
          {
            userId: '13',
            name: 'Carla Nunes',
            message: 'All VM numbers from 20000 to 20057 are used. The administrator has to widen the range.',
          },
        ],
        waitingFor: 'storage lab is 93 % full: it goes on by itself once the administrator made room',
        isUnderWay: true,
        mayCancel: true,
      },
    }),
  ),
  asTeacher(
    'enrollments-making-stopped',
    'enrollments/list.njk',
    enrollments({
      making: {
        counts: { made: 44, running: 0, waiting: 0, failed: 0, missing: 14 },
        total: 58,
        running: [],
        failed: [],
        waitingFor: null,
        isUnderWay: false,
        mayCancel: false,
      },
    }),
  ),
  asTeacher(
    'enrollments-bin',
    'enrollments/list.njk',
    enrollments({
      bin: [{ workVmId: '77', name: 'Gil Vicente', removedAt: '2026-11-21T09:30:00Z', emptiedAt: '2026-11-28T09:30:00Z' }],
    }),
  ),
  asTeacher(
    'enrollments-passwords',
    'enrollments/list.njk',
    enrollments({ oneTimePasswords: [{ username: 'dinis', name: 'Dinis Rocha', password: 'cedar-ripple-92-walnut' }] }),
  ),
  asTeacher('board', 'classroom/board.njk', board({})),
  asTeacher('board-frozen', 'classroom/board.njk', board({ frozenAt: '2026-11-22T14:30:00Z', messages: [] })),
  asAssistant('board-assistant', 'classroom/board.njk', board({ mayTeach: false, mayTell: false })),
  asTeacher(
    'board-message',
    'classroom/board.njk',
    board({
      isComposing: true,
      messages: [],
      form: { values: { text: '' }, problems: [{ field: 'text', message: 'Please fill this in.' }], message: null },
    }),
  ),
  asTeacher(
    'board-empty',
    'classroom/board.njk',
    board({ tiles: [], messages: [], counts: { absent: 0, none: 0, some: 0, all: 0, hands: 0, stuck: 0, failed: 0 } }),
  ),
  asTeacher('statistics', 'statistics/show.njk', statistics({})),
  asTeacher('statistics-empty', 'statistics/show.njk', statistics({ evaluated: 0, items: [], failures: [] })),
  asTeacher('results', 'submissions/results.njk', results({})),
  asTeacher(
    'results-full',
    'submissions/results.njk',
    results({
      rows: Array.from({ length: 40 }, (_, index) =>
        resultRow(
          String(index),
          `Student ${index}`,
          index % 3 === 0 ? ['pass', 'pass', 'fail', 'pass'] : ['pass', 'fail', 'skipped', 'inconclusive'],
        ),
      ),
      isFiltered: false,
      groups: [],
    }),
  ),
  asTeacher('results-nobody-fits', 'submissions/results.njk', results({ rows: [], medianPoints: null })),
  asTeacher(
    'results-empty',
    'submissions/results.njk',
    results({ rows: [], columns: [], enrolled: 0, medianPoints: null, groups: [], isFiltered: false }),
  ),
  asTeacher('review', 'submissions/review.njk', review({ comment: 'Good work.' })),
  asTeacher('review-mixed', 'submissions/review.njk', review({ order: 'mixed', bank: [], previousHref: null })),
  asTeacher(
    'review-live',
    'submissions/review.njk',
    review({ submission: head({ state: 'evaluating', points: null, endedAt: null }), criteria: live, integrity: [], configurations: [] }),
  ),
  asTeacher(
    'review-refused',
    'submissions/review.njk',
    review({
      integrity: [],
      form: {
        values: { verdict: 'pass', points: '5', reason: '' },
        problems: [{ field: 'reason', message: 'Say why: the student reads it.' }],
        message: null,
      },
      formCriterionId: 'r1-pc2',
    }),
  ),
]
