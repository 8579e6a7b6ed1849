import { ciscoNoise, configurationReader, delimitedBanner, readBlocks } from '../readings/config-reading.ts'
import { askNxos } from './answer.ts'

/** NX-OS prints no end; the version stands at the beginning. Fixtures: cisco_nxos/configuration. */
export const configurations = configurationReader({
  ask: askNxos,
  running: 'show running-config',
  saved: { command: 'show startup-config', nothing: /^No startup configuration/m },
  read: (text) => readBlocks(text, { noise: ciscoNoise, textEnd: delimitedBanner, complete: /^version \d/m }),
  proof: 'transcript',
})
