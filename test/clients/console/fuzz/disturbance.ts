import type { Clock } from '../../../../src/lib/clock.ts'
import type { FuzzCase } from './cases.ts'
import type { SimulatedDevice } from './devices.ts'
import type { Random } from './random.ts'
import type { WireOptions } from './wire.ts'

export const scenarios = [
  'splits',
  'delays',
  'interleaving',
  'negotiation',
  'escapes',
  'wrapped echo',
  'half-typed',
  'backlog',
  'late answer',
  'other typist',
  'liar',
  'liar with prompt',
  'liar with interrupt',
  'cut',
  'close',
] as const
export type Scenario = (typeof scenarios)[number]

/** Only splits, delays and interleaving: nothing is lost, so (nearly) every verdict must come through. */
export const mildScenarios: ReadonlySet<Scenario> = new Set<Scenario>(['splits', 'delays', 'interleaving'])

/** How often each comes: what every console does most, what ends a connection rarely. */
const weights: Readonly<Record<Scenario, number>> = {
  splits: 16,
  delays: 14,
  interleaving: 12,
  negotiation: 6,
  escapes: 6,
  'wrapped echo': 6,
  'half-typed': 6,
  backlog: 6,
  'late answer': 5,
  'other typist': 8,
  liar: 7,
  'liar with prompt': 4,
  'liar with interrupt': 2,
  cut: 1,
  close: 1,
}

export interface Disturbance {
  readonly scenario: Scenario
  readonly wire: Pick<WireOptions, 'sizes' | 'delays' | 'negotiates' | 'closesAfter'>
  /** What the device prints, with log lines of its own where it has such. */
  readonly printed: (text: string, random: Random) => string
  /** What was printed before the session came. */
  readonly backlog: (prompt: string, one: FuzzCase) => string
  readonly halfTyped: string
  readonly wrapsAt: number | undefined
  readonly dressed: boolean
}

export const calm: Disturbance = {
  scenario: 'splits',
  wire: { sizes: [65_536], delays: { share: 0, longestMs: 1 }, negotiates: 0, closesAfter: Number.POSITIVE_INFINITY },
  printed: (text) => text,
  backlog: (prompt) => prompt,
  halfTyped: '',
  wrapsAt: undefined,
  dressed: false,
}

/** Log lines as the platforms' consoles show them (devices.md 4 to 7); VPCS and vtysh say nothing by themselves. */
const logLines: Readonly<Record<string, string>> = {
  cisco_ios: '*Mar  1 00:03:22.075: %LINEPROTO-5-UPDOWN: Line protocol on Interface FastEthernet0/1, changed state to up',
  cisco_nxos: '2026 Nov 22 10:00:00 SW1 %$ VDC-1 %$ %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
  arista_eos: 'Nov 22 10:00:00 sw1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up',
  juniper_junos: "Nov 22 10:00:00 R1 mgd[1234]: UI_COMMIT: User 'root' requested 'commit' operation",
  linux: '[   12.345678] eth0: link becomes ready',
}

/** Every scenario as often as its weight says. */
const urn: readonly Scenario[] = scenarios.flatMap((name) => Array.from({ length: weights[name] }, () => name))
const pickScenario = (random: Random): Scenario => urn[random.between(0, urn.length - 1)] ?? 'splits'

const sizesOf = (random: Random): [number, ...number[]] =>
  random.chance(0.25) ? [1] : [random.between(1, 60), ...Array.from({ length: random.between(0, 6) }, () => random.between(1, 200))]

/** One way in which a console can be what it is, by its seed. */
export function disturbanceOf(random: Random, platform: string): Disturbance {
  const scenario = pickScenario(random)
  const isSlow = scenario === 'delays' || random.chance(0.3)
  const log = logLines[platform]
  const share = random.next() * 0.3
  const insertsLogs = log !== undefined && (scenario === 'interleaving' || random.chance(0.1))
  const cutAfter = random.between(50, 1_500)
  const sizes = sizesOf(random)
  return {
    scenario,
    wire: {
      sizes,
      // some 2 ms a byte at the most: a line of 4,800 baud
      delays: { share: isSlow ? Math.min(0.1, sizes[0] / 100) : 0, longestMs: random.pick([5, 60, 400]) },
      negotiates: scenario === 'negotiation' ? 0.2 : 0,
      closesAfter: scenario === 'close' ? cutAfter : Number.POSITIVE_INFINITY,
    },
    printed: cutting(scenario === 'cut' ? cutAfter : Number.POSITIVE_INFINITY, (text, chance) =>
      insertsLogs && text.endsWith('\r\n') && chance.chance(share) ? `${text}${log}\r\n` : text,
    ),
    backlog: backlogOf(scenario, random),
    halfTyped: scenario === 'half-typed' ? random.pick(['show ip ro', 'ping 10.', 'x']) : '',
    wrapsAt: scenario === 'wrapped echo' ? 80 : undefined,
    dressed: scenario === 'escapes',
  }
}

/** The device falls silent after so many characters: the rest never comes. */
function cutting(limit: number, printed: Disturbance['printed']): Disturbance['printed'] {
  let count = 0
  return (text, random) => {
    const shown = printed(text, random).slice(0, Math.max(0, limit - count))
    count += text.length
    return shown
  }
}

function backlogOf(scenario: Scenario, random: Random): Disturbance['backlog'] {
  if (scenario !== 'backlog' && scenario !== 'late answer') return (prompt) => prompt
  const times = random.between(1, 4)
  return (prompt, one) => {
    const lie = one
      .liesFor('ping')
      .map((line) => `${line}\r\n`)
      .join('')
    return `boot banner\r\n${`${prompt}ping\r\n${lie}`.repeat(times)}${prompt}`
  }
}

interface TypistOptions {
  readonly one: FuzzCase
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly device: () => SimulatedDevice | undefined
}

/** Another person at the same console. @returns what he does when a command starts to run */
export function startTypist(disturbance: Disturbance, options: TypistOptions): (command: string) => void {
  const { scenario } = disturbance
  const { random } = options
  let left = scenario === 'other typist' ? random.between(1, 3) : random.between(1, 4)
  return (command) => {
    if (left === 0) return
    const typed = typedBy(scenario, command, options)
    if (typed.length === 0) return
    left -= 1
    typeLate(typed, options).catch(() => undefined) // the seed ended first
  }
}

async function typeLate(typed: readonly string[], { clock, random, signal, device }: TypistOptions): Promise<void> {
  for (const text of typed) {
    await clock.sleep(random.between(1, 150), signal)
    device()?.type(text)
  }
}

function typedBy(scenario: Scenario, command: string, { one, random, device }: TypistOptions): string[] {
  if (scenario === 'other typist') return [random.pick(['show ip\r', 'x', '\r', 'show version\r', 'ls -l\r', 'help'])]
  if (scenario === 'late answer') return random.chance(0.5) ? ['\r'] : []
  if (!scenario.startsWith('liar')) return []
  const asked = /^echo "@@S@[0-9a-f]+"; (.*); echo /u.exec(command)?.[1] ?? command
  const isEchoed = one.platform === 'linux' && random.chance(0.5)
  const lines = one.liesFor(asked).map((line) => (isEchoed ? `echo '${line}'\r` : `${line}\r`))
  if (lines.length === 0) return []
  const all = random.chance(0.5) ? [lines.join('')] : lines
  const prompt = device()?.promptText() ?? ''
  if (scenario === 'liar with prompt') return [...all, random.pick([prompt, `${prompt}\r${prompt}`, `\r${prompt}`])]
  return scenario === 'liar with interrupt' ? [...all, '\x03'] : all
}
