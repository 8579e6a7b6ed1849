import { hostnameReader, onlyValue } from '../readings/hostname-reading.ts'
import { askVpcs } from './answer.ts'

/** `NAME        : PC1[1]`; the number counts the PCs of one process. Fixtures: vpcs/hostname. */
export const hostnames = hostnameReader({
  ask: askVpcs,
  command: 'show ip',
  namesIn: (lines) => onlyValue(lines, /^NAME\s*:\s*([^[\s]+)(?:\[\d+\])?$/),
  proof: 'device',
})
