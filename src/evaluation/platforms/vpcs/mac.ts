import { type DeviceMac, isUnreadable, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askShowIp } from './answer.ts'

/** `MAC         : 00:50:79:66:68:00` of `show ip`: the one interface. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askShowIp(context)
  if (isUnreadable(answer)) return answer
  const mac = canonicalMac(/^MAC\s*:\s*([\da-f:]{17})\s*$/im.exec(answer.text)?.[1] ?? '')
  return mac === undefined ? unknownAnswer(answer) : [{ port: null, mac }]
}
