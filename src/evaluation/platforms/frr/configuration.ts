import { isUnreadable } from '../../platform.ts'
import { ciscoNoise, configurationReader, endsWithEnd, readBlocks } from '../readings/config-reading.ts'
import type { AskComplete } from '../readings/reading.ts'
import { askFrr } from './answer.ts'
import { findUnseenDaemon } from './daemons.ts'

const noise = [...ciscoNoise, /^\s*exit$/, /^frr version /]

/** The parts of daemons that this vtysh is not connected to are missing from what it shows. */
const askOfAllDaemons: AskComplete = async (context, command, options) => {
  const answer = await askFrr(context, command, options)
  if (isUnreadable(answer)) return answer
  return (await findUnseenDaemon(context)) ?? answer
}

/** `show startup-config` of vtysh prints nothing (8.4.4), so what is saved cannot be told here. Fixtures: frr/configuration. */
export const configurations = configurationReader({
  ask: askOfAllDaemons,
  running: 'show running-config',
  saved: null,
  read: (text) => readBlocks(text, { noise, textEnd: () => undefined, complete: endsWithEnd }),
  proof: 'device',
})
