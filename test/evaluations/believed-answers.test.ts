import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadPlatforms, openConsoleOver } from '../../src/clients/console/index.ts'
import { type EvaluationEvent, explain, readExercise } from '../../src/evaluation/index.ts'
import { runEvaluation } from '../../src/evaluations/index.ts'
import { createFakeIos, type FakeIosOptions } from '../clients/console/fake-ios.ts'
import { consoleOptions } from '../clients/console/fake-transport.ts'
import { createIdleClock } from '../clients/console/idle-clock.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)))
const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const configuration = (...lines: readonly string[]): string =>
  ['Building configuration...', '!', 'version 15.2', 'hostname R1', ...lines, 'end', ''].join('\r\n')
const route = [
  'Routing entry for 10.0.2.0/24',
  '  Known via "static", distance 1, metric 0',
  '  Routing Descriptor Blocks:',
  '  * 10.0.12.2',
  '      Route metric is 0, traffic share count is 1',
  '',
].join('\r\n')

const reading = readExercise(`netpraxis: 1
title: A static route
devices: { R1: { platform: cisco_ios }, R2: { platform: cisco_ios } }
criteria:
  - { id: r1, title: R1 has it, module: route, device: R1, params: { prefix: 10.0.2.0/24, via: [ 10.0.12.2 ] }, points: 1, within: 0 }
  - { id: r2, title: R2 has it, module: route, device: R2, params: { prefix: 10.0.2.0/24, via: [ 10.0.12.2 ] }, points: 1, within: 0, requires: [ r1 ] }
`)

async function evaluateWith(capture: boolean, r1: readonly string[], more: FakeIosOptions['answers'] = {}) {
  const { exercise } = reading
  if (exercise === undefined) throw new Error(JSON.stringify(reading.problems))
  const clock = createIdleClock()
  const events: EvaluationEvent[] = []
  const run = await runEvaluation({
    exercise,
    access: { consoleOf: async () => ({ kind: 'telnet', host: '127.0.0.1', port: 1 }), readLab: async () => null },
    platforms,
    secrets: new Map(),
    clock,
    signal: new AbortController().signal,
    log: silentLog,
    budgetMs: 600_000,
    capture,
    credentialsProven: false,
    onEvent: (event) => events.push(event),
    open: ({ device }) => {
      const answers = {
        'show running-config': configuration(...(device === 'R1' ? r1 : [])),
        'show privilege': 'Current privilege level is 15\r\n',
        'show ip route 10.0.2.0 255.255.255.0': route,
        ...(device === 'R1' ? more : {}),
      }
      return openConsoleOver(createFakeIos({ answers }).device.transport, consoleOptions('cisco_ios', { device, clock }))
    },
  })
  const outcome = run.result.criteria.map(({ id, verdict, reason, points }) => [id, verdict, reason.code, points])
  return { run, events, outcome }
}

/** As on the command line, and as for a submission. */
describe.each([false, true])('a run whose configurations are captured whole: %s', (capture) => {
  it('believes routers that answer for themselves', async () => {
    const { run, outcome } = await evaluateWith(capture, ['alias exec sib show ip interface brief'])
    expect(run.integrity).toEqual([])
    expect(outcome).toEqual([
      ['r1', 'pass', 'ROUTE_PRESENT', 1],
      ['r2', 'pass', 'ROUTE_PRESENT', 1],
    ])
  })

  it.each([
    ['an alias', ['alias exec show more flash:answers.txt'], {}],
    ['an applet', ['event manager applet lie', ' event cli pattern "show ip route" sync yes'], {}],
    ['a menu at the console', ['line con 0', ' autocommand menu exam'], {}],
    ['less than all of it', [], { 'show privilege': 'Current privilege level is 7\r\n' }],
  ])('gives no pass to a router with %s, and what rests on it is still asked', async (_what, lines, more) => {
    const { run, events, outcome } = await evaluateWith(capture, lines, more)
    expect(run.integrity.map(({ code, data }) => [code, data.device])).toEqual([['ANSWERS_OVERRIDDEN', 'R1']])
    expect(outcome).toEqual([
      ['r1', 'inconclusive', 'ANSWERS_OVERRIDDEN', 0],
      ['r2', 'pass', 'ROUTE_PRESENT', 1],
    ])
    expect(run.result).toMatchObject({ points: 1, undecidedPoints: 1 })
    expect(events.flatMap((event) => (event.type === 'verdict' ? [event.verdict] : []))).toEqual(['inconclusive', 'pass'])
    const [first] = run.result.criteria
    expect(first && explain(first).why).toContain('so a teacher decides')
  })
})
