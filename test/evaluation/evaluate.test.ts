import { describe, expect, it } from 'vitest'
import {
  CannotAsk,
  type CriterionResult,
  type EvaluateOptions,
  type EvaluationEvent,
  type Exercise,
  evaluate,
  readExerciseModel,
} from '../../src/evaluation/index.ts'
import { type Answerer, createFakeAsk, makeExercise, makeLab, showIp, vpcsPing } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

const lossy: Answerer = (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 0))
const perfect: Answerer = (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 20))

async function run(exercise: Exercise, answer: Answerer, options: Partial<EvaluateOptions> = {}) {
  const clock = options.clock ?? createVirtualClock()
  const ask = createFakeAsk(clock, answer)
  const signal = options.signal ?? new AbortController().signal
  const result = await evaluate({ exercise, ask, readLab: async () => null, budgetMs: 3_600_000, ...options, clock, signal })
  const by = (id: string): CriterionResult => {
    const found = result.criteria.find((one) => one.id === id)
    if (found === undefined) throw new Error(`no result ${id}`)
    return found
  }
  return { result, by, asked: ask.log, clock }
}

describe('a positive criterion', () => {
  it('passes at the first round that does, and says after how long', async () => {
    const exercise = makeExercise([{ id: 'a', within: 20, params: { to: '10.0.0.2', warmup: 0 } }])
    const { by } = await run(exercise, (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth < 3 ? 0 : 5)))
    expect(by('a')).toMatchObject({ verdict: 'pass', attempts: 3, points: 1 })
    // two rounds of ping and show ip, a pause after each, and the ping that passed with the address that makes it count
    expect(by('a').passedAfterMs).toBe(100 + 100 + 250 + (100 + 100 + 500) + 100 + 100)
    expect(by('a').evidence.map(({ command }) => command.split(' ')[0])).toEqual(['ping', 'show', 'ping', 'show', 'ping', 'show'])
  })

  it('fails at the end of its window, not before', async () => {
    const { by, clock } = await run(makeExercise([{ id: 'a', within: 20 }]), lossy)
    expect(by('a')).toMatchObject({ verdict: 'fail', points: 0, passedAfterMs: null, reason: { code: 'PING_LOST', class: 'unreachable' } })
    expect(clock.now()).toBeGreaterThanOrEqual(20_000)
    expect(clock.now()).toBeLessThan(21_000)
  })

  it('is asked once when its window is 0', async () => {
    const { by } = await run(makeExercise([{ id: 'a', within: 0 }]), lossy)
    expect(by('a').attempts).toBe(1)
  })

  it('forgives probes lost to ARP when the next ping is clean', async () => {
    const exercise = makeExercise([{ id: 'a', within: 0, params: { to: '10.0.0.2', maxDrop: 0 } }])
    const { by } = await run(exercise, (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth === 1 ? 3 : 5)))
    expect(by('a').verdict).toBe('pass')
    expect(by('a').evidence.map(({ command }) => command.split(' ')[0])).toEqual(['ping', 'show', 'ping'])
  })
})

describe('a negative criterion', () => {
  const negative = (params: object = {}) =>
    makeExercise([{ id: 'a', within: 20, params: { to: '10.0.0.2', expect: 'failure', ...params } }])

  it('passes only after a whole window of silence', async () => {
    const { by, clock } = await run(negative(), lossy)
    expect(by('a')).toMatchObject({ verdict: 'pass', reason: { code: 'PING_SILENT' } })
    expect(by('a').attempts).toBeGreaterThan(5)
    expect(clock.now()).toBeGreaterThanOrEqual(20_000)
  })

  it('fails at the first reply of the window, a single one', async () => {
    const { by, clock } = await run(negative(), (_device, command, nth) =>
      command === 'show ip' ? showIp() : vpcsPing(command, nth === 4 ? 1 : 0),
    )
    expect(by('a')).toMatchObject({ verdict: 'fail', attempts: 4, reason: { code: 'PING_REACHED', data: { received: 1 } } })
    expect(clock.now()).toBeLessThan(10_000)
  })

  it('asks nobody but the prober when no control is declared', async () => {
    const { asked } = await run(negative(), lossy)
    expect(new Set(asked)).toEqual(new Set(['PC1: ping 10.0.0.2 -c 5 -i 100 -w 1000']))
  })

  it('is undecided by the lab when the control does not answer either', async () => {
    const { by, asked } = await run(negative({ control: '10.0.0.3' }), lossy)
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'PING_CONTROL_SILENT', cause: 'lab' } })
    expect(asked.some((line) => line.includes('10.0.0.3'))).toBe(true)
  })

  it('passes when the control answers in every round', async () => {
    const { by } = await run(negative({ control: '10.0.0.3' }), (_device, command) =>
      command === 'show ip' ? showIp() : vpcsPing(command, command.includes('10.0.0.3') ? 5 : 0),
    )
    expect(by('a').verdict).toBe('pass')
  })

  it('is undecided, not passed, when one round could not be read', async () => {
    const { by } = await run(negative(), (_device, command, nth) => (nth === 2 || nth === 5 ? 'garbage' : vpcsPing(command, 0)))
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'PING_UNREADABLE', cause: 'infrastructure' } })
  })

  it('is undecided when the prober has the forbidden address itself', async () => {
    const { by } = await run(negative({ to: '10.0.0.1' }), (_device, command) =>
      command === 'show ip' ? showIp() : Array.from({ length: 5 }, (_, n) => `10.0.0.1 icmp_seq=${n + 1} ttl=64 time=0.001 ms`).join('\n'),
    )
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'PING_OWN_ADDRESS', cause: 'lab' } })
  })
})

describe('a device that is off', () => {
  const exercise = makeExercise([
    { id: 'must', within: 20 },
    { id: 'must-not', within: 20, params: { to: '10.0.0.9', expect: 'failure' } },
    { id: 'other', device: 'PC2', within: 0 },
  ])

  it('fails what should work, skips what must not, and is never asked', async () => {
    const lab = makeLab({ PC1: 'stopped', PC2: 'started' })
    const { by, asked, clock } = await run(exercise, perfect, { readLab: async () => lab })
    expect(by('must')).toMatchObject({ verdict: 'fail', reason: { code: 'DEVICE_STOPPED', class: 'device-off' } })
    expect(by('must-not')).toMatchObject({ verdict: 'skipped', reason: { code: 'DEVICE_STOPPED_NEGATIVE', data: { off: 'PC1' } } })
    expect(by('other').verdict).toBe('pass')
    expect(asked.every((line) => line.startsWith('PC2'))).toBe(true)
    expect(clock.now()).toBeLessThan(1_000)
  })

  it('skips a negative check whose named target is off', async () => {
    const named = makeExercise([{ id: 'a', params: { to: 'PC2', expect: 'failure' } }])
    const { by } = await run(named, lossy, { readLab: async () => makeLab({ PC1: 'started', PC2: 'stopped' }) })
    expect(by('a')).toMatchObject({ verdict: 'skipped', reason: { data: { off: 'PC2' } } })
  })

  it('names the device that is off, also when it is the target', async () => {
    const named = makeExercise([{ id: 'a', params: { to: 'PC2' } }])
    const { by } = await run(named, lossy, { readLab: async () => makeLab({ PC1: 'started', PC2: 'stopped' }) })
    expect(by('a')).toMatchObject({ verdict: 'fail', reason: { code: 'DEVICE_STOPPED', data: { device: 'PC2' } } })
  })

  it('is undecided by the lab when the device is gone', async () => {
    const { by } = await run(exercise, perfect, { readLab: async () => makeLab({ PC2: 'started' }) })
    expect(by('must')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'DEVICE_MISSING', cause: 'lab' } })
  })
})

describe('what cannot be asked', () => {
  const one = makeExercise([{ id: 'a', within: 0 }])
  const failing = (blame: 'infrastructure' | 'exercise' | 'lab') => new CannotAsk('CONSOLE_SILENT', blame, { device: 'PC1' })

  it('is tried again once when the cause is ours', async () => {
    const { by, asked } = await run(one, () => failing('infrastructure'))
    expect(by('a')).toMatchObject({
      verdict: 'inconclusive',
      attempts: 2,
      points: 0,
      reason: { code: 'CONSOLE_SILENT', cause: 'infrastructure' },
    })
    expect(asked).toHaveLength(2)
  })

  it('passes when the second try works', async () => {
    const { by } = await run(one, (device, command, nth) =>
      nth === 1 && command !== 'show ip' ? failing('infrastructure') : perfect(device, command, nth),
    )
    expect(by('a')).toMatchObject({ verdict: 'pass', attempts: 2 })
  })

  it.each(['exercise', 'lab'] as const)('is not tried again when the cause is %s, whatever the window', async (blame) => {
    const { by, asked } = await run(makeExercise([{ id: 'a', within: 60 }]), () => failing(blame))
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { cause: blame } })
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['timeout', 'ANSWER_TIMEOUT', 'infrastructure'],
    ['closed', 'CONSOLE_CLOSED', 'infrastructure'],
    ['cut', 'CONSOLE_FLOODED', 'lab'],
  ] as const)('is undecided, not failed, when the answer ends by %s', async (ended, code, cause) => {
    const { by } = await run(one, (_device, command) => ({ text: vpcsPing(command, 5), ended }))
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code, cause } })
  })

  it('turns a fault of ours into inconclusive and reports it', async () => {
    const faults: unknown[] = []
    const { by } = await run(one, () => new TypeError('a bug'), { onFault: (error) => faults.push(error) })
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'INTERNAL_ERROR', cause: 'infrastructure' } })
    expect(faults).toHaveLength(2)
  })

  it('is undecided when GNS3 does not say what runs', async () => {
    const { by } = await run(one, perfect, {
      readLab: async () => {
        throw new Error('GNS3 is gone')
      },
    })
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'LAB_STATE_UNREADABLE' } })
  })
})

describe('requirements', () => {
  const chain = makeExercise([
    { id: 'first', within: 0 },
    { id: 'second', device: 'PC2', requires: ['first'], within: 0 },
    { id: 'third', requires: ['second'], within: 0 },
  ])

  it('skips what rests on something that did not pass, without asking', async () => {
    const { by, asked, result } = await run(chain, lossy)
    expect([by('first').verdict, by('second').verdict, by('third').verdict]).toEqual(['fail', 'skipped', 'skipped'])
    expect(by('second').reason).toEqual({ code: 'REQUIREMENT_NOT_MET', data: { id: 'first', title: 'first' } })
    expect(asked.some((line) => line.startsWith('PC2'))).toBe(false)
    expect(result).toMatchObject({ points: 0, maxPoints: 3, undecidedPoints: 2, counts: { pass: 0, fail: 1, inconclusive: 0, skipped: 2 } })
  })

  it('runs what the selected ones require, and says that it was not selected', async () => {
    const { result } = await run(chain, perfect, { only: ['second'] })
    expect(result.criteria.map(({ id, selected, verdict }) => [id, selected, verdict])).toEqual([
      ['first', false, 'pass'],
      ['second', true, 'pass'],
    ])
  })
})

describe('several devices', () => {
  it('asks devices in parallel and one device in the order of the file', async () => {
    const exercise = makeExercise([
      { id: 'a', within: 0 },
      { id: 'b', within: 0, params: { to: '10.0.0.3' } },
      { id: 'c', device: 'PC2', within: 0 },
      { id: 'd', device: 'PC2', within: 0, params: { to: '10.0.0.3' } },
    ])
    const { asked, clock, result } = await run(exercise, perfect)
    expect(asked.filter((line) => line.startsWith('PC1'))).toEqual([
      'PC1: ping 10.0.0.2 -c 5 -i 100 -w 1000',
      'PC1: show ip',
      'PC1: ping 10.0.0.3 -c 5 -i 100 -w 1000',
    ])
    expect(clock.now()).toBe(300)
    expect(result.criteria.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets the windows of failing criteria run side by side on one device', async () => {
    const exercise = makeExercise(['a', 'b', 'c'].map((id) => ({ id, within: 20 })))
    const { clock } = await run(exercise, lossy)
    expect(clock.now()).toBeLessThan(25_000)
  })

  it('resolves a device named as the target by asking that device', async () => {
    const exercise = makeExercise([{ id: 'a', within: 0, params: { to: 'PC2' } }])
    const { by, asked } = await run(exercise, (_device, command) => (command === 'show ip' ? showIp('10.0.0.77/24') : vpcsPing(command, 5)))
    expect(by('a').verdict).toBe('pass')
    expect(asked).toEqual(['PC2: show ip', 'PC1: ping 10.0.0.77 -c 5 -i 100 -w 1000', 'PC1: show ip'])
  })
})

describe('replies to a PC without an address, as a target gives them that has just started', () => {
  /** As seen on genuine servers: the first ping gets replies, later ones none. */
  const settling: Answerer = (_device, command, nth) =>
    command === 'show ip' ? showIp('0.0.0.0/0', '0.0.0.0') : vpcsPing(command, nth === 1 ? 5 : 0)

  it.each([0, 5])('do not count within %i s', async (within) => {
    const { by } = await run(makeExercise([{ id: 'a', within }]), settling)
    expect(by('a')).toMatchObject({ verdict: 'fail', reason: { code: 'PING_NO_ADDRESS', class: 'absent' } })
  })

  it('prove nothing for a negative check, which begins its window anew', async () => {
    const { by } = await run(makeExercise([{ id: 'a', within: 10, params: { to: '10.0.0.2', expect: 'failure' } }]), settling)
    expect(by('a')).toMatchObject({ verdict: 'pass', reason: { code: 'PING_SILENT' } })
  })

  it('count once the PC has its address', async () => {
    const late: Answerer = (_device, command, nth) =>
      command === 'show ip' ? showIp(nth === 1 ? '0.0.0.0/0' : '10.0.0.1/24') : vpcsPing(command, 5)
    const { by } = await run(makeExercise([{ id: 'a', within: 20 }]), late)
    expect(by('a')).toMatchObject({ verdict: 'pass', attempts: 2 })
  })

  it('are undecided, not counted, when the PC does not show its address', async () => {
    const { by } = await run(makeExercise([{ id: 'a', within: 0 }]), (_device, command) =>
      command === 'show ip' ? 'garbage' : vpcsPing(command, 5),
    )
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'SHOW_IP_UNREADABLE', cause: 'infrastructure' } })
  })

  it('are asked about once per device, and the answer is evidence of everyone who relies on it', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `c${index}`)
    const { asked, result } = await run(
      makeExercise([...ids.map((id) => ({ id, within: 0 })), { id: 'two', device: 'PC2', within: 0 }]),
      perfect,
    )
    expect(asked.filter((line) => line.endsWith('show ip'))).toEqual(['PC1: show ip', 'PC2: show ip'])
    for (const { id, evidence } of result.criteria) {
      const shown = evidence.filter(({ command }) => command === 'show ip')
      expect(shown.map(({ device }) => device)).toEqual([id === 'two' ? 'PC2' : 'PC1'])
    }
  })
})

describe('a target that has no address yet', () => {
  const unset: Answerer = (_device, command) => (command === 'show ip' ? showIp('0.0.0.0/0', '0.0.0.0') : vpcsPing(command, 0))

  it.each(['ping', 'traceroute'])('fails a positive %s', async (module) => {
    const { by } = await run(makeExercise([{ id: 'a', module, within: 0, params: { to: 'PC2' } }]), unset)
    expect(by('a')).toMatchObject({ verdict: 'fail', reason: { code: 'TARGET_WITHOUT_ADDRESS', class: 'absent', data: { target: 'PC2' } } })
  })

  it.each([
    ['ping', { expect: 'failure' }],
    ['traceroute', { reach: false }],
  ])('proves nothing for a negative %s', async (module, params) => {
    const { by } = await run(makeExercise([{ id: 'a', module, within: 0, params: { to: 'PC2', ...params } }]), unset)
    expect(by('a')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'TARGET_WITHOUT_ADDRESS', cause: 'lab' } })
  })
})

describe('the end of the time', () => {
  const exercise = makeExercise([
    { id: 'quick', device: 'PC2', within: 0 },
    { id: 'slow', within: 600 },
  ])
  const answer: Answerer = (device, command, nth) => (device === 'PC2' ? perfect(device, command, nth) : lossy(device, command, nth))

  it('keeps what was decided and leaves the rest undecided when the budget is spent', async () => {
    const { by, clock, result } = await run(exercise, answer, { budgetMs: 60_000 })
    expect(by('quick').verdict).toBe('pass')
    expect(by('slow')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'BUDGET_SPENT', cause: 'infrastructure' } })
    expect(clock.now()).toBe(60_000)
    expect(result.cancelled).toBe(false)
  })

  it('ends at once when it is cancelled', async () => {
    const clock = createVirtualClock()
    const stop = new AbortController()
    void clock.sleep(5_000).then(() => stop.abort())
    const { by, result } = await run(exercise, answer, { clock, signal: stop.signal })
    expect(result.cancelled).toBe(true)
    expect(clock.now()).toBe(5_000)
    expect(by('slow')).toMatchObject({ verdict: 'inconclusive', reason: { code: 'CANCELLED' } })
  })
})

it('tells what it does while it does it', async () => {
  const events: EvaluationEvent[] = []
  await run(makeExercise([{ id: 'a', within: 20 }]), perfect, { onEvent: (event) => events.push(event) })
  expect(events.map(({ type }) => type)).toEqual(['started', 'asked', 'asked', 'verdict'])
  expect(events[1]).toMatchObject({ id: 'a', device: 'PC1', command: 'ping 10.0.0.2 -c 5 -i 100 -w 1000', leftMs: 20_000 })
})

it('names the device whose address a reason shows, though it was seen after the criterion was decided', async () => {
  const exercise = makeExercise([
    { id: 'a', within: 0, params: { to: '10.9.0.1', warmup: 0 } },
    { id: 'b', device: 'PC2', within: 0, params: { to: '10.0.0.1' } },
  ])
  const { by } = await run(exercise, (device, command) => {
    if (command === 'show ip') return showIp(device === 'PC2' ? '10.0.0.254/24' : '10.0.0.1/24')
    return device === 'PC1' ? 'host (10.0.0.254) not reachable' : { text: vpcsPing(command, 5), tookMs: 5_000 }
  })
  expect(by('a').reason).toMatchObject({ code: 'PING_GATEWAY_SILENT', data: { gateway: '10.0.0.254', gatewayDevice: 'PC2' } })
})

describe('a question that only explains a verdict', () => {
  it.each(['linux', 'cisco_ios', 'frr'])('leaves it decided when it cannot be asked (%s)', async (platform) => {
    const { exercise } = readExerciseModel({
      netpraxis: 1,
      title: 'x',
      devices: { R1: { platform } },
      criteria: [{ id: 'a', title: 'a', module: 'ping', device: 'R1', points: 1, within: 0, params: { to: '10.0.0.9', count: 5 } }],
    })
    if (exercise === undefined) throw new Error('no exercise')
    const pings: Readonly<Record<string, string>> = {
      cisco_ios: '.....\nSuccess rate is 0 percent (0/5)\n',
      linux:
        'PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n\n--- 10.0.0.9 ping statistics ---\n5 packets transmitted, 0 received, 100% packet loss, time 812ms\n',
      frr: 'PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n^C\n--- 10.0.0.9 ping statistics ---\n5 packets transmitted, 0 received, 100% packet loss, time 4012ms\n',
    }
    const { by } = await run(exercise, (_device, command) =>
      command.startsWith('ping') ? (pings[platform] ?? '') : new CannotAsk('CONSOLE_CLOSED', 'infrastructure', { device: 'R1' }),
    )
    expect(by('a')).toMatchObject({ verdict: 'fail', reason: { code: 'PING_LOST' } })
  })
})
