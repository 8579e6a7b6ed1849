import { expect, it } from 'vitest'
import { runSoak } from '../soak/soak.ts'

const runs = 40

it('forty random classes on a Proxmox that misbehaves, by an application that dies, leave nothing behind and lose nobody', async () => {
  const report = await runSoak({ runs, firstSeed: 1, lanes: 4, speed: 20, say: () => undefined })
  expect(report.problems).toEqual([])
  expect(report.runs).toBe(runs)
  // how often each kind struck is counted over the 2,000 of `npm run soak`
  expect(report.killed.thread).toBeGreaterThan(0)
  expect(report.killed.process).toBeGreaterThan(0)
}, 900_000)
