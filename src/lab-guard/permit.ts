import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/** What a browser at a lab's host name asks GNS3 for. */
export interface Asked {
  readonly method: string
  /** As it stands in the address, without the query. */
  readonly path: string
  readonly isSocket: boolean
}

/** What may be done with it. `path` is what GNS3 is asked for; nothing else of the request's line goes on. */
export type Permission =
  | { readonly kind: 'read'; readonly path: string; readonly answer: 'json' | 'image' | 'file' }
  /** Answered with the lab's own project alone. */
  | { readonly kind: 'projects'; readonly path: string }
  | { readonly kind: 'events'; readonly path: string }
  | { readonly kind: 'console'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly rule: WriteRule }
  | { readonly kind: 'refused'; readonly why: 'never' | 'fixed' }

/**
 * What becomes of the body of a write.
 * @param current of the thing as GNS3 has it, where `readsCurrent`
 * @returns what is sent, or null where it would change what may not be changed
 */
export interface WriteRule {
  readonly readsCurrent: boolean
  readonly bodyOf: (given: unknown, current: unknown) => unknown
}

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
/** Start-up configurations, which a device's owner reads and writes at its console anyway; no other file of the project (its marker!). */
const deviceFile = '(?:startup\\.vpc|startup-config\\.cfg|private-config\\.cfg|configs/[\\w-]+\\.cfg)'
/** As in a node: `:/symbols/vpcs_guest.svg`, `vpcs_guest`, an own file's name. */
const symbol = '[\\w:./ -]{1,200}'

const nothing: WriteRule = { readsCurrent: false, bodyOf: () => ({}) }
const fitting = (schema: z.ZodType): WriteRule => ({
  readsCurrent: false,
  bodyOf: (given) => schema.safeParse(given).data ?? null,
})

const place = z.number().min(-100_000).max(100_000)
const textLabel = z.object({
  text: z.string().max(200),
  x: place.nullish(),
  y: place.nullish(),
  rotation: z.number().nullish(),
  style: z.string().max(500).nullish(),
})
const linkEnd = z.object({
  node_id: z.string().regex(new RegExp(`^${uuid}$`, 'u')),
  adapter_number: z.int().min(0).max(1_000),
  port_number: z.int().min(0).max(1_000),
  label: textLabel.nullish(),
})
/** Numbers alone: the text of a packet filter goes to a command line of its own. */
const filters = z.record(z.string().regex(/^[a-z_]{1,40}$/u), z.array(z.number()).max(4))
const newLink = z.object({ nodes: z.array(linkEnd).length(2), filters: filters.optional(), suspend: z.boolean().optional() })
const linkChange = z.object({ nodes: z.array(linkEnd).length(2).optional(), filters: filters.optional(), suspend: z.boolean().optional() })
const newNode = z.object({ x: place, y: place }).transform((at) => ({ x: Math.round(at.x), y: Math.round(at.y), compute_id: 'local' }))
const drawing = z.object({
  svg: z.string().max(65_536).optional(),
  x: place.optional(),
  y: place.optional(),
  z: place.optional(),
  rotation: z.number().optional(),
})

const node = z.looseObject({ node_type: z.string(), properties: z.record(z.string(), z.unknown()).nullish() })
const record = z.record(z.string(), z.unknown())
/** Where things stand in the drawing. */
const layout = ['x', 'y', 'z', 'label', 'locked', 'symbol', 'width', 'height']

/** True when the properties are as they are but for what may differ. */
function keepsProperties(given: unknown, current: z.infer<typeof node>): boolean {
  const properties = record.safeParse(given).data
  if (!properties) return false
  const mayChange = current.node_type === 'ethernet_switch' ? ['ports_mapping'] : []
  return Object.entries(properties).every(
    ([name, value]) => mayChange.includes(name) || isDeepStrictEqual(value, current.properties?.[name]),
  )
}

/**
 * The web UI sends a node as a whole. Of GNS3's own switch, which has no console, the ports and VLANs may be set; in a free topology a node
 * may be moved. Whatever else differs from what GNS3 has (its name, its command line, its memory) is refused.
 */
const nodeChange = (isFree: boolean): WriteRule => ({
  readsCurrent: true,
  bodyOf: (given, current) => {
    const [wanted, known] = [record.safeParse(given).data, node.safeParse(current).data]
    if (!wanted || !known) return null
    const changed = Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, known[name]))
    const isFine = ([name, value]: [string, unknown]) =>
      (isFree && layout.includes(name)) || (name === 'properties' && keepsProperties(value, known))
    return changed.every(isFine) ? Object.fromEntries(changed) : null
  },
})

interface Rule {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** With the project as a group, where it is one's. */
  readonly path: RegExp
  readonly isSocket?: boolean
  readonly isFreeOnly?: boolean
  readonly give: (path: string, lab: Lab) => Permission
}

/** What is asked of: the lab's own project, and whether its exercise leaves the topology free. */
interface Lab {
  readonly projectId: string
  readonly isFree: boolean
}

const read =
  (answer: 'json' | 'image' | 'file' = 'json') =>
  (path: string): Permission => ({ kind: 'read', path, answer })
const write =
  (rule: WriteRule) =>
  (path: string): Permission => ({ kind: 'write', path, rule })
const events = (path: string): Permission => ({ kind: 'events', path })

const at = (path: string) => new RegExp(`^/v[23]${path}$`, 'u')
const own = (path: string) => at(`/projects/(?<project>${uuid})${path}`)

const rules: readonly Rule[] = [
  { method: 'GET', path: at('/(?:version|computes|templates|statistics|symbols)'), give: read() },
  { method: 'GET', path: at(`/templates/${uuid}`), give: read() },
  { method: 'GET', path: at('/computes/local'), give: read() },
  { method: 'GET', path: at('/access/users/me'), give: read() },
  { method: 'GET', path: at(`/symbols/${symbol}/raw`), give: read('image') },
  { method: 'GET', path: at(`/symbols/${symbol}/dimensions`), give: read() },
  { method: 'GET', path: at('/projects'), give: (path, { projectId }) => ({ kind: 'projects', path: `${path}/${projectId}` }) },
  { method: 'GET', path: own('(?:/nodes|/links|/drawings|/snapshots|/stats|/locked)?'), give: read() },
  { method: 'GET', path: own(`/nodes/${uuid}(?:/links)?`), give: read() },
  { method: 'GET', path: own(`/links/${uuid}(?:/available_filters)?`), give: read() },
  { method: 'GET', path: own(`/drawings/${uuid}`), give: read() },
  { method: 'GET', path: own(`/nodes/${uuid}/files/${deviceFile}`), give: read('file') },
  { method: 'GET', path: own('/files/README\\.txt'), give: read('file') },
  { method: 'GET', path: at('/notifications'), give: events },
  { method: 'GET', path: own('/notifications'), give: events },
  { method: 'GET', isSocket: true, path: at('/notifications/ws'), give: events },
  { method: 'GET', isSocket: true, path: own('/notifications/ws'), give: events },
  { method: 'GET', isSocket: true, path: own(`/nodes/${uuid}/console/(?:ws|vnc)`), give: (path) => ({ kind: 'console', path }) },
  { method: 'POST', path: own('/open'), give: write(nothing) },
  { method: 'POST', path: own(`/nodes/(?:${uuid}/)?(?:start|stop|suspend|reload|console/reset)`), give: write(nothing) },
  { method: 'PUT', path: own(`/nodes/${uuid}`), give: (path, { isFree }) => ({ kind: 'write', path, rule: nodeChange(isFree) }) },
  { method: 'POST', isFreeOnly: true, path: own(`/templates/${uuid}`), give: write(fitting(newNode)) },
  { method: 'POST', isFreeOnly: true, path: own('/links'), give: write(fitting(newLink)) },
  { method: 'PUT', isFreeOnly: true, path: own(`/links/${uuid}`), give: write(fitting(linkChange)) },
  { method: 'POST', isFreeOnly: true, path: own('/drawings'), give: write(fitting(drawing)) },
  { method: 'PUT', isFreeOnly: true, path: own(`/drawings/${uuid}`), give: write(fitting(drawing)) },
]

/** Nothing that GNS3's own router could take for another path than we do. */
const isPlain = (path: string): boolean => !/%|\\|\/\/|\/\.{1,2}(?:\/|$)|[\u0000-\u0020\u007f]/u.test(path)

/** Blanks of a symbol's name are the only thing that may stand encoded. */
const withoutBlanks = (path: string): string => path.replaceAll('%20', ' ')

/**
 * The allow-list: everything that is not named is refused. Nobody deletes, closes, exports, imports or reconfigures; nothing of a compute,
 * of another project, of the server's settings or of its files is reached; cabling changes where the exercise leaves it free.
 */
export function permit({ method, path, isSocket }: Asked, lab: Lab): Permission {
  const plain = withoutBlanks(path)
  if (!isPlain(plain.replaceAll(' ', '_'))) return { kind: 'refused', why: 'never' }
  const isHere = (rule: Rule): boolean => {
    const found = rule.method === method && (rule.isSocket ?? false) === isSocket ? rule.path.exec(plain) : null
    return found !== null && (found.groups?.project ?? lab.projectId) === lab.projectId
  }
  const rule = rules.find(isHere)
  if (!rule) return { kind: 'refused', why: 'never' }
  if (rule.isFreeOnly === true && !lab.isFree) return { kind: 'refused', why: 'fixed' }
  return rule.give(path, lab)
}
