import { z } from 'zod'
import { type DeviceMac, isUnreadable, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { askFrr } from './answer.ts'

const interfacesSchema = z.record(z.string(), z.looseObject({ hardwareAddress: z.string().optional() }))

/** `show interface json` (FRR 8.4); a loopback has none. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askFrr(context, 'show interface json')
  const shown = isUnreadable(answer) ? answer : readJson(answer, interfacesSchema)
  if (isUnreadable(shown)) return shown
  return Object.entries(shown).flatMap(([port, { hardwareAddress }]) => {
    const mac = canonicalMac(hardwareAddress ?? '')
    return mac === undefined ? [] : [{ port, mac }]
  })
}
