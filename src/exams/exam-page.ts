import { courseHead, type StudentScope } from '../courses/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import { phaseAt } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { FormView } from '../http/page-context.ts'
import { readJob } from '../jobs/index.ts'
import { isoNow } from '../lib/clock.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import type { SubmissionRow } from '../submissions/index.ts'
import { labStateOf, type WorkVmRow } from '../work-vms/index.ts'
import type { ExamPage, ExamStudentRow } from './exams.views.ts'

const storedDetails = sentenceValuesSchema.nullable()

/** What was read back and probed; before that nothing is claimed. */
function isolationView(
  { isolationOf, translate }: Services,
  lab: WorkVmRow | undefined,
): Pick<ExamStudentRow, 'isolation' | 'isolationGap'> {
  const found = lab === undefined ? null : isolationOf(lab)
  if (found === null) return { isolation: 'not-checked', isolationGap: null }
  return { isolation: found.state, isolationGap: found.gap === null ? null : translate(`pages.exams.isolationGaps.${found.gap}`) }
}

/** The last submission of a student, and why it could not be checked where it could not. */
function submissionView({ translate }: Pick<Services, 'translate'>, submission: SubmissionRow | undefined): ExamStudentRow['submission'] {
  if (!submission) return null
  const { id, state, acceptedAt, errorCode } = submission
  const details = storedDetails.catch(null).parse(submission.errorDetails)
  const problem = errorCode === null ? null : translate(`errors.${errorCode}`, { requestId: '', state: '', ...details })
  return { id, state, acceptedAt, isCollected: submission.collectedBy !== null, problem }
}

function readStudents(services: Services, exercise: ExerciseRow, scope: StudentScope): ExamStudentRow[] {
  const { enrollments, exercises, submissions, workVms, auth } = services
  const labs = workVms.listByExercise(exercise.id).filter(({ purpose }) => purpose === 'student')
  const all = submissions.listByExercise(exercise.id)
  const extra = new Map(exercises.listAllowances(exercise.id).map((row) => [row.userId, row.extraMinutes]))
  return enrollments.listActive(exercise.id, scope).map(({ user }) => {
    const lab = labs.find(({ userId, state }) => userId === user.id && !['binned', 'deleting', 'deleted'].includes(state))
    return {
      userId: user.id,
      name: user.displayName,
      username: user.username,
      endsAt: exercises.rulesFor(exercise, user.id).closesAt,
      extraMinutes: extra.get(user.id) ?? 0,
      labState: labStateOf(services, lab),
      isFrozen: lab !== undefined && lab.frozenFor !== null,
      ...isolationView(services, lab),
      addresses: [...new Set(auth.addressesOf(user.id))],
      submission: submissionView(
        services,
        all.find(({ userId }) => userId === user.id),
      ),
    }
  })
}

/** How an exam is set up, as the inputs of its form show it. */
export const examValues = (exam: { addresses: readonly string[]; singleSession: boolean; collect: string } | undefined) => ({
  addresses: exam?.addresses.join('\n') ?? '',
  singleSession: (exam?.singleSession ?? true) ? 'true' : '',
  collect: exam?.collect ?? 'missing',
})

/** `/exercises/:id/exam`. @throws AppError COURSE_NOT_FOUND, FORBIDDEN */
export function readExamPage(services: Services, actor: Actor, exercise: ExerciseRow, form: FormView): ExamPage {
  const { exams, exercises, courses, users, jobs, jobsRepository, translate, clock } = services
  const course = courses.get(actor, exercise.courseId, 'assist')
  const exam = exams.find(exercise.id)
  const job = exams.latestJob(exercise.id)
  const { opensAt, closesAt } = exercise.rules
  const phase = phaseAt(exercise.rules, isoNow(clock))
  const next = phase === 'before' ? opensAt : closesAt
  return {
    exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
    timeZone: course.timeZone,
    isOn: exam?.state === 'on',
    switched: exam ? { by: exam.switchedBy === null ? '' : users.get(exam.switchedBy).displayName, at: exam.switchedAt } : null,
    window: { opensAt, closesAt, phase, untilMs: next === null || phase === 'closed' ? null : Date.parse(next) - clock.now() },
    isWithheld: exercises.areResultsWithheld(exercise),
    form,
    students: readStudents(services, exercise, exercises.studentsOf(actor, exercise)),
    collection: job ? { jobId: job.id, state: job.state, steps: stepsOf(readJob(jobsRepository, jobs.definitions, job, translate)) } : null,
    mayTeach: exercises.has(actor, exercise, 'teach'),
  }
}

/** The log is for administrators. */
const stepsOf = ({ steps }: ReturnType<typeof readJob>) => steps.map((step) => ({ ...step, log: [] }))
