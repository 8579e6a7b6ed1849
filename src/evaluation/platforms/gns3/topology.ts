import { type Cable, type TopologyFacts, topology } from '../../command-modules/topology.ts'
import { checkIntegrity } from '../../integrity.ts'
import { readShownLab, type ShownLab } from '../../lab-observation.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'

type ShownEnd = ShownLab['lab']['links'][number]['ends'][number]

/** The port's own name; the label beside the cable is the student's to change. */
function endOf({ lab }: ShownLab, { deviceId, adapter, port }: ShownEnd): Cable['ends'][number] {
  const device = lab.devices.find(({ id }) => id === deviceId)
  const named = device?.ports.find((one) => one.adapter === adapter && one.port === port)
  return { device: device?.name ?? deviceId, port: named?.name ?? null }
}

function factsOf(shown: ShownLab): TopologyFacts {
  const { lab, recorded } = shown
  return {
    devices: lab.devices.map(({ name }) => name),
    cables: lab.links.map(({ ends: [a, b], suspended }) => ({ ends: [endOf(shown, a), endOf(shown, b)], suspended })),
    changes: recorded === null ? null : checkIntegrity(recorded, lab, 'fixed'),
  }
}

/** What GNS3 itself answers, no device asked. */
export const gns3Readers: readonly BoundReader[] = [
  reads(
    topology,
    {
      observe: async ({ showLab }) => {
        const answer = await showLab()
        if (isUnreadable(answer)) return answer
        const shown = readShownLab(answer)
        return isUnreadable(shown) ? shown : factsOf(shown)
      },
    },
    'device',
  ),
]
