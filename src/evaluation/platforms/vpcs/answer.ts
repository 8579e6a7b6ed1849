import type { Observation } from '../../observation.ts'
import { type DeviceAddress, isUnreadable, type ReadContext, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'

/** `Bad command: "x".`, `Invalid arguments`, or a usage page: fixtures vpcs/ping/bad-command.txt, usage-page.txt. */
export function refused(observation: Observation): Unreadable | null {
  const bad = linesOf(observation).find((line) =>
    /^(?:Bad command:|Invalid (?:arguments?|options?|address)\b|ping (?:HOST|<host>)|trace (?:HOST|<host>))/.test(line),
  )
  return bad === undefined ? null : refusedCommand(observation, bad)
}

/** What `show ip` says of the one interface. */
export interface IpSettings {
  readonly address: string
  readonly prefixLength: number
  /** Null = `0.0.0.0`, none set. */
  readonly gateway: string | null
}

/** `RHOST:PORT  : 127.0.0.1:20001`, `MTU:        : 1500`, `DHCP SERVER : 10.5.3.1`. */
const keyOf = (line: string): string[] => /^([A-Z][A-Z:/ ]*?):? *:(?: |$)/.exec(line)?.slice(1) ?? []

/** Each key stands there once: what somebody types while a VPCS answers stands in the answer, and is lost afterwards. */
function refusedIp(answer: Observation): Unreadable | null {
  const keys = linesOf(answer).flatMap(keyOf)
  return refused(answer) ?? (new Set(keys).size < keys.length ? unreadable('SHOW_IP_UNREADABLE') : null)
}

/** `KEY : value` lines of `show ip`; 0.5b2 writes `MTU:        :`. Fixtures: vpcs/ping/no-address.txt, own-address-0.5b2.txt. */
export function readIp(answer: Observation): IpSettings | Unreadable {
  const problem = incomplete(answer) ?? refusedIp(answer)
  if (problem !== null) return problem
  const value = (key: string) => new RegExp(`^${key}\\s*:\\s*(\\S+)\\s*$`, 'm').exec(answer.text)?.[1]
  const [address, length] = (value('IP/MASK') ?? '').split('/')
  const gateway = value('GATEWAY')
  if (!address || length === undefined || !/^\d+$/.test(length) || gateway === undefined) return unreadable('SHOW_IP_UNREADABLE')
  return { address, prefixLength: Number(length), gateway: gateway === '0.0.0.0' ? null : gateway }
}

/** Asks for it. */
export const showIp = async ({ ask }: Pick<ReadContext, 'ask'>): Promise<IpSettings | Unreadable> => readIp(await ask('show ip'))

/** True when an address is set. */
export const hasAddress = ({ address }: IpSettings): boolean => address !== '0.0.0.0'

/** `show ip`. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const settings = readIp(answer)
  return isUnreadable(settings) ? settings : addressesIn(settings)
}

/** The one address as every platform's are; empty when none is set. */
export const addressesIn = (settings: IpSettings) =>
  hasAddress(settings) ? [{ port: null, address: settings.address, prefixLength: settings.prefixLength, up: true }] : []

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askVpcs = askComplete(refused)

const askIp = askComplete(refusedIp)
/** `show ip` as text, for what `readIp` does not read. */
export const askShowIp = (context: Pick<ReadContext, 'ask'>) => askIp(context, 'show ip')
