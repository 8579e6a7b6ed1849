import { ciscoNoise, configurationReader, delimitedBanner, endsWithEnd, readBlocks } from '../readings/config-reading.ts'
import { askIos } from './answer.ts'

/** Fixtures: cisco_ios/configuration. */
export const configurations = configurationReader({
  ask: askIos,
  running: 'show running-config',
  saved: { command: 'show startup-config', nothing: /^(?:startup-config is not present|%% ?Non-volatile configuration memory)/m },
  read: (text) => readBlocks(text, { noise: ciscoNoise, textEnd: delimitedBanner, complete: endsWithEnd }),
  proof: 'transcript',
})
