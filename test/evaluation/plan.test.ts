import { describe, expect, it } from 'vitest'
import { type PlannedCriterion, planCriteria, waitsFor } from '../../src/evaluation/plan.ts'
import { createRandom } from '../../src/sandbox/proxmox/random.ts'
import { makeExercise } from './fake-lab.ts'

/** A plan of pings, of which some are said to change the lab. */
function makePlan(requires: Readonly<Record<string, readonly string[]>>, mutating: readonly string[]): PlannedCriterion[] {
  const plan = planCriteria(makeExercise(Object.entries(requires).map(([id, ids]) => ({ id, requires: ids }))))
  return plan.map((one) => ({ ...one, module: { ...one.module, mutates: mutating.includes(one.criterion.id) } }))
}

const idsBefore = (plan: readonly PlannedCriterion[], id: string): string[] =>
  plan.flatMap((one) => (one.criterion.id === id ? waitsFor(plan, one).map(({ criterion }) => criterion.id) : []))

describe('a criterion that changes the lab', () => {
  it('waits for all that do not wait for it', () => {
    const plan = makePlan({ a: [], change: [], b: [], after: ['change'] }, ['change'])
    expect(idsBefore(plan, 'change')).toEqual(['a', 'b'])
    expect(idsBefore(plan, 'after')).toEqual(['change'])
  })

  it('waits for the one before it, also where that one requires it in the file', () => {
    expect(idsBefore(makePlan({ one: [], two: [] }, ['one', 'two']), 'two')).toEqual(['one'])
    const turned = makePlan({ one: ['two'], two: [] }, ['one', 'two'])
    expect([idsBefore(turned, 'one'), idsBefore(turned, 'two')]).toEqual([['two'], []])
  })

  it('does not wait for what rests on a later change', () => {
    const plan = makePlan({ first: [], rests: ['second'], second: [] }, ['first', 'second'])
    expect(idsBefore(plan, 'first')).toEqual([])
    expect(idsBefore(plan, 'rests')).toEqual(['second'])
    expect(idsBefore(plan, 'second')).toEqual(['first'])
  })

  it.each(Array.from({ length: 200 }, (_, seed) => seed))('never waits in a circle, and never for nobody (seed %i)', (seed) => {
    const random = createRandom(seed)
    const ids = Array.from({ length: 8 }, (_, index) => `c${index}`)
    // a requires only what comes later in a shuffled order: no circle in the file itself
    const shuffled = [...ids].sort(() => random() - 0.5)
    const requires = Object.fromEntries(ids.map((id) => [id, shuffled.slice(shuffled.indexOf(id) + 1).filter(() => random() < 0.25)]))
    const mutating = ids.filter(() => random() < 0.4)
    const plan = makePlan(requires, mutating)
    const done = new Set<PlannedCriterion>()
    for (let step = 0; step < ids.length; step += 1) {
      for (const one of plan) if (waitsFor(plan, one).every((before) => done.has(before))) done.add(one)
    }
    expect(done.size).toBe(ids.length)
    const changes = plan.filter(({ module }) => module.mutates)
    for (const [index, one] of changes.entries()) {
      for (const other of changes.slice(index + 1)) {
        expect(waitsFor(plan, one).includes(other) || waitsFor(plan, other).includes(one)).toBe(true)
      }
    }
  })
})
