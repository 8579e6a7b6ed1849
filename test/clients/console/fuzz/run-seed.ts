import { setMaxListeners } from 'node:events'
import { openConsoleOver } from '../../../../src/clients/console/index.ts'
import { evaluate } from '../../../../src/evaluation/index.ts'
import { createLabAsker } from '../../../../src/evaluations/index.ts'
import { platforms } from '../fake-transport.ts'
import { createIdleClock } from '../idle-clock.ts'
import type { FuzzCase } from './cases.ts'
import { createSimulatedDevice, type SimulatedDevice } from './devices.ts'
import { calm, type Disturbance, startTypist } from './disturbance.ts'
import { createRandom } from './random.ts'
import { createWire } from './wire.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const budgetMs = 900_000

/** For a person who looks at one seed. */
export type OnTraffic = (from: 'session' | 'device', text: string, atMs: number) => void

export interface Outcome {
  readonly verdict: string
  readonly reason: string
  readonly texts: readonly string[]
  readonly notes: readonly string[]
}

/** One case through the real sessions, readers and engine, on consoles that behave as the disturbance says. */
export async function runCase(one: FuzzCase, disturbance: Disturbance, seed: number, onTraffic?: OnTraffic): Promise<Outcome> {
  const clock = createIdleClock(4)
  const end = new AbortController()
  setMaxListeners(0, end.signal)
  const signal = end.signal
  const random = createRandom(seed)
  const open = (device: string) => {
    let simulated: SimulatedDevice | undefined
    const wire = createWire({
      ...disturbance.wire,
      random,
      clock,
      signal,
      typed: (text) => {
        onTraffic?.('session', text, clock.now())
        simulated?.type(text)
      },
    })
    const typist = startTypist(disturbance, { one, clock, random, signal, device: () => simulated })
    simulated = createSimulatedDevice({
      platform: one.platform,
      answers: one.bookOf(device),
      clock,
      random,
      signal,
      print: (text) => {
        const shown = disturbance.printed(text, random)
        onTraffic?.('device', shown, clock.now())
        wire.send(shown)
      },
      onRun: typist,
      halfTyped: disturbance.halfTyped,
      wrapsAt: disturbance.wrapsAt,
      dressed: disturbance.dressed,
    })
    wire.send(disturbance.backlog(simulated.promptText(), one))
    return wire.transport
  }
  const wires = new Map<string, ReturnType<typeof open>>()
  const transportOf = (device: string) => {
    const known = wires.get(device) ?? open(device)
    wires.set(device, known)
    return known
  }
  const asker = createLabAsker({
    devices: Object.fromEntries(Object.entries(one.exercise.devices).map(([name, { platform }]) => [name, { platform, credentials: {} }])),
    access: { consoleOf: async () => ({ kind: 'telnet', host: '127.0.0.1', port: 1 }) },
    platforms,
    redact: [],
    clock,
    signal,
    log: silent,
    credentialsProven: true,
    open: (options) => openConsoleOver(transportOf(options.device), options),
  })
  const { criteria } = await evaluate({ exercise: one.exercise, ask: asker.ask, readLab: async () => null, clock, signal, budgetMs })
  end.abort(new Error('the seed is over'))
  const [result] = criteria
  if (!result) throw new Error('no result')
  return {
    verdict: result.verdict,
    reason: result.reason.code,
    notes: asker.notes().map(({ device, kind, detail }) => `${device}: ${kind} ${detail}`),
    texts: result.evidence.map(({ command, ended, text }) => `### ${command} (${ended})\n${text}`),
  }
}

/** The case as it was recorded, on a quiet console. */
export const runBaseline = (one: FuzzCase): Promise<Outcome> => runCase(one, calm, 1)
