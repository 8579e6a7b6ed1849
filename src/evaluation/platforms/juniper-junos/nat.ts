import { nat } from '../../command-modules/nat.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { entryOfFlows, natReader } from '../readings/nat.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** `In: 10.5.1.10/1 --> 10.5.2.20/100;icmp, …` and below it `Out: 10.5.2.20/100 --> 10.5.2.1/2345;icmp, …`. Fixtures: juniper_junos/nat. */
const flowPattern = /^\s*(?:In|Out): ([\d.]+)\/(\d+) --> ([\d.]+)\/(\d+);(\w+),/gm

export const translations: readonly BoundReader[] = [
  reads(
    nat,
    natReader(async (context) => {
      const answer = await askJunos(context, 'show security flow session | no-more')
      if (isUnreadable(answer)) return answer
      const flows = [...answer.text.matchAll(flowPattern)].map(
        ([, source = '', sourcePort, destination = '', destinationPort, protocol = '']) => ({
          source: { address: source, port: Number(sourcePort) },
          destination: { address: destination, port: Number(destinationPort) },
          protocol,
        }),
      )
      const sessions = [...answer.text.matchAll(/^Session ID: /gm)].length
      if (!/^Total sessions: \d+/m.test(answer.text) || flows.length !== sessions * 2) return unknownAnswer(answer)
      return Array.from({ length: sessions }, (_, index) => index * 2).flatMap((at) => {
        const [begun, answered] = flows.slice(at, at + 2)
        return begun === undefined || answered === undefined ? [] : [entryOfFlows(begun.protocol, begun, answered)]
      })
    }),
    'documented',
  ),
]
