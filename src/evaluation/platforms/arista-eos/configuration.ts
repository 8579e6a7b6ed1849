import { ciscoNoise, configurationReader, endsWithEnd, readBlocks } from '../readings/config-reading.ts'
import { askEos } from './answer.ts'

/** A banner ends with `EOF`. Fixtures: arista_eos/configuration. */
const banner = (line: string): RegExp | undefined => (/^banner (?:motd|login|exec)$/.test(line) ? /^EOF$/ : undefined)

/** A switch without a saved configuration shows an empty one, or says that there is no such file. */
export const configurations = configurationReader({
  ask: askEos,
  running: 'show running-config',
  saved: { command: 'show startup-config', nothing: /^% ?Error .*No such file/m },
  read: (text) => readBlocks(text, { noise: ciscoNoise, textEnd: banner, complete: endsWithEnd }),
  proof: 'transcript',
})
