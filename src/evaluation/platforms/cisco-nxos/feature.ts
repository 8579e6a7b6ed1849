import { isUnreadable, type ReadContext, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

/**
 * NX-OS knows the commands of a protocol only once its feature is on: a refused command may mean that there is none.
 * `bgp                    1          enabled`. Fixture: cisco_nxos/bgp_peer/feature-off.txt.
 * @param name as `show feature` names it
 */
export async function isFeatureOn(context: Pick<ReadContext, 'ask'>, name: string): Promise<boolean | Unreadable> {
  const answer = await askNxos(context, 'show feature')
  if (isUnreadable(answer)) return answer
  const states = linesOf(answer).flatMap((line) => {
    const row = /^(\S+)\s+\d+\s+(enabled|disabled)(?:\s*\(.*\))?$/.exec(line)
    return row?.[1] === name ? [row[2]] : []
  })
  return states.length === 0 ? unknownAnswer(answer) : states.includes('enabled')
}
