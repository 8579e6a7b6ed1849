import { expect, it } from 'vitest'
import { runSoak, tooRare } from '../soak/soak.ts'

/** The long run is `npm run soak`; these are the first of its classes. */
const runs = 40

it('forty classes end with every VM and every disk accounted for, whatever fails and wherever the application dies', async () => {
  const report = await runSoak({ runs, firstSeed: 1, lanes: 3, speed: 20, say: (line) => console.log(line) })
  expect(report.problems).toEqual([])
  expect(report.runs).toBe(runs)
  // every kind of fault took its turn several times; some points of death need more than forty classes
  expect(tooRare(report, { fault: 1, death: 0 })).toEqual([])
  expect(report.killed.thread).toBeGreaterThan(0)
  expect(report.killed.process).toBeGreaterThan(0)
}, 600_000)
