import { explain, explainConcealed, findCommandModule } from '../evaluation/index.ts'
import type { CriterionResultRow, ObservationRow } from '../evaluations/index.ts'
import { moduleName } from '../exercises/index.ts'
import type { AnswerView } from '../http/answer-view.ts'
import type { Services } from '../services.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'
import type { CriterionView, OverrideView } from './submissions.views.ts'

type Parts = Pick<Services, 'submissions' | 'exercises' | 'evaluations' | 'evidence' | 'translate'>
type Definition = ReturnType<Services['exercises']['getRevision']>['definition']
type Criterion = Definition['criteria'][number]

export interface CriterionViewOptions {
  /** Staff also sees hidden criteria, the bytes and the facts. */
  readonly forStaff: boolean
  /** What is being asked now, by criterion. */
  readonly asking: ReadonlyMap<string, string>
}

/** Control characters as the pictures that Unicode has for them, so that bytes can be read and do nothing. */
export const showControls = (bytes: string): string =>
  bytes.replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, (character) =>
    character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  )

interface AnswerFacts {
  readonly forStaff: boolean
  readonly submissionId: string
  /** What was read, one entry per readable round. */
  readonly facts: readonly unknown[]
}

async function answerView(parts: Parts, row: ObservationRow, shown: AnswerFacts): Promise<AnswerView> {
  const text = (await parts.evidence.get(row.textSha256)).toString('utf8')
  const raw = shown.forStaff ? showControls((await parts.evidence.get(row.rawSha256)).toString('utf8')) : null
  return {
    id: row.id,
    device: row.device,
    command: row.command,
    startedAt: row.startedAt,
    tookMs: row.tookMs,
    ended: row.ended,
    exitCode: row.exitCode,
    lines: text.split('\n').map((line) => ({ text: line, isMarked: false })),
    raw,
    rawHref: `/submissions/${shown.submissionId}/evidence/${row.id}`,
    facts: shown.forStaff && shown.facts.length > 0 ? JSON.stringify(shown.facts, null, 2) : null,
  }
}

/** What was read from the answers stands with the last one: a round may ask several times. */
const answerViews = (parts: Parts, rows: readonly ObservationRow[], shown: AnswerFacts): Promise<AnswerView[]> =>
  Promise.all(rows.map((row, index) => answerView(parts, row, { ...shown, facts: index === rows.length - 1 ? shown.facts : [] })))

/** Asked again and again until it passes or time is over: the last answer to each question is what it was judged by. */
function lastOfEach(rows: readonly ObservationRow[]): ObservationRow[] {
  const last = new Map(rows.map((row) => [`${row.device} ${row.command}`, row.id]))
  return rows.filter((row) => last.get(`${row.device} ${row.command}`) === row.id)
}

/** What a criterion asks for, from its parameters; null for a kind that is gone. */
function expectedOf({ module, params }: Criterion) {
  const read = findCommandModule(module)?.readParams(params)
  return read && 'reading' in read ? read.reading.expected : null
}

function sentencesOf(parts: Parts, criterion: Criterion, { result, forStaff }: { result: CriterionResultRow; forStaff: boolean }) {
  const { judgement } = result
  const { reason } = judgement
  const device = criterion.device ?? null
  const expected = expectedOf(criterion)
  const isConcealed = !criterion.reveal && !forStaff
  const cause = judgement.verdict === 'inconclusive' ? judgement.reason.cause : null
  const explained = isConcealed
    ? explainConcealed({ device, judgement, expected, params: criterion.params }, parts.translate)
    : explain({ device, reason, expected }, parts.translate)
  return { ...explained, causeNote: cause === null ? null : parts.translate(`pages.submissions.causes.${cause}`) }
}

function overrideView(counted: CountedCriterion, reviewers: ReadonlyMap<string, string>): OverrideView | null {
  const { override } = counted
  if (!override) return null
  return {
    verdict: counted.verdict,
    points: counted.points,
    reason: override.reason,
    by: reviewers.get(override.id) ?? '',
    at: override.createdAt,
  }
}

const textOr = (text: string): string | null => (text === '' ? null : text)

/** Of a criterion that is not decided: what is known before. */
function undecidedView(parts: Parts, criterion: Criterion, asking: string | undefined): CriterionView {
  return {
    id: criterion.id,
    title: criterion.title,
    moduleName: moduleName(criterion.module, parts.translate),
    device: criterion.device ?? null,
    phase: asking === undefined ? 'waiting' : 'running',
    verdict: null,
    points: 0,
    maxPoints: criterion.points,
    why: null,
    expected: null,
    found: null,
    hint: null,
    causeNote: null,
    attempts: 0,
    lastAskedAt: null,
    passedAfterMs: null,
    tookMs: null,
    asking: asking ?? null,
    retryUntil: null,
    answers: [],
    earlier: [],
    override: null,
    comment: null,
  }
}

/**
 * The criteria of a submission as pages show them, in the order of the exercise, with evidence; of an evaluation under way also those
 * that are still to come. Hidden ones are left out for everybody but staff.
 */
export async function readCriterionViews(parts: Parts, submission: SubmissionRow, options: CriterionViewOptions): Promise<CriterionView[]> {
  const { definition } = parts.exercises.getRevision(submission.exerciseRevisionId)
  const { run, criteria } = parts.submissions.criteriaOf(submission)
  const observations = run ? parts.evaluations.listObservations(run.id) : []
  const reviews = parts.submissions.listReviews(submission.id)
  const reviewers = new Map(reviews.map(({ review, reviewer }) => [review.id, reviewer]))
  const isOpen = submission.state === 'queued' || submission.state === 'evaluating'
  const shown = definition.criteria.filter((criterion) => criterion.visible || options.forStaff)
  const views = shown.map(async (criterion): Promise<CriterionView | null> => {
    const undecided = undecidedView(parts, criterion, options.asking.get(criterion.id))
    const counted = submission.state === 'queued' ? undefined : criteria.find(({ result }) => result.criterionId === criterion.id)
    if (!counted) return isOpen ? undecided : null
    const { result } = counted
    const asked = observations.filter((row) => row.purpose === 'criterion' && row.criterionId === criterion.id)
    const rows = lastOfEach(asked)
    const earlier = options.forStaff ? asked.filter((row) => !rows.includes(row)) : []
    const { why, expected, found, causeNote } = sentencesOf(parts, criterion, { result, forStaff: options.forStaff })
    return {
      ...undecided,
      phase: 'decided',
      verdict: counted.verdict,
      points: counted.points,
      maxPoints: result.maxPoints,
      why: textOr(why),
      expected: textOr(expected),
      found: textOr(found),
      hint: criterion.hint ?? null,
      causeNote,
      attempts: result.attempts,
      lastAskedAt: rows.at(-1)?.startedAt ?? null,
      passedAfterMs: result.passedAfterMs,
      tookMs: result.tookMs,
      asking: null,
      answers: await answerViews(parts, rows, { forStaff: options.forStaff, submissionId: submission.id, facts: result.facts }),
      earlier: await answerViews(parts, earlier, { forStaff: options.forStaff, submissionId: submission.id, facts: [] }),
      override: overrideView(counted, reviewers),
      comment: reviews.findLast(({ review }) => review.criterionId === criterion.id && review.verdict === null)?.review.reason ?? null,
    }
  })
  return (await Promise.all(views)).filter((view) => view !== null)
}

/** How many criteria only staff sees. */
export const countHidden = (definition: Definition): number => definition.criteria.filter((criterion) => !criterion.visible).length
