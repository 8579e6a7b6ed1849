import type { ResultLine } from './results.ts'
import type { ResultsQuery, ShownVerdict } from './results-query.ts'
import type { CountedCriterion } from './submissions.service.ts'

export const criterionOf = (line: Pick<ResultLine, 'criteria'>, criterionId: string): CountedCriterion | undefined =>
  line.criteria.find(({ result }) => result.criterionId === criterionId)

/** Lower case without accents: whoever looks for "Joao" finds "João". */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

function hasVerdict(line: ResultLine, verdict: ShownVerdict | '', at: string): boolean {
  if (verdict === '') return true
  if (verdict === 'none') return line.submission === null
  return line.criteria.some((one) => one.verdict === verdict && (at === '' || one.result.criterionId === at))
}

/** The newest of what changed a line: submitted, checked, decided by a teacher. In milliseconds. */
function changedAt({ submission, criteria }: ResultLine): number {
  const times = [submission?.acceptedAt, submission?.endedAt, ...criteria.map(({ override }) => override?.createdAt)]
  return Math.max(0, ...times.map((time) => (time ? Date.parse(time) : 0)))
}

const hourMs = 3_600_000

/** Worst first; who has no verdict comes after everybody. */
const ranks: Readonly<Record<ShownVerdict, number>> = { fail: 0, inconclusive: 1, skipped: 2, pass: 3, none: 4 }

type Key = string | number

/** What a line is sorted by; without a value (nothing submitted) it stands behind, whatever the order. */
function keyOf(line: ResultLine, sort: string): Key | null {
  if (sort.startsWith('check.')) {
    const verdict = criterionOf(line, sort.slice('check.'.length))?.verdict
    return verdict === undefined ? null : ranks[verdict]
  }
  if (sort === 'points') return line.submission?.points ?? null
  if (sort === 'attempts') return line.attempts
  if (sort === 'submitted') return line.submission?.acceptedAt ?? null
  return null
}

function compare(one: Key | null, other: Key | null, sign: number): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return (one < other ? -1 : 1) * sign
}

/**
 * The lines that a matrix shows, in its order. Lines come and stay in the order of names among those that are alike.
 * @param now in milliseconds
 */
export function selectLines(lines: readonly ResultLine[], query: ResultsQuery, now: number): ResultLine[] {
  const wanted = plain(query.name)
  const chosen = lines.filter(
    (line) =>
      (query.group === '' || line.group === query.group) &&
      (wanted === '' || plain(line.name).includes(wanted) || line.username.includes(wanted)) &&
      hasVerdict(line, query.verdict, query.at) &&
      (query.since === '' || changedAt(line) >= now - Number(query.since) * hourMs),
  )
  const sign = query.order === 'desc' ? -1 : 1
  if (query.sort === '' || query.sort === 'name') return sign === 1 ? chosen : chosen.reverse()
  return chosen
    .map((line) => ({ line, key: keyOf(line, query.sort) }))
    .sort((one, other) => compare(one.key, other.key, sign))
    .map(({ line }) => line)
}
