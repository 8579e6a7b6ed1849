import { describe, expect, it } from 'vitest'
import { type BoardFacts, boardEntry, sortByNeed, stuckAfterMs } from '../../src/classroom/board.ts'
import type { ResultLine } from '../../src/submissions/index.ts'

const start = Date.UTC(2026, 10, 22, 10)
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString()

const line = (name: string, verdicts: readonly string[] = []) =>
  ({
    ...{ name, attempts: verdicts.length > 0 ? 1 : 0, submission: null },
    criteria: verdicts.map((verdict) => ({ verdict })),
  }) as unknown as ResultLine
const lab = (values: object) =>
  ({ state: 'ready', startedAt: at(0), readyAt: at(2), errorCode: null, errorDetails: null, ...values }) as unknown as BoardFacts['lab']
const hand = (minutes: number) => ({ createdAt: at(minutes) }) as unknown as BoardFacts['help']
const facts = (values: Partial<BoardFacts> & { minutes?: number }): BoardFacts => {
  const { minutes = 10, ...rest } = values
  return { lastSubmittedAt: null, lab: null, help: undefined, nowMs: start + minutes * 60_000, ...rest }
}

describe('the light of a student', () => {
  it.each<[string, ResultLine, Partial<BoardFacts>]>([
    ['absent', line('a'), {}],
    ['absent', line('a'), { lab: lab({ state: 'stopped', startedAt: null, readyAt: null }) }],
    ['none', line('a'), { lab: lab({}) }],
    ['none', line('a', ['fail', 'inconclusive']), {}],
    ['some', line('a', ['fail', 'pass']), {}],
    ['all', line('a', ['pass', 'pass']), {}],
  ])('is %s as it must be', (light, of, values) => {
    expect(boardEntry(of, facts(values)).light).toBe(light)
  })
})

describe('being stuck', () => {
  it('begins after half an hour without a change in a lab that is ready', () => {
    const minutes = 2 + stuckAfterMs / 60_000
    expect(boardEntry(line('a'), facts({ lab: lab({}), minutes })).isStuck).toBe(false)
    expect(boardEntry(line('a'), facts({ lab: lab({}), minutes: minutes + 1 })).isStuck).toBe(true)
  })

  it.each([
    ['submitted a moment ago', facts({ lab: lab({}), minutes: 90, lastSubmittedAt: at(80) }), line('a', ['fail'])],
    ['has passed everything', facts({ lab: lab({}), minutes: 90 }), line('a', ['pass'])],
    ['has stopped the lab', facts({ lab: lab({ state: 'stopped' }), minutes: 90 }), line('a')],
  ])('is not said of who %s', (_what, values, of) => {
    expect(boardEntry(of, values).isStuck).toBe(false)
  })
})

it('shows who needs somebody first: hands by waiting time, failed labs, the stuck, then work, the done and the absent', () => {
  const entries = [
    boardEntry(line('absent'), facts({})),
    boardEntry(line('done', ['pass']), facts({ lastSubmittedAt: at(1) })),
    boardEntry(line('working', ['fail']), facts({ lastSubmittedAt: at(5) })),
    boardEntry(line('stuck'), facts({ lab: lab({}), minutes: 60 })),
    boardEntry(line('broken'), facts({ lab: lab({ state: 'failed', errorCode: 'LAB_ADDRESS_MISSING' }) })),
    boardEntry(line('second hand'), facts({ help: hand(4) })),
    boardEntry(line('first hand'), facts({ help: hand(3) })),
  ]
  expect(sortByNeed(entries).map((entry) => entry.line.name)).toEqual([
    ...['first hand', 'second hand', 'broken', 'stuck', 'working', 'done', 'absent'],
  ])
})
