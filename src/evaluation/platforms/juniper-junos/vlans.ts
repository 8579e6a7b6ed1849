import { type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { type Vlan, vlan } from '../../command-modules/vlan.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { samePort } from '../../target.ts'
import { showVlans } from '../../vlans.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

interface Member {
  /** Without the unit 0 that every switch port has. */
  readonly port: string
  /** The asterisk: its link is up. */
  readonly up: boolean
  readonly tagged: boolean
  readonly mode: 'access' | 'trunk'
}

interface JunosVlan extends Pick<Vlan, 'name' | 'active'> {
  /** Null for a VLAN without a number (`Tag: Untagged`, `none`). */
  readonly id: number | null
  readonly members: readonly Member[]
}

/** What a block says besides; anything else is a form that is not known (the older `VLAN: x, 802.1Q Tag: 10`). */
const otherLine =
  /^\s*(?:Internal index:|MAC aging time:|Layer 3 interface:|Number of interfaces:|Total MAC count:|VXLAN Enabled\s*:|Description:|Interfaces:\s*$|\{\w+:\d+\}\s*$|$)/
const nameLine = /^\s*VLAN Name: (\S+)\s+State: (Active|Inactive)$/
const tagLine = /^\s*Tag: (\d+|none|Untagged)$/i
const memberLine = /^\s+([a-z]+[\w/-]*)\.(\d+)(\*?),(tagged|untagged),(access|trunk)$/

const portOf = (name: string, unit: string): string => (unit === '0' ? name : `${name}.${unit}`)

interface Open {
  readonly name: string
  readonly active: boolean
  id: number | null | undefined
  readonly members: Member[]
}

function readMember(line: string): Member | undefined {
  const [, name, unit, star, tagging, mode] = memberLine.exec(line) ?? []
  if (name === undefined || unit === undefined || (mode !== 'access' && mode !== 'trunk')) return undefined
  return { port: portOf(name, unit), up: star === '*', tagged: tagging === 'tagged', mode }
}

/** Takes one line into the block it belongs to. @returns false where it is not known */
function takeLine(line: string, blocks: Open[]): boolean {
  const [, name, state] = nameLine.exec(line) ?? []
  if (name !== undefined) return blocks.push({ name, active: state === 'Active', id: undefined, members: [] }) > 0
  const block = blocks.at(-1)
  if (/^\s*Routing instance: \S+$/.test(line)) return true
  const tag = tagLine.exec(line)?.[1]
  if (tag !== undefined && block !== undefined) {
    block.id = /^\d+$/.test(tag) ? Number(tag) : null
    return true
  }
  const member = readMember(line)
  if (member !== undefined) block?.members.push(member)
  return member === undefined ? otherLine.test(line) : block !== undefined
}

/** `show vlans detail` of switches with the newer (ELS) software; every line must be known. Fixtures: juniper_junos/vlan. */
function readVlans(answer: Observation): readonly JunosVlan[] | Unreadable {
  const blocks: Open[] = []
  if (!linesOf(answer).every((line) => takeLine(line, blocks))) return unknownAnswer(answer)
  const vlans = blocks.flatMap(({ id, ...rest }) => (id === undefined ? [] : [{ id, ...rest }]))
  return vlans.length === 0 || vlans.length < blocks.length ? unknownAnswer(answer) : vlans
}

async function askVlans(
  context: ReadContext,
): Promise<{ readonly vlans: readonly JunosVlan[]; readonly answer: Observation } | Unreadable> {
  const answer = await askJunos(context, 'show vlans detail')
  if (isUnreadable(answer)) return answer
  const vlans = readVlans(answer)
  return 'unreadable' in vlans ? vlans : { vlans, answer }
}

async function observeVlans(context: ReadContext) {
  const found = await askVlans(context)
  if (isUnreadable(found)) return found
  const vlans = found.vlans.flatMap(({ id, name, active, members }): Vlan[] => {
    const accessPorts = members.filter(({ mode, tagged }) => mode === 'access' && !tagged).map(({ port }) => port)
    return id === null ? [] : [{ id, name, active, accessPorts }]
  })
  return { vlans }
}

/** A port that is in no VLAN at all: one that routes, or none that is known. */
async function outsideVlans(context: ReadContext, wanted: string): Promise<TrunkPort | null | Unreadable> {
  const answer = await askJunos(context, 'show interfaces terse')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  if (!lines.some((line) => /^Interface\s+Admin\s+Link\s+Proto\b/.test(line))) return unknownAnswer(answer)
  const rows = lines.flatMap((line) => {
    const [, name, protocol = ''] = /^([a-z]\S*)\s+(?:up|down)\s+(?:up|down)(?:\s+(\S+))?/.exec(line) ?? []
    return name !== undefined && samePort(name.replace(/\.\d+$/, ''), wanted.replace(/\.0$/, '')) ? [{ name, protocol }] : []
  })
  if (rows.length === 0) return null
  const isRouted = rows.some(({ protocol }) => protocol === 'inet' || protocol === 'inet6')
  return isRouted ? { port: wanted, mode: 'routed', allowed: null, native: null } : unknownAnswer(answer)
}

function trunkOf(port: string, memberships: readonly { readonly id: number; readonly member: Member }[]): TrunkPort | null {
  const modes = new Set(memberships.map(({ member }) => member.mode))
  const [mode] = modes
  if (modes.size !== 1 || mode === undefined) return null
  if (memberships.every(({ member }) => !member.up)) return { port, mode: 'down', allowed: null, native: null }
  if (mode === 'access') return { port, mode, allowed: null, native: null }
  const untagged = memberships.filter(({ member }) => !member.tagged).map(({ id }) => id)
  if (untagged.length > 1) return null
  return { port, mode, allowed: showVlans(memberships.map(({ id }) => id).sort((one, other) => one - other)), native: untagged[0] ?? null }
}

async function observeTrunk(context: ReadContext, { port: wanted }: { readonly port: string }) {
  const found = await askVlans(context)
  if (isUnreadable(found)) return found
  const all = found.vlans.flatMap(({ id, members }) =>
    members.filter(({ port }) => samePort(port, wanted.replace(/\.0$/, ''))).map((member) => ({ id, member })),
  )
  const [first] = all
  if (first === undefined) {
    const port = await outsideVlans(context, wanted)
    return port !== null && isUnreadable(port) ? port : { port }
  }
  const numbered = all.flatMap(({ id, member }) => (id === null ? [] : [{ id, member }]))
  const port = numbered.length < all.length ? null : trunkOf(first.member.port, numbered)
  return port === null ? unknownAnswer(found.answer) : { port }
}

/** VLANs as switches list them; the untagged VLAN of a trunk is in no public output, hence the mark. */
export const vlans: readonly BoundReader[] = [
  reads(vlan, { observe: observeVlans }, 'transcript'),
  reads(trunk, { observe: observeTrunk }, 'documented'),
]
