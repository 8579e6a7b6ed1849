import { hostnameReader, onlyValue } from '../readings/hostname-reading.ts'
import { askFrr } from './answer.ts'

/**
 * `FRRouting 8.4.4 (R1) on Linux(6.1).`: the name of the vtysh that is asked, which its prompt and `show running-config` have too.
 * Nothing else is what a student sets by `hostname`: it is kept in the vtysh where it was typed; `write memory` saves it, but no vtysh
 * loads it (FRRouting/frr#1497, #7522), so a new one begins with the name of the machine. The further `hostname` line of the running
 * configuration is what the machine was called when the daemons started. `()` after `no hostname`. Fixtures: frr/hostname.
 */
export const hostnames = hostnameReader({
  ask: askFrr,
  command: 'show version',
  namesIn: (lines) => onlyValue(lines.slice(0, 1), /^FRRouting \S+ \(([^()\s]*)\) on /).map((name) => (name === '' ? noName : name)),
  isOfSession: true,
  proof: 'device',
})

/** As the prompt shows it. */
const noName = '(null)'
