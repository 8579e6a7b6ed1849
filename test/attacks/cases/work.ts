import type { RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'

const day = 86_400_000
export const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString()

/** An exercise with rules, and a lab of Ana's in it that is ready. */
export function labWith(on: AttackBench, rules: object, lab: object = {}) {
  const exercise = on.given.exercise({ courseId: on.course.id, rules })
  on.given.enrolled(exercise, on.student)
  return { exercise, lab: on.given.workVm(exercise, on.student, { state: 'ready', readyAt: at(-day), ...lab }) }
}

interface Submit {
  readonly rules?: object
  readonly before?: (on: AttackBench, lab: ReturnType<typeof labWith>['lab']) => void
  readonly verb?: string
  readonly body?: object
  readonly status?: number
}
const submit = (what: string, mark: string, { rules = {}, before, verb = 'submissions', body, status = 409 }: Submit): RequestAttack => ({
  ...{ class: mark === 'SUBMISSIONS_TOO_FAST' ? 'floods' : 'submitting', what, status, mark },
  prepare: async (on) => {
    const { lab } = labWith(on, rules)
    before?.(on, lab)
    const bearer = await on.bearerOf('ana')
    const headers = { ...bearer, date: new Date(Date.now() - 2 * day).toUTCString(), 'x-forwarded-date': at(-2 * day) }
    return () => on.app.inject({ method: 'POST', url: `/api/v1/work-vms/${lab.id}/${verb}`, headers, ...(body ? { payload: body } : {}) })
  },
})
const late = { rules: { closesAt: at(-day) } }
const open: Submit['before'] = (on, lab) => void on.given.submission(lab, { state: 'queued' })
const frozen: Submit['before'] = (on, lab) =>
  on.services.workVms.update(lab.id, { frozenFor: on.given.submission(lab, { state: 'evaluating' }).id })

const withheld = (
  what: string,
  method: 'POST' | 'PATCH' | 'GET',
  url: string,
  payload?: object,
  status = 403,
  mark = 'FORBIDDEN',
): RequestAttack => ({
  ...{ class: 'withheld-results', what, status, mark },
  prepare: async (on) => {
    const { exercise, lab } = labWith(on, { results: 'withheld' })
    const submission = on.given.submission(lab, { state: 'done', points: 7.25, maxPoints: 10, undecidedPoints: 0 })
    const path = url.replace(':exercise', exercise.id).replace(':submission', submission.id).replace(':run', on.given.run(submission, {}))
    const [ana, headers] = [await on.signIn('ana'), await on.bearerOf('ana')]
    if (url.startsWith('/submissions')) return () => ana.get(path)
    return () => on.app.inject({ method, url: path, headers, ...(payload ? { payload } : {}) })
  },
  check: ({ body }) => {
    if (body.includes('7.25')) throw new Error('the answer holds the points')
  },
})

export const workAttacks: readonly RequestAttack[] = [
  submit('a second one while the first is open', 'SUBMISSION_OPEN', { before: open }),
  submit('late', 'EXERCISE_STATE', late),
  submit('late, with a clock of his own in the body', 'EXERCISE_STATE', { ...late, body: { acceptedAt: at(-2 * day), now: at(-2 * day) } }),
  submit('late, for an attempt that he calls the first', 'EXERCISE_STATE', {
    ...late,
    body: { number: 1, attemptUsed: false, state: 'done' },
  }),
  submit('before the exercise opens', 'EXERCISE_STATE', { rules: { opensAt: at(day) } }),
  submit('one more than the attempts', 'ATTEMPTS_USED', {
    rules: { attempts: 1 },
    before: (on, lab) => void on.given.submission(lab, { state: 'done', attemptUsed: true }),
  }),
  ...['stop', 'reset', 'reboot', 'shutdown'].map((verb) =>
    submit(`a ${verb} while the lab is checked`, 'LAB_FROZEN', { before: frozen, verb }),
  ),
  submit('submitting in a loop', 'SUBMISSIONS_TOO_FAST', {
    status: 429,
    before: (on, lab) => {
      for (let count = 0; count < 6; count += 1) on.given.submission(lab, { state: 'done', acceptedAt: at(0) })
    },
  }),

  withheld('releasing them', 'POST', '/api/v1/exercises/:exercise/release-results'),
  withheld('changing the rule', 'PATCH', '/api/v1/exercises/:exercise', { rules: { results: 'at-once' } }),
  withheld('taking the list of the class', 'GET', '/api/v1/exercises/:exercise/results.csv'),
  withheld('reviewing his own work', 'POST', '/api/v1/submissions/:submission/review', { reason: 'all right' }),
  withheld('regrading it', 'GET', '/api/v1/exercises/:exercise/regrade'),
  withheld('naming the run as evidence', 'GET', '/submissions/:submission/evidence/:run', undefined, 404, 'EVIDENCE_NOT_FOUND'),
  withheld('ending the exam', 'POST', '/api/v1/exercises/:exercise/exam/end'),
]
