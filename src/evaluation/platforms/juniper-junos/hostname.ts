import { hostnameReader, onlyValue } from '../readings/hostname-reading.ts'
import { askJunos } from './answer.ts'

/** `Hostname: R1` on top of `show version`. Fixtures: juniper_junos/hostname. */
export const hostnames = hostnameReader({
  ask: askJunos,
  command: 'show version',
  namesIn: (lines) => onlyValue(lines, /^Hostname: (\S+)$/),
  proof: 'transcript',
})
