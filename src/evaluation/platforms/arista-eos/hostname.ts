import { hostnameReader, onlyValue } from '../readings/hostname-reading.ts'
import { askEos } from './answer.ts'

/** `Hostname: spine1`, `FQDN:     spine1.example.org`. Fixtures: arista_eos/hostname. */
export const hostnames = hostnameReader({
  ask: askEos,
  command: 'show hostname',
  namesIn: (lines) => onlyValue(lines, /^Hostname:\s+(\S+)$/).concat(onlyValue(lines, /^FQDN:\s+(\S+)$/)),
  proof: 'transcript',
})
