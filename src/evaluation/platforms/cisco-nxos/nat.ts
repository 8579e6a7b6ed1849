import { nat } from '../../command-modules/nat.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { readTranslations } from '../cisco-ios/nat.ts'
import { natReader } from '../readings/nat.ts'
import { askNxos } from './answer.ts'
import { isFeatureOn } from './feature.ts'

export const translations: readonly BoundReader[] = [
  reads(
    nat,
    natReader(async (context) => {
      const answer = await askNxos(context, 'show ip nat translations')
      if (!isUnreadable(answer)) return readTranslations(answer)
      // without the feature there is no such command, and nothing is translated
      if (answer.unreadable !== 'COMMAND_REFUSED') return answer
      const isOn = await isFeatureOn(context, 'nat')
      if (typeof isOn !== 'boolean') return isOn
      return isOn ? answer : []
    }),
    'documented',
  ),
]
