import { expect, it } from 'vitest'
import type { ResultLine } from '../../src/submissions/results.ts'
import { type WalkOrder, walkStep } from '../../src/submissions/walk.ts'

const lines = Array.from({ length: 12 }, (_, index) => ({
  userId: `user-${index}`,
  submission: { id: `s${index}` },
  criteria: index === 5 ? [] : [{ result: { criterionId: 'a' } }, { result: { criterionId: 'b' } }],
})) as unknown as readonly ResultLine[]

/** Everybody met on the way from the first to the last. */
function wayOf(criterionId: string, order: WalkOrder): string[] {
  const step = (line: ResultLine) => walkStep(lines, { userId: line.userId, criterionId, order })
  const idOf = (href: string | null) => /submissions\/(\w+)/.exec(href ?? '')?.[1]
  let line = lines.find((one) => one.criteria.length > 0 && step(one).previousHref === null)
  const way: string[] = []
  while (line?.submission) {
    way.push(line.submission.id)
    const next: string | undefined = idOf(step(line).nextHref)
    line = lines.find((one) => one.submission?.id === next)
  }
  return way
}

it('goes by name, past who has no result at this check', () => {
  expect(wayOf('a', 'name')).toEqual(['s0', 's1', 's2', 's3', 's4', 's6', 's7', 's8', 's9', 's10', 's11'])
})

it('goes mixed through everybody once, always the same way, another for another check', () => {
  const way = wayOf('a', 'mixed')
  expect([...way].sort()).toEqual(wayOf('a', 'name').sort())
  expect(wayOf('a', 'mixed')).toEqual(way)
  expect(way).not.toEqual(wayOf('a', 'name'))
  expect(wayOf('b', 'mixed')).not.toEqual(way)
})

it('leads nowhere from who is not in it', () => {
  expect(walkStep(lines, { userId: 'user-5', criterionId: 'a', order: 'name' })).toEqual({ previousHref: null, nextHref: null })
})
