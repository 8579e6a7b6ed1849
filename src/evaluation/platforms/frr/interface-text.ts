import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'

/** What is read of one interface, in the words of the JSON form. */
export interface FrrPortText {
  readonly administrativeStatus: 'up' | 'down'
  readonly operationalStatus?: 'up' | 'down'
  readonly mtu?: number
  readonly speed?: number
  readonly description: string
  readonly hardwareAddress?: string
  readonly ipAddresses: readonly { readonly address: string }[]
}

const header = /^Interface (\S+) is (up|down)(?:, line protocol is (up|down))?\b/

const valueIn = (lines: readonly string[], pattern: RegExp): string | undefined => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0]

function readPort(head: RegExpExecArray, lines: readonly string[]): FrrPortText {
  const [, , admin, oper] = head
  const [mtu, speed] = [/^ {2}index \d+ .*\bmtu (\d+)/, /^ {2}index \d+ .*\bspeed (\d+)/].map((pattern) => valueIn(lines, pattern))
  const mac = valueIn(lines, /^ {2}HWaddr: (\S+)$/)
  return {
    administrativeStatus: admin === 'up' ? 'up' : 'down',
    ...(oper === 'up' || oper === 'down' ? { operationalStatus: oper } : {}),
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
    ...(speed === undefined ? {} : { speed: Number(speed) }),
    description: valueIn(lines, /^ {2}Description: (.*)$/) ?? '',
    ...(mac === undefined ? {} : { hardwareAddress: mac }),
    ipAddresses: lines.flatMap((line) => {
      const address = /^ {2}inet6? (\S+)/.exec(line)?.[1]
      return address === undefined ? [] : [{ address }]
    }),
  }
}

/** `show interface`, for releases that have it not as JSON (before 8.0). Fixtures: frr/interface_address/old-release-*.txt. */
export function readInterfaceText(answer: Observation): Record<string, FrrPortText> | Unreadable {
  const ports: Record<string, FrrPortText> = {}
  const lines = linesOf(answer).filter((line) => line !== '')
  const starts = lines.flatMap((line, index) => (header.test(line) ? [index] : []))
  if (starts[0] !== 0 || lines.some((line) => !header.test(line) && !line.startsWith('  '))) return unknownAnswer(answer)
  for (const [order, start] of starts.entries()) {
    const head = header.exec(lines[start] ?? '')
    if (head?.[1] !== undefined) ports[head[1]] = readPort(head, lines.slice(start + 1, starts[order + 1]))
  }
  return ports
}
