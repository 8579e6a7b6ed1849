import { type Ask, type Exercise, type LabState, type Observation, readExerciseModel } from '../../src/evaluation/index.ts'
import type { Clock } from '../../src/lib/clock.ts'

export type Answer = string | Error | { readonly text?: string; readonly ended?: Observation['ended']; readonly tookMs?: number }
/** What a device answers to the nth time (from 1) it is asked a command. */
export type Answerer = (device: string, command: string, nth: number) => Answer

/** An `ask` over a script; answers take 100 ms of the clock unless they say more. */
export function createFakeAsk(clock: Clock, answer: Answerer): Ask & { readonly log: string[] } {
  const log: string[] = []
  const counts = new Map<string, number>()
  let seq = 0
  const ask: Ask = async (device, command) => {
    const key = `${device}: ${command}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    log.push(key)
    const given = answer(device, command, nth)
    if (given instanceof Error) {
      await clock.sleep(100)
      throw given
    }
    const { text = '', ended = 'prompt', tookMs = 100 } = typeof given === 'string' ? { text: given } : given
    await clock.sleep(tookMs)
    seq += 1
    return { seq, device, command, startedAt: new Date(clock.now()).toISOString(), tookMs, ended, raw: Buffer.from(text), text }
  }
  return Object.assign(ask, { log })
}

const reply = (to: string, seq: number) => `84 bytes from ${to} icmp_seq=${seq} ttl=64 time=0.5 ms`
const lost = (to: string, seq: number) => `${to} icmp_seq=${seq} timeout`

/** VPCS's answer to `ping TO -c COUNT ...`: `received` replies first, the rest lost. */
export function vpcsPing(command: string, received: number): string {
  const [, to = '', count = '5'] = /^ping (\S+) -c (\d+)/.exec(command) ?? []
  const lines = Array.from({ length: Number(count) }, (_, index) => (index < received ? reply(to, index + 1) : lost(to, index + 1)))
  return `\n${lines.join('\n')}\n`
}

export const showIp = (address = '10.0.0.1/24', gateway = '10.0.0.254'): string =>
  `\nNAME        : PC1[1]\nIP/MASK     : ${address}\nGATEWAY     : ${gateway}\nDNS         : \nMTU         : 1500\n`

interface CriterionInput {
  readonly id: string
  readonly [key: string]: unknown
}

/** A valid exercise of pings between VPCS devices. */
export function makeExercise(criteria: readonly CriterionInput[], devices: readonly string[] = ['PC1', 'PC2']): Exercise {
  const reading = readExerciseModel({
    netpraxis: 1,
    title: 'Test',
    devices: Object.fromEntries(devices.map((name) => [name, { platform: 'vpcs' }])),
    criteria: criteria.map((criterion) => ({
      title: criterion.id,
      module: 'ping',
      device: 'PC1',
      points: 1,
      params: { to: '10.0.0.2' },
      ...criterion,
    })),
  })
  if (reading.exercise === undefined) throw new Error(JSON.stringify(reading.found))
  return reading.exercise
}

export const makeLab = (states: Readonly<Record<string, 'started' | 'stopped' | 'suspended'>>): LabState => ({
  projectId: 'p1',
  devices: Object.entries(states).map(([name, state]) => ({
    id: `id-${name}`,
    name,
    type: 'vpcs',
    state,
    console: { type: 'telnet', port: 5000 },
    properties: {},
    ports: [],
    x: 0,
    y: 0,
    symbol: '',
  })),
  links: [],
})
