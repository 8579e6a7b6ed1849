import { describe, expect, it } from 'vitest'
import { type CriterionResult, evaluate, explain, type Observation, readExerciseModel, regrade } from '../../src/evaluation/index.ts'
import { blameMask } from '../../src/evaluation/mask-cause.ts'
import { fail } from '../../src/evaluation/verdict.ts'
import { type Answerer, createFakeAsk, makeExercise, showIp, vpcsPing } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

const shown = (addresses: Readonly<Record<string, readonly [string, string]>>, answer: (command: string) => string): Answerer => {
  return (device, command) => (command === 'show ip' ? showIp(...(addresses[device] ?? ['0.0.0.0/0', '0.0.0.0'])) : answer(command))
}

async function run(
  exercise: ReturnType<typeof makeExercise>,
  answer: Answerer,
  seen: readonly Observation[] = [],
): Promise<CriterionResult> {
  const clock = createVirtualClock()
  const ask = createFakeAsk(clock, answer)
  const signal = new AbortController().signal
  const { criteria } = await evaluate({ exercise, ask, readLab: async () => null, clock, signal, budgetMs: 1e6, seen })
  const [first] = criteria
  if (first === undefined) throw new Error('no result')
  return first
}

const toPc2 = makeExercise([{ id: 'a', within: 0, params: { to: 'PC2' } }])
const why = (result: CriterionResult) => explain({ device: result.device, reason: result.reason, expected: null })

describe('a wrong mask', () => {
  it('that leaves the target outside is named, instead of the gateway that is not needed', async () => {
    const result = await run(
      toPc2,
      shown({ PC1: ['10.0.0.1/30', '0.0.0.0'], PC2: ['10.0.0.9/24', '0.0.0.0'] }, () => 'No gateway found'),
    )
    expect(result).toMatchObject({ verdict: 'fail', reason: { code: 'PING_MASK_TOO_NARROW', class: 'wrong-value' } })
    expect(why(result)).toMatchObject({
      why: 'The mask /30 of PC1 leaves 10.0.0.9 outside its network.',
      found: 'PC1 has 10.0.0.1/30, PC2 has 10.0.0.9/24',
    })
  })

  it('that takes a remote target for a neighbour is named, instead of the neighbour that does not answer', async () => {
    const result = await run(
      toPc2,
      shown({ PC1: ['10.0.0.1/8', '10.0.0.254'], PC2: ['10.9.0.9/24', '10.9.0.254'] }, () => 'host (10.9.0.9) not reachable'),
    )
    expect(result.reason.code).toBe('PING_MASK_TOO_WIDE')
    expect(why(result).why).toBe('The mask /8 of PC1 takes in 10.9.0.9, though by its own mask that lies in another network.')
  })

  it('that leaves the gateway outside is named', async () => {
    const exercise = makeExercise([{ id: 'a', within: 0, params: { to: '10.9.0.9' } }], ['PC1', 'PC2'])
    const [answer] = [
      {
        seq: 1,
        device: 'PC2',
        command: 'show ip',
        startedAt: '',
        tookMs: 1,
        ended: 'prompt' as const,
        raw: Buffer.from(''),
        text: showIp('10.0.0.254/24'),
      },
    ]
    const result = await run(
      exercise,
      shown({ PC1: ['10.0.0.1/30', '10.0.0.254'] }, () => 'host (10.0.0.254) not reachable'),
      [answer],
    )
    expect(result.reason.code).toBe('PING_MASK_TOO_NARROW')
    expect(why(result).why).toBe('The mask /30 of PC1 leaves 10.0.0.254 outside its network.')
  })

  it.each([
    ["both lie in each other's network", '10.0.0.1/24', '10.0.0.9/24', 'PING_NO_GATEWAY'],
    ["neither lies in the other's network", '10.0.0.1/24', '10.9.0.9/24', 'PING_NO_GATEWAY'],
  ])('is not blamed where %s', async (_name, own, other, code) => {
    const result = await run(
      toPc2,
      shown({ PC1: [own, '0.0.0.0'], PC2: [other, '0.0.0.0'] }, () => 'No gateway found'),
    )
    expect(result.reason.code).toBe(code)
  })

  it('is not blamed where nobody showed a mask, nor when the ping passes', async () => {
    const literal = makeExercise([{ id: 'a', within: 0, params: { to: '10.0.0.9' } }])
    const silent = await run(
      literal,
      shown({ PC1: ['10.0.0.1/30', '0.0.0.0'] }, () => 'No gateway found'),
    )
    expect(silent.reason.code).toBe('PING_NO_GATEWAY')
    const passed = await run(
      toPc2,
      shown({ PC1: ['10.0.0.1/30', '10.0.0.2'], PC2: ['10.0.0.9/24', '0.0.0.0'] }, (command) => vpcsPing(command, 5)),
    )
    expect(passed.verdict).toBe('pass')
  })

  it('is still the cause when the answers are graded again', async () => {
    const literal = makeExercise([
      { id: 'a', within: 0, params: { to: '10.0.0.9' } },
      { id: 'b', device: 'PC2', within: 0, params: { to: '10.0.0.77', warmup: 0 } },
    ])
    const result = await run(literal, (device, command) => {
      if (command === 'show ip') return device === 'PC1' ? showIp('10.0.0.1/30', '0.0.0.0') : showIp('10.0.0.9/24', '0.0.0.0')
      return device === 'PC1' ? { text: 'No gateway found', tookMs: 5_000 } : vpcsPing(command, 0)
    })
    expect(result.reason.code).toBe('PING_MASK_TOO_NARROW')
    const [criterion] = literal.criteria
    if (criterion === undefined) throw new Error('no criterion')
    const previous = { verdict: 'fail' as const, reason: { ...result.reason, class: 'wrong-value' as const } }
    expect(await regrade({ exercise: literal, criterion, observations: result.evidence, previous })).toEqual(previous)
  })

  it('is read from the configuration of a router, where the table of interfaces does not show it', async () => {
    const { exercise } = readExerciseModel({
      netpraxis: 1,
      title: 'x',
      devices: { R1: { platform: 'cisco_ios' }, PC2: { platform: 'vpcs' } },
      criteria: [{ id: 'a', title: 'a', module: 'ping', device: 'R1', points: 1, within: 0, params: { to: '10.0.0.9' } }],
    })
    if (exercise === undefined) throw new Error('no exercise')
    const observe = (device: string, command: string, text: string): Observation => ({
      seq: 1,
      device,
      command,
      startedAt: '',
      tookMs: 1,
      ended: 'prompt',
      raw: Buffer.from(text),
      text,
    })
    const seen = [
      observe('R1', 'show running-config', 'interface FastEthernet0/0\n ip address 10.0.0.1 255.255.255.252\n!\n'),
      observe('PC2', 'show ip', showIp('10.0.0.9/24', '10.0.0.1')),
    ]
    const answers: Readonly<Record<string, string>> = {
      'ping 10.0.0.9 repeat 5 timeout 2': '.....\nSuccess rate is 0 percent (0/5)\n',
      'show ip interface brief': 'Interface IP-Address OK? Method Status Protocol\nFastEthernet0/0 10.0.0.1 YES manual up up\n',
    }
    const result = await run(exercise, (_device, command) => answers[command] ?? '% Network not in table\n', seen)
    expect(result.reason).toMatchObject({ code: 'PING_MASK_TOO_NARROW', data: { own: '10.0.0.1/30', other: '10.0.0.9/24' } })
  })
})

it('is not blamed on a second address where another one of the device fits', () => {
  const gateway = { device: 'R3', address: '10.0.30.1', prefixLength: 24, up: true, port: 'eth1' }
  const own = ['10.0.30.80/24', '10.0.30.81/32'].map((text) => {
    const [address = '', length] = text.split('/')
    return { device: 'SRV', address, prefixLength: Number(length), up: true, port: 'eth0' }
  })
  const silent = fail('PING_GATEWAY_SILENT', 'unreachable', { to: '10.0.10.53', gateway: gateway.address })
  const book = { networksOf: () => own, networkOf: (address: string) => (address === gateway.address ? gateway : undefined) }
  expect(blameMask(silent, 'SRV', book)).toEqual(silent)
  expect(blameMask(silent, 'SRV', { ...book, networksOf: () => own.slice(1) }).reason.code).toBe('PING_MASK_TOO_NARROW')
})
