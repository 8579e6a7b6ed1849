import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../src/evaluation/evaluate.ts'
import { type LabState, readExerciseModel, recordLab, regrade } from '../../../src/evaluation/index.ts'
import { createFakeAsk } from '../fake-lab.ts'
import { createVirtualClock } from '../virtual-clock.ts'

const device = (id: string, name: string, ports: readonly string[]): LabState['devices'][number] => ({
  ...{ id, name, type: 'dynamips', state: 'started', console: null, properties: {}, x: 0, y: 0, symbol: '' },
  ports: ports.map((port, index) => ({ adapter: 0, port: index, name: port })),
})
const cable = (id: string, a: string, portA: number, b: string, portB: number, suspended = false): LabState['links'][number] => ({
  id,
  ends: [
    { deviceId: a, adapter: 0, port: portA, label: 'anything' },
    { deviceId: b, adapter: 0, port: portB, label: null },
  ],
  suspended,
})
const handedOut: LabState = {
  projectId: 'p',
  devices: [device('1', 'R1', ['FastEthernet0/0', 'FastEthernet0/1']), device('2', 'SW1', ['Ethernet0', 'Ethernet1'])],
  links: [cable('a', '1', 0, '2', 1)],
}

interface Case {
  readonly params: Readonly<Record<string, unknown>>
  readonly lab?: LabState | null
  readonly recorded?: LabState
}

async function check({ params, lab = handedOut, recorded }: Case) {
  const clock = createVirtualClock()
  const criterion = { id: 'cables', title: 'Cables', module: 'topology', points: 1, params }
  const { exercise } = readExerciseModel({ netpraxis: 1, title: 'T', devices: { R1: { platform: 'vpcs' } }, criteria: [criterion] })
  if (exercise === undefined) throw new Error('the exercise does not fit')
  const ask = createFakeAsk(clock, () => new Error('no device is asked'))
  const { criteria } = await evaluate({
    ...{ exercise, ask, clock, readLab: async () => lab, signal: new AbortController().signal, budgetMs: 60_000 },
    ...(recorded === undefined ? {} : { recorded: recordLab(recorded) }),
  })
  const [result] = criteria
  if (result === undefined) throw new Error('no result')
  return { exercise, result }
}

const verdictOf = async (one: Case) => {
  const { result } = await check(one)
  return [result.verdict, result.reason.code]
}

describe('topology', () => {
  it.each([
    ['the cable by its devices', ['R1--SW1']],
    ['the cable by its ports, in short and the other way round', ['SW1:Ethernet1--R1:Fa0/0']],
  ])('finds %s', async (_name, links) => {
    expect(await verdictOf({ params: { links } })).toEqual(['pass', 'TOPOLOGY_LINKS_FIT'])
  })

  it.each([
    ['a cable in another port', ['R1:Fa0/1--SW1:Ethernet1'], 'TOPOLOGY_LINK_ABSENT'],
    ['a port whose number begins the same', ['R1:Fa0/0--SW1:Ethernet11'], 'TOPOLOGY_LINK_ABSENT'],
    ['a device that is not there', ['R1--R9'], 'TOPOLOGY_DEVICE_ABSENT'],
  ])('does not take for it %s', async (_name, links, code) => {
    expect(await verdictOf({ params: { links } })).toEqual(['fail', code])
  })

  it('takes a suspended cable for one that carries nothing', async () => {
    const lab = { ...handedOut, links: [cable('a', '1', 0, '2', 1, true)] }
    expect(await verdictOf({ params: { links: ['R1--SW1'] }, lab })).toEqual(['fail', 'TOPOLOGY_LINK_SUSPENDED'])
  })

  it('tells a cable that must not be there', async () => {
    expect(await verdictOf({ params: { noLinks: ['R1--SW1'] } })).toEqual(['fail', 'TOPOLOGY_LINK_FORBIDDEN'])
    expect(await verdictOf({ params: { noLinks: ['R1:Fa0/1--SW1'] } })).toEqual(['pass', 'TOPOLOGY_LINKS_FIT'])
  })

  it('compares with the lab that was handed out when nothing else is asked', async () => {
    expect(await verdictOf({ params: {}, recorded: handedOut })).toEqual(['pass', 'TOPOLOGY_UNTOUCHED'])
    const added = { ...handedOut, devices: [...handedOut.devices, device('3', 'R9', [])] }
    const { result } = await check({ params: {}, lab: added, recorded: handedOut })
    expect(result).toMatchObject({
      verdict: 'fail',
      reason: { code: 'TOPOLOGY_CHANGED', class: 'forbidden-state', data: { device: 'R9' } },
    })
  })

  it('decides nothing where nothing was recorded, or where there is no GNS3', async () => {
    expect(await verdictOf({ params: {} })).toEqual(['inconclusive', 'TOPOLOGY_NOT_RECORDED'])
    expect(await verdictOf({ params: { links: ['R1--SW1'] }, lab: null })).toEqual(['inconclusive', 'LAB_STATE_ABSENT'])
  })

  it('keeps what GNS3 said as evidence, from which the same verdict comes again', async () => {
    const { exercise, result } = await check({ params: { links: ['R1--R9'] } })
    const [criterion] = exercise.criteria
    if (criterion === undefined) throw new Error('no criterion')
    expect(result.evidence).toHaveLength(1)
    const { verdict, reason } = await regrade({
      exercise,
      criterion,
      observations: result.evidence,
      previous: { verdict: 'pass', reason: { code: 'X', data: {} } },
    })
    expect({ verdict, reason }).toEqual({ verdict: result.verdict, reason: result.reason })
  })

  it('reads no cable with a blank or a second one in it', () => {
    for (const link of ['R1 --SW1', 'R1--SW1--R2 x', 'R1', 'R1--', '--SW1']) {
      const criterion = { id: 'c', title: 'C', module: 'topology', points: 1, params: { links: [link] } }
      expect(
        readExerciseModel({ netpraxis: 1, title: 'T', devices: { R1: { platform: 'vpcs' } }, criteria: [criterion] }).exercise,
      ).toBeUndefined()
    }
  })
})
