import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CapturedConfiguration, checkIntegrity, distrust, findOverrides, readExercise } from '../../src/evaluation/index.ts'
import { platforms } from '../../src/evaluation/platforms/index.ts'
import { listFixtures } from './console-fixture.ts'
import { makeLab } from './fake-lab.ts'

const folder = new URL('../fixtures/overrides/', import.meta.url)
const file = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const ids = readdirSync(folder).flatMap((name) => (name.endsWith('.txt') ? [name.replace('.txt', '')] : []))

/** R1 is asked for something by a command of the exercise's own. */
function exerciseOf(platform: string) {
  const { exercise, problems } = readExercise(`netpraxis: 1
title: A device
devices: { R1: { platform: ${platform} } }
criteria:
  - { id: own, title: Verified, module: command, device: R1, params: { command: verify all, regex: x }, points: 1 }
`)
  if (exercise === undefined) throw new Error(JSON.stringify(problems))
  return exercise
}

const captured = (platform: string, text: string): CapturedConfiguration => ({
  ...{ device: 'R1', platform, kind: 'running', source: 'show running-config' },
  observation: {
    ...{ seq: 1, device: 'R1', command: 'show running-config', startedAt: '2026-01-01T00:00:00.000Z', tookMs: 1, ended: 'prompt' },
    ...{ raw: Buffer.from(text), text },
  },
})

const linesOf = (platform: string, text: string): unknown[] =>
  findOverrides(exerciseOf(platform), [captured(platform, text)]).map(({ data }) => data.line)

describe('a configuration that can answer in the place of its device', () => {
  it('is known on every platform whose configuration can', () => {
    expect(platforms.flatMap(({ id, overrides }) => (overrides === undefined ? [] : [id])).sort()).toEqual(ids)
  })

  it.each(ids)('is flagged line by line, and what touches no command of ours is not: %s', (platform) => {
    expect(linesOf(platform, file(`${platform}.txt`))).toEqual(JSON.parse(file(`${platform}.json`)))
  })

  it.each([
    ['a level below 15', 'Current privilege level is 7', ['Current privilege level is 7']],
    ['a view', "Currently in View Context with view 'exam'", ["Currently in View Context with view 'exam'"]],
    ['level 15', 'Current privilege level is 15', []],
  ])('is one that shows less than all of it: %s', (_what, text, lines) => {
    expect(linesOf('cisco_ios', `${text}\n`)).toEqual(lines)
  })

  it('is none of those that devices were seen to have', () => {
    const seen = listFixtures().filter(({ module, platform }) => module === 'configuration' && ids.includes(platform))
    expect(seen.length).toBeGreaterThan(10)
    for (const { platform, name, answers } of seen)
      for (const { text } of answers) expect([name, linesOf(platform, text)]).toEqual([name, []])
  })
})

describe('a pass', () => {
  const found = findOverrides(exerciseOf('cisco_ios'), [captured('cisco_ios', 'alias exec show more flash:answers.txt\n')])
  const lab = makeLab({ PC1: 'started' })

  it('proves nothing when a device that was asked for it may answer as it likes', () => {
    expect(distrust({ verdict: 'pass', devices: ['PC1', 'R1'] }, found)).toEqual({
      verdict: 'inconclusive',
      reason: { code: 'ANSWERS_OVERRIDDEN', cause: 'lab', data: { device: 'R1', line: 'alias exec show more flash:answers.txt' } },
    })
  })

  it('stands when that device was not asked for it, and so does a fail', () => {
    expect(distrust({ verdict: 'pass', devices: ['PC1'] }, found)).toBeUndefined()
    expect(distrust({ verdict: 'fail', devices: ['R1'] }, found)).toBeUndefined()
  })

  it('proves nothing, whoever was asked, in a lab that is not the one handed out', () => {
    const changes = checkIntegrity({ projectId: lab.projectId, devices: [], links: [] }, lab, 'fixed')
    expect(distrust({ verdict: 'pass', devices: ['PC9'] }, [...found, ...changes])?.reason.code).toBe('LAB_CHANGED')
  })
})
