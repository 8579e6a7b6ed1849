import { hostnameReader, onlyWord, withShortName } from '../readings/hostname-reading.ts'
import { askNxos } from './answer.ts'

/** With the domain where one is set. Fixtures: cisco_nxos/hostname. */
export const hostnames = hostnameReader({
  ask: askNxos,
  command: 'show hostname',
  namesIn: (lines) => withShortName(onlyWord(lines)),
  proof: 'transcript',
})
