import { hostnameReader, onlyValue } from '../hostname-reading.ts'
import { askFrr } from './answer.ts'

/** `FRRouting 8.4.4 (R1) on Linux(6.1).`: the name that this vtysh has, by `hostname` or from the system. Fixtures: frr/hostname. */
export const hostnames = hostnameReader({
  ask: askFrr,
  command: 'show version',
  namesIn: (lines) => onlyValue(lines.slice(0, 1), /^FRRouting \S+ \(([^()\s]+)\)/),
  proof: 'device',
})
