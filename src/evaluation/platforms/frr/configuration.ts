import { ciscoNoise, configurationReader, endsWithEnd, readBlocks } from '../config-reading.ts'
import { askFrr } from './answer.ts'

const noise = [...ciscoNoise, /^\s*exit$/, /^frr version /]

/** `show startup-config` of vtysh prints nothing (8.4.4), so what is saved cannot be told here. Fixtures: frr/configuration. */
export const configurations = configurationReader({
  ask: askFrr,
  running: 'show running-config',
  saved: null,
  read: (text) => readBlocks(text, { noise, textEnd: () => undefined, complete: endsWithEnd }),
  proof: 'device',
})
