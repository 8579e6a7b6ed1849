import { z } from 'zod'
import { type TrunkFacts, type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { type Vlan, type VlanFacts, vlan } from '../../command-modules/vlan.ts'
import { readShownLab } from '../../lab-observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { samePort } from '../../target.ts'

/** `ports_mapping` of GNS3's own switch: `vlan` is the access VLAN, of a trunk the native one; a trunk carries every VLAN (GNS3 2.2, 3.x). */
const mappingSchema = z.array(
  z.object({ name: z.string(), port_number: z.number(), type: z.enum(['access', 'dot1q', 'qinq']), vlan: z.number().int() }),
)
type Mapping = z.infer<typeof mappingSchema>

async function readPorts({ device, showLab }: ReadContext): Promise<Mapping | Unreadable> {
  const answer = await showLab()
  if (isUnreadable(answer)) return answer
  const shown = readShownLab(answer)
  if (isUnreadable(shown)) return shown
  const found = shown.lab.devices.find(({ name }) => name === device)
  const mapping = mappingSchema.safeParse(found?.portsMapping)
  return mapping.success ? mapping.data : unreadable('NOT_A_GNS3_SWITCH', 'exercise', { type: found?.type ?? '' })
}

function vlansOf(ports: Mapping): VlanFacts {
  const access = ports.filter(({ type }) => type === 'access')
  const ids = [...new Set(access.map((port) => port.vlan))].sort((one, other) => one - other)
  const portsOf = (id: number) => access.filter((port) => port.vlan === id).map(({ name }) => name)
  return { vlans: ids.map((id): Vlan => ({ id, name: null, active: true, accessPorts: portsOf(id) })) }
}

function trunkOf(ports: Mapping, wanted: string): TrunkFacts {
  const found = ports.find(({ name }) => samePort(name, wanted))
  if (found === undefined) return { port: null }
  const { name: port, type } = found
  const modes = { access: 'access', dot1q: 'trunk', qinq: 'other' } as const satisfies Record<string, TrunkPort['mode']>
  return { port: { port, mode: modes[type], allowed: type === 'dot1q' ? '1-4094' : null, native: type === 'dot1q' ? found.vlan : null } }
}

/** VLANs and trunks. */
export const switching: readonly BoundReader[] = [
  reads(
    vlan,
    {
      // the switch gives its VLANs no names
      unsupported: ({ name }) => (name === undefined ? null : 'name'),
      observe: async (context) => {
        const ports = await readPorts(context)
        return isUnreadable(ports) ? ports : vlansOf(ports)
      },
    },
    'device',
  ),
  reads(
    trunk,
    {
      observe: async (context, { port }) => {
        const ports = await readPorts(context)
        return isUnreadable(ports) ? ports : trunkOf(ports, port)
      },
    },
    'device',
  ),
]
