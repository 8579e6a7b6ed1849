import { describe, expect, it } from 'vitest'
import { createTranslator } from '../../src/strings/index.ts'
import type { ResultLine } from '../../src/submissions/results.ts'
import { moodleCsv } from '../../src/submissions/results-moodle.ts'
import { queryText, type ResultsQuery, resultsQuery } from '../../src/submissions/results-query.ts'
import { selectLines } from '../../src/submissions/results-selection.ts'

/** A line with a verdict for each criterion; without verdicts nothing was submitted. */
function line(
  username: string,
  verdicts: Readonly<Record<string, string>>,
  rest: Partial<ResultLine> & { points?: number; undecided?: number } = {},
) {
  const { points = 0, undecided = 0, ...values } = rest
  const isDone = Object.keys(verdicts).length > 0
  return {
    userId: username,
    username,
    name: username,
    email: `${username}@example.org`,
    studentNumber: null,
    group: null,
    attempts: isDone ? 1 : 0,
    submission: isDone
      ? {
          id: username,
          number: 1,
          points,
          maxPoints: 10,
          undecidedPoints: undecided,
          acceptedAt: '2026-11-22T10:00:00Z',
          endedAt: '2026-11-22T10:01:00Z',
        }
      : null,
    criteria: Object.entries(verdicts).map(([criterionId, verdict]) => ({ result: { criterionId }, verdict, points: 0, override: null })),
    ...values,
  } as unknown as ResultLine
}

const lines = [
  line('ana', { a: 'pass', b: 'fail' }, { group: 'T1', points: 5, attempts: 3 }),
  line('bea', { a: 'fail', b: 'pass' }, { group: 'T2', points: 2, name: 'Beatriz Gonçalves' }),
  line('carla', {}, { group: 'T1' }),
  line('dora', { a: 'inconclusive', b: 'pass' }, { points: 9 }),
]
const shown = (query: Partial<ResultsQuery>) =>
  selectLines(lines, { ...resultsQuery.parse({}), ...query }, Date.parse('2026-11-22T12:00:00Z')).map(({ username }) => username)

describe('what a matrix shows', () => {
  it.each<[Partial<ResultsQuery>, string[]]>([
    [{}, ['ana', 'bea', 'carla', 'dora']],
    [{ group: 'T1' }, ['ana', 'carla']],
    [{ name: 'goncal' }, ['bea']],
    [{ name: 'DORA' }, ['dora']],
    [{ verdict: 'fail' }, ['ana', 'bea']],
    [{ verdict: 'fail', at: 'b' }, ['ana']],
    [{ verdict: 'none' }, ['carla']],
    [{ group: 'T9' }, []],
    [{ since: '1' }, []],
    [{ since: '24' }, ['ana', 'bea', 'dora']],
  ])('with %o is %o', (query, expected) => {
    expect(shown(query)).toEqual(expected)
  })
})

describe('the order of a matrix', () => {
  it.each<[Partial<ResultsQuery>, string[]]>([
    [{ order: 'desc' }, ['dora', 'carla', 'bea', 'ana']],
    [{ sort: 'points' }, ['bea', 'ana', 'dora', 'carla']],
    [{ sort: 'attempts', order: 'desc' }, ['ana', 'bea', 'dora', 'carla']],
    [{ sort: 'check.a' }, ['bea', 'dora', 'ana', 'carla']],
    [{ sort: 'check.gone' }, ['ana', 'bea', 'carla', 'dora']],
  ])('with %o is %o', (query, expected) => {
    expect(shown(query)).toEqual(expected)
  })

  it('puts who has nothing last in both directions', () => {
    expect(shown({ sort: 'points', order: 'desc' })).toEqual(['dora', 'ana', 'bea', 'carla'])
  })
})

it('takes a query that nobody can mean as if it were not there, and writes only what is not as usual', () => {
  const query = resultsQuery.parse({ verdict: 'maybe', order: ['x'], counts: 'best', sort: 'points' })
  expect(query).toMatchObject({ verdict: '', order: 'asc', counts: 'best' })
  expect([queryText(query), queryText(resultsQuery.parse({}))]).toEqual(['?sort=points&counts=best', ''])
})

it('gives Moodle no grade, never a zero, for what is not decided and for who submitted nothing', () => {
  const text = moodleCsv(
    'Two PCs',
    [lines[0], lines[2], line('eve', { a: 'inconclusive' }, { points: 4, undecided: 3 })].flatMap((one) => one ?? []),
    createTranslator(),
  )
  const [header, ...rows] = text.split('\r\n')
  expect(header).toBe('Username,ID number,Email address,Two PCs,Two PCs (feedback)')
  expect(rows.map((row) => row.split(',')[3])).toEqual(['5', '-', '-', undefined])
  expect(rows[2]).toContain('3 points are not decided yet')
})

it('counts a decision of a teacher as a change', () => {
  const decided = line('eva', { a: 'pass' })
  const [criterion] = decided.criteria
  const lines = [{ ...decided, criteria: [{ ...criterion, override: { createdAt: '2026-11-22T11:30:00Z' } }] }] as unknown as ResultLine[]
  const at = (time: string) => selectLines(lines, { ...resultsQuery.parse({}), since: '1' }, Date.parse(time)).length
  expect([at('2026-11-22T12:00:00Z'), at('2026-11-22T13:00:00Z')]).toEqual([1, 0])
})
