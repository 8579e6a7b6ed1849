import { hostnameReader, onlyValue } from '../readings/hostname-reading.ts'
import { askIos } from './answer.ts'

/** `R1 uptime is 3 hours`: a line of the configuration that begins with `hostname` could stand in a banner. Fixtures: cisco_ios/hostname. */
export const hostnames = hostnameReader({
  ask: askIos,
  command: 'show version | include uptime is',
  namesIn: (lines) =>
    onlyValue(
      lines.filter((line) => !/^Uptime for this control processor/.test(line)),
      /^(\S+) uptime is \d/,
    ),
  proof: 'transcript',
})
