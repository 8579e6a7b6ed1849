import type { Json } from './json.ts'
import type { LabLink, LabNode, Project } from './project.types.ts'

/** How many values uBridge takes per filter type (packet_filter.c). */
const arity: Readonly<Record<string, readonly [number, number]>> = {
  frequency_drop: [1, 1],
  packet_loss: [1, 1],
  delay: [1, 2],
  corrupt: [1, 1],
  bpf: [1, 2],
}

/** Types whose end of a link runs through uBridge and so can filter (controller/link.py _get_filter_node). */
const filteringTypes = new Set(['vpcs', 'traceng', 'vmware', 'dynamips', 'qemu', 'iou', 'cloud', 'nat', 'virtualbox', 'docker'])

/** The first end that can filter. Without one, filters and suspend are stored and do nothing. */
export function filterNode(project: Project, link: Pick<LabLink, 'sides'>): LabNode | undefined {
  const ends = link.sides.map((side) => project.nodes.get(side.nodeId))
  return ends.find((node) => node !== undefined && filteringTypes.has(node.type))
}

/** The message of the first filter uBridge refuses, or undefined. */
export function refusal(bridge: string, filters: LabLink['filters']): string | undefined {
  const names = Object.keys(filters)
  const wrong = names.findIndex((name) => {
    const [least, most] = arity[name] ?? [0, -1]
    const count = filters[name]?.length ?? 0
    return count < least || count > most
  })
  if (wrong < 0) return undefined
  return refusalText(bridge, wrong, names[wrong] ?? '', filters)
}

function refusalText(bridge: string, index: number, name: string, filters: LabLink['filters']): string {
  const command = `bridge add_packet_filter ${bridge} filter${index} ${name} ${(filters[name] ?? []).join(' ')}`
  const unknown = name in arity ? '' : `Filter type '${name}' doesn't exist\n`
  return `Error while sending command '${command}': Failed to add filter 'filter${index}': ${bridgeLog}${unknown}`
}

/** What uBridge wrote so far comes along with every error, line ends and all. */
const bridgeLog =
  'uBridge version 0.9.19 running with libpcap version 1.10.3 (with TPACKET_V3)\nHypervisor TCP control server started (IP 127.0.0.1 port 39315).\n'

/** A port in use: the controller forgets its links once a node was started, then uBridge objects. */
export function usedPort(node: LabNode): string {
  if (node.status !== 'started' || !filteringTypes.has(node.type)) return 'Port is already used'
  return `Error while sending command 'bridge create ${bridgeName(node)}': bridge '${bridgeName(node)}' already exist: ${bridgeLog}`
}

/** What keeps the node from starting: a refused filter on one of its links. */
export function rejectedFilter(project: Project, node: LabNode): string | undefined {
  const links = [...project.links.values()].filter((link) => filterNode(project, link) === node)
  return links.map((link) => refusal(bridgeName(node), link.applied)).find((message) => message !== undefined)
}

export const bridgeName = (node: LabNode): string => `${node.type.toUpperCase()}-${node.id}`

/** As controller/link.py update_filters: numbers are cut, texts trimmed, what begins with 0 or nothing is no filter. */
export function activeFilters(given: Json | undefined): LabLink['filters'] {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return {}
  const filters: LabLink['filters'] = {}
  for (const [name, values] of Object.entries(given)) {
    const clean = (Array.isArray(values) ? values : []).map((value) =>
      typeof value === 'string' ? value.trim() : Math.trunc(Number(value)),
    )
    if (clean.length > 0 && clean[0] !== 0 && clean[0] !== '') filters[name] = clean
  }
  return filters
}

const number = (name: string, minimum: number, maximum: number, unit: string): Json => ({ name, minimum, maximum, type: 'int', unit })

/** `available_filters` of a link that can filter. */
export const filterCatalogue: Json[] = [
  {
    type: 'frequency_drop',
    name: 'Frequency drop',
    description: 'It will drop everything with a -1 frequency, drop every Nth packet with a positive frequency, or drop nothing',
    parameters: [number('Frequency', -1, 32767, 'th packet')],
  },
  {
    type: 'packet_loss',
    name: 'Packet loss',
    description: 'The percentage represents the chance for a packet to be lost',
    parameters: [number('Chance', 0, 100, '%')],
  },
  {
    type: 'delay',
    name: 'Delay',
    description: 'Delay packets in milliseconds. You can add jitter in milliseconds (+/-) of the delay',
    parameters: [number('Latency', 0, 32767, 'ms'), number('Jitter (-/+)', 0, 32767, 'ms')],
  },
  {
    type: 'corrupt',
    name: 'Corrupt',
    description: 'The percentage represents the chance for a packet to be corrupted',
    parameters: [number('Chance', 0, 100, '%')],
  },
  {
    type: 'bpf',
    name: 'Berkeley Packet Filter (BPF)',
    description: 'This filter will drop any packet matching a BPF expression. Put one expression per line',
    parameters: [{ name: 'Filters', type: 'text' }],
  },
]
