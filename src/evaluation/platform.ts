import type { Clock } from '../lib/clock.ts'
import type { CommandModule, Round } from './command-module.ts'
import type { DhcpLease } from './command-modules/dhcp-lease.ts'
import type { LabState } from './lab-state.ts'
import { type Ask, type AskOptions, CannotAsk, type Cause, type Observation } from './observation.ts'
import type { OspfRouter } from './ospf.ts'
import type { Overrides } from './overrides.ts'
import type { Judgement, ReasonData } from './verdict.ts'

/** An answer that does not say what was asked for. Becomes `inconclusive`, never `fail`. */
export interface Unreadable {
  readonly unreadable: string
  readonly cause: Cause
  readonly data: ReasonData
}

export const unreadable = (reason: string, cause: Cause = 'infrastructure', data: ReasonData = {}): Unreadable => ({
  unreadable: reason,
  cause,
  data,
})

export const isUnreadable = (reading: object): reading is Unreadable => 'unreadable' in reading

/** An address that a device says it has. */
export interface DeviceAddress {
  /** As the device names the interface; null where it has but one. */
  readonly port: string | null
  readonly address: string
  /** Null where the command does not show the mask. */
  readonly prefixLength: number | null
  /** False when the device shows the interface as down; null when it does not say. */
  readonly up: boolean | null
}

/** A hardware address that a device says it has. */
export interface DeviceMac {
  /** As the device names the interface; null where it has but one. */
  readonly port: string | null
  readonly mac: string
}

export interface ReadContext {
  /** The criterion's device. */
  readonly device: string
  /** Asks the criterion's device. */
  readonly ask: (command: string, options?: AskOptions) => Promise<Observation>
  /**
   * Asks the criterion's device unless it gave, to this question and in this run, an answer that settles the matter: then that one, which
   * so becomes evidence of this criterion too.
   */
  readonly recall: (command: string, settles: (answer: Observation) => boolean) => Promise<Observation>
  /** Asks any device. */
  readonly askOn: Ask
  /** Addresses of any device of the exercise, read by its own platform. */
  readonly addressesOf: (device: string, options?: AddressOptions) => Promise<readonly DeviceAddress[] | Unreadable>
  /** What the platform of any device of the exercise can show of it in one form for all; undefined where it is none of them. */
  readonly viewsOf: (device: string) => Views | undefined
  /** GNS3's state of the lab; null where there is none (an inventory). */
  readonly lab: LabState | null
  /** Devices and cables as GNS3 shows them now, kept as evidence; unreadable where there is no GNS3. */
  readonly showLab: () => Promise<Observation | Unreadable>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** How one platform observes for one module. */
export interface Reader<Params, Facts> {
  /** What of these parameters this platform cannot do; told to the teacher when authoring. */
  readonly unsupported?: (params: Params) => string | null
  readonly observe: (context: ReadContext, params: Params) => Promise<Facts | Unreadable>
  /** How long one round may take on a device that answers, where that is not what the kind says. */
  readonly roundSeconds?: (params: Params) => number
}

/** One criterion being asked: keeps its rounds, and judges them. */
export interface Check {
  /** Asks once more. @returns why the round could not be read, or null */
  readonly round: (context: ReadContext, startedAfterMs: number) => Promise<Unreadable | null>
  /** The judgement of the readable rounds so far; null while there is none. */
  readonly judge: () => Judgement | null
  /** Facts of the readable rounds, as JSON. */
  readonly facts: () => readonly unknown[]
}

/**
 * How far a reader can be trusted: tried on a running device, on named public output of one, or written after the documentation alone.
 * A reader that is only documented must say that it could not read whatever it does not fully recognise.
 */
export const proofs = ['device', 'transcript', 'documented'] as const
export type Proof = (typeof proofs)[number]

/** Why a platform has no reader for a kind: the system has no such thing, shows it by no command, or another device of the lab shows it. */
export const lackReasons = ['no-such-feature', 'no-command', 'elsewhere', 'not-written'] as const
export type LackReason = (typeof lackReasons)[number]

/** A reader bound to its module: what a platform can do for one kind, its types closed over. */
export interface BoundReader {
  readonly module: string
  readonly proof: Proof
  /** @returns why this platform cannot do it with these parameters, or null */
  readonly unsupported: (params: unknown) => string | null
  /** How long one round may take here; undefined where it is what the kind says. */
  readonly roundSeconds: (params: unknown) => number | undefined
  /** @throws ZodError when the parameters do not fit the module */
  readonly start: (params: unknown) => Check
}

/** Binds a platform's reader to the module it reads for; one that does not return the module's facts does not compile. */
export function reads<Params, Facts extends object>(
  module: CommandModule<string, Params, Facts>,
  reader: Reader<Params, Facts>,
  proof: Proof,
): BoundReader {
  const start = (raw: unknown): Check => {
    const params = module.params.parse(raw)
    const rounds: Round<Facts>[] = []
    return {
      round: async (context, startedAfterMs) => {
        const facts = await reader.observe(context, params)
        if (isUnreadable(facts)) return facts
        rounds.push({ startedAfterMs, facts })
        return null
      },
      judge: () => (rounds.length === 0 ? null : module.judge(rounds, params)),
      facts: () => rounds.map((round) => round.facts),
    }
  }
  return {
    module: module.name,
    proof,
    start,
    unsupported: (raw) => reader.unsupported?.(module.params.parse(raw)) ?? null,
    roundSeconds: (raw) => reader.roundSeconds?.(module.params.parse(raw)),
  }
}

/** One command whose answer is part of a device's configuration, or a file in GNS3's folder of the device. */
export type ConfigurationSource =
  | { readonly kind: 'command'; readonly command: string; readonly timeoutMs?: number }
  | { readonly kind: 'file'; readonly path: string }

/**
 * What to type, from the configuration as it runs now, so that the wanted one runs. Pure.
 * @returns the commands, in the order and the modes they lead to; lines that cannot be typed are left out and named
 */
export type RestorePlan = (current: string, wanted: string) => { readonly commands: readonly string[]; readonly leftOut: readonly string[] }

/** A command whose answer shows the addresses of its device. */
export interface AddressSource {
  readonly command: string
  readonly read: (answer: Observation) => readonly DeviceAddress[] | Unreadable
  /** Asked besides the first one, which does not show them all: always, or where IPv6 is what it is about. */
  readonly adds?: 'secondary' | 'ipv6'
}

export interface AddressOptions {
  /** Those of IPv6 too, on platforms that have to be asked for them. */
  readonly ipv6?: boolean
}

/** Asks a device for its addresses. What was not asked besides when the evidence was taken is left out, as it was then. */
export async function askAddresses(
  { addresses: [source, ...others] }: Pick<Platform, 'addresses'>,
  { ask }: Pick<ReadContext, 'ask'>,
  { ipv6 = false }: AddressOptions = {},
): Promise<readonly DeviceAddress[] | Unreadable> {
  const found = source === undefined ? [] : source.read(await ask(source.command))
  if (isUnreadable(found)) return found
  const all = [...found]
  for (const { command, read } of others.filter(({ adds }) => adds === 'secondary' || (ipv6 && adds === 'ipv6'))) {
    const answer = await ask(command).catch(ifNotInEvidence)
    const more = answer === null ? [] : read(answer)
    if (isUnreadable(more)) return more
    all.push(...more.filter(({ address }) => !all.some((known) => known.address === address)))
  }
  return all
}

function ifNotInEvidence(error: unknown): null {
  if (error instanceof CannotAsk && error.reason === 'NOT_IN_EVIDENCE') return null
  throw error
}

/** Asks a device, as its own platform is asked, and shows it in one form for all: for checks that compare both ends. */
export type View<Shown> = (context: Pick<ReadContext, 'ask'>) => Promise<Shown | Unreadable>

/** The views that a platform has; those that it cannot show are left out. */
export interface Views {
  /** Its own side of OSPF. */
  readonly ospf?: View<OspfRouter>
  /** The hardware addresses of its interfaces. */
  readonly macs?: View<readonly DeviceMac[]>
  /** The addresses that it gave to others by DHCP. */
  readonly leases?: View<readonly DhcpLease[]>
}

export interface Platform<Id extends string = string> {
  /** As in inventory/platforms and in the exercise file. */
  readonly id: Id
  readonly readers: readonly BoundReader[]
  /** Kinds that it cannot be asked, by the name of the module; `others` stands for those not named, where it can be asked but little. */
  readonly lacks: Readonly<Record<string, LackReason>>
  /** False for what has no command line: GNS3 answers for it, and no console is opened. */
  readonly hasConsole: boolean
  /** Answers that show the device's addresses: the first is asked for and those that add to it, the others are read when they come by. None where it has no address. */
  readonly addresses: readonly AddressSource[]
  readonly views?: Views
  /** How its configuration can be made to answer in its place; none where no configuration can. */
  readonly overrides?: Overrides
  /** How the running and the saved configuration are captured before anything is checked. */
  readonly configuration: { readonly running: readonly ConfigurationSource[]; readonly saved: readonly ConfigurationSource[] }
  /** How a running configuration that was kept is brought back; null where what is shown of the device is nothing that could be typed. */
  readonly restore: RestorePlan | null
}

/** Defines how one platform is asked and read. */
export const definePlatform = <const Id extends string>(
  id: Id,
  definition: Omit<Platform<Id>, 'id' | 'hasConsole'> & Partial<Pick<Platform, 'hasConsole'>>,
): Platform<Id> => ({
  id,
  hasConsole: true,
  ...definition,
})

/** Why the platform has no reader for a kind; undefined where nobody has said. */
export const lackOf = ({ lacks }: Pick<Platform, 'lacks'>, module: string): LackReason | undefined => lacks[module] ?? lacks.others

/** What the platform can do for a kind of check; undefined when it cannot. */
export const findReader = (platform: Pick<Platform, 'readers'>, module: string): BoundReader | undefined =>
  platform.readers.find((reader) => reader.module === module)
