import { describe, expect, it } from 'vitest'
import {
  areResultsWithheld,
  attemptsAt,
  phaseAt,
  ruleProblems,
  rulesOfFile,
  rulesWith,
  withoutRules,
  withRules,
} from '../../src/exercises/exercise-rules.ts'
import { exerciseRules } from '../../src/exercises/exercises.schemas.ts'
import { readRuleFields, ruleValues } from '../../src/exercises/rules-form.ts'
import { exerciseFrom, exerciseText } from '../support/given.ts'

const rules = (values: object) => exerciseRules.parse(values)
const at = (minute: number) => new Date(Date.UTC(2026, 8, 1, 8, minute)).toISOString()

describe('when an exercise is open', () => {
  const times = { opensAt: at(10), closesAt: at(20) }
  it.each([
    [9, 'before'],
    [10, 'open'],
    [20, 'open'],
    [21, 'closed'],
  ] as const)('at minute %i it is %s: opening and closing time are in time', (minute, phase) => {
    expect(phaseAt(times, at(minute))).toBe(phase)
  })

  it('moves with the extra time of one student, who gets more attempts too', () => {
    const own = rulesWith(rules({ dueAt: at(15), closesAt: at(20), opensAt: at(10), attempts: 2 }), { extraMinutes: 5, extraAttempts: 1 })
    expect(own).toMatchObject({ opensAt: at(10), dueAt: at(20), closesAt: at(25), attempts: 3 })
  })

  it('gives no end and no limit to whom the exercise gives none', () => {
    expect(rulesWith(rules({}), { extraMinutes: 5, extraAttempts: 1 })).toMatchObject({ dueAt: null, closesAt: null, attempts: null })
  })

  it.each([
    [{ opensAt: at(10), dueAt: at(9) }, ['dueAt']],
    [{ opensAt: at(10), closesAt: at(9) }, ['closesAt']],
    [{ dueAt: at(10), closesAt: at(9) }, ['closesAt']],
    [{ refillMinutes: 5 }, ['refillMinutes']],
    [{ opensAt: at(9), dueAt: at(10), closesAt: at(10), attempts: 1, refillMinutes: 5 }, []],
  ])('refuses rules that contradict each other: %j', (values, fields) => {
    expect(ruleProblems(rules(values)).map(({ field }) => field)).toEqual(fields)
  })
})

describe('attempts', () => {
  const bucket = { attempts: 2, refillMinutes: 30 }
  it('are unlimited without a number, and used up without a refill', () => {
    expect(attemptsAt(rules({}), [at(0)], at(1))).toEqual({ used: 1, limit: null, left: null, nextAt: null })
    expect(attemptsAt(rules({ attempts: 2 }), [at(0), at(1), at(2)], at(59))).toEqual({ used: 3, limit: 2, left: 0, nextAt: null })
  })

  it.each([
    [[], 0, 2, null],
    [[0], 1, 1, 30],
    [[0, 10], 11, 0, 30],
    [[0, 10], 30, 1, 60],
    [[0, 10], 60, 2, null],
    // it counts from when the bucket was full last, not from the last submission
    [[0, 10, 31], 32, 0, 60],
    // a long pause fills it no further than full
    [[0, 200], 201, 1, 230],
  ])('come back one by one: used at %j, at minute %i there are %i left', (used, now, left, nextAt) => {
    expect(
      attemptsAt(
        bucket,
        used.map((minute) => at(minute)),
        at(now),
      ),
    ).toMatchObject({ left, nextAt: nextAt === null ? null : at(nextAt) })
  })

  it('are counted the same whatever order they are listed in', () => {
    expect(attemptsAt(bucket, [at(10), at(0)], at(11))).toEqual(attemptsAt(bucket, [at(0), at(10)], at(11)))
  })
})

describe('results', () => {
  it.each([
    [{}, false],
    [{ results: 'withheld' }, true],
    [{ results: 'withheld', resultsReleasedAt: at(0) }, false],
  ])('with %j are withheld: %s', (values, isWithheld) => {
    expect(areResultsWithheld(rules(values))).toBe(isWithheld)
  })
})

describe('the rules in an exercise file', () => {
  const stated = exerciseFrom(
    `${exerciseText}\nattempts: 3\nrefill: 30\nopens: 2026-03-27T18:00\ndue: 2026-03-29T18:00\ncloses: "2026-03-30T18:00+02:00"\nresults: withheld\n`,
  )

  it('are read in the time zone of the course, on both sides of the change of clocks', () => {
    expect(rulesOfFile(stated, 'Europe/Lisbon')).toEqual({
      attempts: 3,
      refillMinutes: 30,
      opensAt: '2026-03-27T18:00:00.000Z',
      dueAt: '2026-03-29T17:00:00.000Z',
      closesAt: '2026-03-30T16:00:00.000Z',
      results: 'withheld',
    })
  })

  it('are left out where the file does not mention them', () => {
    expect(rulesOfFile(exerciseFrom(exerciseText), 'UTC')).toEqual({})
  })

  it('are no part of the revision, and come back in the file as they are now', () => {
    const definition = withoutRules(stated)
    expect(definition).toEqual(exerciseFrom(exerciseText))
    const file = withRules(definition, rules({ attempts: 5, closesAt: '2026-07-01T17:00:00.000Z' }), 'Europe/Lisbon')
    expect(file).toMatchObject({ attempts: 5, closes: '2026-07-01T18:00' })
    expect(file).not.toHaveProperty('due')
    expect(file).not.toHaveProperty('results')
  })

  it.each(['soon', '2026-13-40T99:00', '2026-12-04'])('do not take %s for a time', (text) => {
    expect(() => exerciseFrom(`${exerciseText}\ndue: "${text}"\n`)).toThrow(/exerciseProblems.time/)
  })
})

describe('the rules in a form', () => {
  it('are shown as they were typed', () => {
    const typed = {
      opensAt: '2026-12-04T09:00',
      dueAt: '',
      closesAt: '2026-12-04T11:00',
      attempts: '3',
      refillMinutes: '',
      prewarmMinutes: '20',
      keepLabsDays: '',
      results: 'withheld',
    }
    const { changes } = readRuleFields(typed, 'Europe/Lisbon')
    expect(ruleValues(rules({ ...changes }), 'Europe/Lisbon')).toEqual(typed)
  })

  it('that are not in the form are left as they are', () => {
    expect(readRuleFields({ attempts: '' }, 'UTC').changes).toEqual({ attempts: null })
  })

  it.each([
    [{ attempts: '0' }, 'attempts'],
    [{ attempts: 'three' }, 'attempts'],
    [{ refillMinutes: '1.5' }, 'refillMinutes'],
    [{ closesAt: 'tomorrow' }, 'closesAt'],
    [{ results: 'never' }, 'results'],
  ])('are refused beside their input: %j', (typed, field) => {
    expect(readRuleFields(typed, 'UTC').problems?.map((problem) => problem.field)).toEqual([field])
  })
})
