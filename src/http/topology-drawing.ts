/**
 * Turns devices and links into numbers that a view can draw as SVG. Pure: positions and names come from the GNS3 project, symbols
 * are our own (an uploaded drawing is never shown). Names are escaped by the view.
 */

/** GNS3's states of a node, and `unknown` while no GNS3 was asked (a project that is only uploaded). */
export type DrawnState = 'started' | 'stopped' | 'suspended' | 'unknown'

/** Symbols we have; each is `#device-<kind>` in `/assets/icons.svg`. */
export type DeviceKind = 'pc' | 'server' | 'router' | 'switch' | 'hub' | 'cloud' | 'firewall' | 'device'

/** What is read of a device; GNS3's lab state and a parsed project both fit. */
export interface TopologyDevice {
  readonly id: string
  readonly name: string
  /** GNS3's node type: vpcs, dynamips, docker, ethernet_switch ... */
  readonly type: string
  readonly state?: DrawnState
  /** Upper left corner of the symbol in GNS3's scene, in its pixels. */
  readonly x: number
  readonly y: number
  /** Size of GNS3's symbol; its usual one where absent. */
  readonly width?: number | null
  readonly height?: number | null
  /** Path or name of GNS3's symbol (":/symbols/router.svg"); decides the kind where the type does not. */
  readonly symbol?: string | null
}

export interface TopologyLinkEnd {
  readonly deviceId: string
  /** Port as people call it ("Gi0/0", "e1"). */
  readonly port: string
}

export interface TopologyLink {
  readonly id: string
  readonly ends: readonly [TopologyLinkEnd, TopologyLinkEnd]
  readonly suspended?: boolean
}

export interface DrawnDevice {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  readonly state: DrawnState
  /** Centre. */
  readonly x: number
  readonly y: number
  /** What is attached, for the table: "e0 – R1 Gi0/0". */
  readonly links: readonly { readonly port: string; readonly peer: string; readonly peerPort: string }[]
}

export interface DrawnLink {
  readonly id: string
  /** SVG path from centre to centre, bowed where several links join the same two devices. */
  readonly path: string
  readonly a: DrawnEnd
  readonly b: DrawnEnd
  readonly isSuspended: boolean
}

export interface DrawnEnd {
  readonly device: string
  readonly port: string
  /** Where the name of the port is written. */
  readonly x: number
  readonly y: number
}

export interface TopologyDrawing {
  /** `x y width height` for the SVG's viewBox. */
  readonly viewBox: string
  readonly width: number
  readonly height: number
  /** In reading order: row by row, left to right. */
  readonly devices: readonly DrawnDevice[]
  readonly links: readonly DrawnLink[]
}

/** Half the side of our symbols, in drawing units (GNS3's pixels). */
export const symbolRadius = 30
/** Room around the outermost centres: symbol, name below, port names. */
const margin = { x: 90, top: 60, bottom: 80 }
/** Usual size of GNS3's own symbols, where the project does not say (gns3-server, symbols at 1x). */
const usualSize = { width: 65, height: 59 }
/** Distance of a port's name from the centre of its device, on the link. */
const portDistance = 62
const bow = 46
/** Devices of one row may differ by so much in height, as switches drawn a little lower than their routers; for the order alone. */
const rowHeight = 60

const kindByType: Readonly<Record<string, DeviceKind>> = {
  vpcs: 'pc',
  traceng: 'pc',
  dynamips: 'router',
  ethernet_switch: 'switch',
  atm_switch: 'switch',
  frame_relay_switch: 'switch',
  ethernet_hub: 'hub',
  cloud: 'cloud',
  nat: 'cloud',
  docker: 'server',
}

const kindBySymbol: readonly (readonly [RegExp, DeviceKind])[] = [
  [/firewall|asa|pix/i, 'firewall'],
  [/switch/i, 'switch'],
  [/router/i, 'router'],
  [/hub/i, 'hub'],
  [/cloud|nat\b/i, 'cloud'],
  [/server/i, 'server'],
  [/guest|computer|pc|laptop/i, 'pc'],
]

/** The symbol wins where it says more than the type (an IOU node may be a router or a switch, a container a router). */
export function deviceKind(device: Pick<TopologyDevice, 'type' | 'symbol'>): DeviceKind {
  const name = device.symbol?.split('/').at(-1) ?? ''
  const bySymbol = kindBySymbol.find(([pattern]) => pattern.test(name))?.[1]
  return bySymbol ?? kindByType[device.type] ?? 'device'
}

interface Point {
  readonly x: number
  readonly y: number
}

const round = (value: number): number => Math.round(value * 10) / 10

const finite = (value: number): number => (Number.isFinite(value) ? value : 0)

function centreOf(device: TopologyDevice): Point {
  const width = device.width ?? usualSize.width
  const height = device.height ?? usualSize.height
  return { x: round(finite(device.x) + finite(width) / 2), y: round(finite(device.y) + finite(height) / 2) }
}

/** A point of the quadratic curve from `a` over `control` to `b`. */
function onCurve(a: Point, control: Point, b: Point, share: number): Point {
  const rest = 1 - share
  const mix = (p: number, q: number, r: number) => round(rest * rest * p + 2 * rest * share * q + share * share * r)
  return { x: mix(a.x, control.x, b.x), y: mix(a.y, control.y, b.y) }
}

/** The control point that bows the nth of several links between the same two devices to alternating sides. */
function controlPoint(a: Point, b: Point, index: number, count: number): Point {
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  const length = Math.hypot(b.x - a.x, b.y - a.y)
  if (count === 1 || length === 0) return middle
  const offset = (index - (count - 1) / 2) * bow
  return { x: round(middle.x - ((b.y - a.y) / length) * offset), y: round(middle.y + ((b.x - a.x) / length) * offset) }
}

const pairKey = (link: TopologyLink): string =>
  link.ends
    .map((end) => end.deviceId)
    .sort()
    .join(' ')

function drawLink(
  link: TopologyLink,
  at: ReadonlyMap<string, Point>,
  names: ReadonlyMap<string, string>,
  place: { index: number; count: number },
): DrawnLink | undefined {
  const [first, second] = link.ends
  // Bows are measured from the same end for every link of a pair, else two opposite links would bow onto each other.
  const [endA, endB] = first.deviceId <= second.deviceId ? [first, second] : [second, first]
  const a = at.get(endA.deviceId)
  const b = at.get(endB.deviceId)
  if (!a || !b) return undefined
  const control = controlPoint(a, b, place.index, place.count)
  const length = Math.max(1, Math.hypot(b.x - a.x, b.y - a.y))
  const share = Math.min(0.36, portDistance / length)
  return {
    id: link.id,
    path: `M${a.x} ${a.y}Q${round(control.x)} ${round(control.y)} ${b.x} ${b.y}`,
    a: { device: names.get(endA.deviceId) ?? '', port: endA.port, ...onCurve(a, control, b, share) },
    b: { device: names.get(endB.deviceId) ?? '', port: endB.port, ...onCurve(a, control, b, 1 - share) },
    isSuspended: link.suspended ?? false,
  }
}

function drawLinks(links: readonly TopologyLink[], at: ReadonlyMap<string, Point>, names: ReadonlyMap<string, string>): DrawnLink[] {
  const counts = new Map<string, number>()
  for (const link of links) counts.set(pairKey(link), (counts.get(pairKey(link)) ?? 0) + 1)
  const seen = new Map<string, number>()
  return links.flatMap((link) => {
    const key = pairKey(link)
    const index = seen.get(key) ?? 0
    seen.set(key, index + 1)
    return drawLink(link, at, names, { index, count: counts.get(key) ?? 1 }) ?? []
  })
}

function linksOf(device: TopologyDevice, links: readonly TopologyLink[], names: ReadonlyMap<string, string>): DrawnDevice['links'] {
  return links.flatMap(({ ends: [a, b] }) => {
    const sides = [
      { own: a, other: b },
      { own: b, other: a },
    ]
    return sides
      .filter(({ own }) => own.deviceId === device.id)
      .map(({ own, other }) => ({ port: own.port, peer: names.get(other.deviceId) ?? '', peerPort: other.port }))
  })
}

/** Row by row from the top, left to right. A row takes everything that starts at most `rowHeight` below its first device. */
function inReadingOrder(devices: readonly DrawnDevice[]): DrawnDevice[] {
  const rows: DrawnDevice[][] = []
  for (const device of [...devices].sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1)
    const first = row?.[0]
    if (row && first && device.y - first.y <= rowHeight) row.push(device)
    else rows.push([device])
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x || a.name.localeCompare(b.name)))
}

function boundsOf(points: readonly Point[]): { x: number; y: number; width: number; height: number } {
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  const left = Math.min(...xs) - margin.x
  const top = Math.min(...ys) - margin.top
  return {
    x: round(left),
    y: round(top),
    width: round(Math.max(...xs) + margin.x - left),
    height: round(Math.max(...ys) + margin.bottom - top),
  }
}

/**
 * Draws a topology. A link whose end is unknown is left out; a topology without devices gives `null` (there is nothing to draw).
 * @param topology devices and links, in GNS3's coordinates
 */
export function drawTopology(topology: {
  readonly devices: readonly TopologyDevice[]
  readonly links: readonly TopologyLink[]
}): TopologyDrawing | null {
  if (topology.devices.length === 0) return null
  const at = new Map(topology.devices.map((device) => [device.id, centreOf(device)]))
  const names = new Map(topology.devices.map((device) => [device.id, device.name]))
  const devices = inReadingOrder(
    topology.devices.map((device): DrawnDevice => {
      const centre = centreOf(device)
      return {
        id: device.id,
        name: device.name,
        kind: deviceKind(device),
        state: device.state ?? 'unknown',
        ...centre,
        links: linksOf(device, topology.links, names),
      }
    }),
  )
  const links = drawLinks(topology.links, at, names)
  const bounds = boundsOf([...devices, ...links.flatMap((link) => [link.a, link.b])])
  return { viewBox: `${bounds.x} ${bounds.y} ${bounds.width} ${bounds.height}`, width: bounds.width, height: bounds.height, devices, links }
}
