import type { Clock } from '../../lib/clock.ts'
import { type ConsoleHub, createConsoleHub } from '../consoles/console-hub.ts'
import { createDevice } from '../consoles/create-device.ts'
import type { Device } from '../consoles/device.ts'
import { fieldsOf } from './json.ts'
import { createLink, type Link } from './link.ts'
import { pcapRecord } from './pcap.ts'
import { createSimulation } from './simulation.ts'
import type { LabNetwork, LinkEnd, NodeSpec, NodeState } from './types.ts'

interface Node {
  spec: NodeSpec
  readonly device: Device
  readonly hub: ConsoleHub | null
  state: NodeState
}

/** Node types that are on as soon as they exist: GNS3 shows them as started, stop does nothing. */
const ALWAYS_ON: ReadonlySet<string> = new Set(['ethernet_switch', 'ethernet_hub', 'cloud', 'nat', 'frame_relay_switch', 'atm_switch'])
/** Types whose suspend really suspends; VPCS ignores it (reference: GNS3 2.2.54, 3.0.6). */
const SUSPENDABLE: ReadonlySet<string> = new Set(['qemu', 'dynamips', 'docker', 'virtualbox', 'vmware'])

/**
 * A simulated lab. `speed` divides every emulated duration (10 = a 5 s ping takes half a second); `seed` makes loss, jitter and
 * round-trip times repeatable.
 */
export function createLabNetwork(options: { clock: Clock; speed: number; seed?: number }): LabNetwork {
  const simulation = createSimulation({ clock: options.clock, speed: options.speed, seed: options.seed ?? 1 })
  const nodes = new Map<string, Node>()
  const links = new Map<string, { ends: readonly [LinkEnd, LinkEnd]; link: Link }>()
  const counts = new Map<string, number>()
  let whileFrozen: (() => void)[] = []

  const nodeOf = (id: string): Node => {
    const node = nodes.get(id)
    if (node === undefined) throw new Error(`no such node: ${id}`)
    return node
  }

  /** Keys pressed while the VM is suspended wait in its socket buffers. */
  const enter = (run: () => void): void => {
    if (simulation.isFrozen()) whileFrozen.push(run)
    else simulation.enter(run)
  }

  const powerOn = (node: Node): void => {
    if (node.state === 'started') return
    const wasSuspended = node.state === 'suspended'
    node.state = 'started'
    if (wasSuspended) {
      node.device.setPaused(false)
      return
    }
    node.hub?.open()
    node.device.powerOn()
  }

  const powerOff = (node: Node): void => {
    if (ALWAYS_ON.has(node.spec.type) || node.state === 'stopped') return
    node.state = 'stopped'
    node.device.powerOff()
    node.hub?.close()
  }

  const tellCable = (ends: readonly LinkEnd[]): void => {
    for (const end of ends) nodes.get(end.nodeId)?.device.linkChanged()
  }

  const inside = async (run: () => void): Promise<void> => simulation.enter(run)

  const removeLink = (id: string): void => {
    const entry = links.get(id)
    if (entry === undefined) return
    links.delete(id)
    simulation.enter(() => {
      entry.link.unplug()
      tellCable(entry.ends)
    })
  }

  return {
    addNode(spec) {
      const index = counts.get(spec.type) ?? 0
      counts.set(spec.type, index + 1)
      const made = createDevice({ simulation, spec, index, createHub: () => createConsoleHub(enter) })
      nodes.set(spec.id, { spec, ...made, state: ALWAYS_ON.has(spec.type) ? 'started' : 'stopped' })
    },
    removeNode(id) {
      for (const [linkId, { ends }] of [...links]) if (ends.some((end) => end.nodeId === id)) removeLink(linkId)
      const node = nodeOf(id)
      simulation.enter(() => powerOff(node))
      nodes.delete(id)
    },
    updateNode(id, change) {
      const node = nodeOf(id)
      node.spec = { ...node.spec, name: change.name ?? node.spec.name, properties: change.properties ?? node.spec.properties }
      simulation.enter(() => node.device.update(change))
    },
    ports: (id) => nodeOf(id).device.ports(),
    addLink({ id, ends }) {
      const [a, b] = ends.map((end) => nodeOf(end.nodeId).device.port(end.adapter, end.port))
      if (a === undefined || b === undefined) throw new Error(`link ${id}: no such port`)
      if (a.transmit !== null || b.transmit !== null) throw new Error(`link ${id}: port in use`)
      simulation.enter(() => {
        links.set(id, { ends, link: createLink(simulation, a, b) })
        tellCable(ends)
      })
    },
    removeLink,
    setLink(id, change) {
      const entry = links.get(id)
      if (entry === undefined) throw new Error(`no such link: ${id}`)
      simulation.enter(() => entry.link.set(change))
    },
    tapLink(id, hear) {
      links.get(id)?.link.tap(hear === null ? null : (frame) => hear(pcapRecord(frame, Date.now())))
    },
    start: (id) => inside(() => powerOn(nodeOf(id))),
    stop: (id) => inside(() => powerOff(nodeOf(id))),
    suspend: (id) =>
      inside(() => {
        const node = nodeOf(id)
        if (node.state !== 'started' || !SUSPENDABLE.has(node.spec.type)) return
        node.state = 'suspended'
        node.device.setPaused(true)
      }),
    reload: (id) =>
      inside(() => {
        powerOff(nodeOf(id))
        powerOn(nodeOf(id))
      }),
    state: (id) => nodeOf(id).state,
    console: (id) => nodeOf(id).hub?.shared ?? null,
    freeze: () => simulation.freeze(),
    thaw() {
      simulation.thaw()
      const waiting = whileFrozen
      whileFrozen = []
      for (const run of waiting) simulation.enter(run)
    },
    snapshot: () => ({
      now: simulation.now(),
      nodes: Object.fromEntries([...nodes].map(([id, node]) => [id, snapshotOf(node)])),
    }),
    restore(state) {
      const saved = fieldsOf(state)
      simulation.setNow(saved.number('now'))
      simulation.enter(() => {
        for (const [id, node] of nodes) restoreNode(node, saved.fields('nodes').raw(id))
      })
    },
    async close() {
      for (const node of nodes.values()) powerOff(node)
      simulation.close()
    },
  }
}

function snapshotOf(node: Node): unknown {
  const backlog = Buffer.from(node.hub?.backlog() ?? []).toString('base64')
  return { state: node.state, device: node.state === 'stopped' ? null : node.device.snapshot(), backlog }
}

/** A state this program did not write leaves the node as it is. */
function restoreNode(node: Node, state: unknown): void {
  const saved = fieldsOf(state)
  const wanted = saved.text('state')
  if ((wanted !== 'started' && wanted !== 'suspended') || node.state !== 'stopped') return
  node.state = wanted
  node.hub?.open()
  node.hub?.restoreBacklog(Buffer.from(saved.text('backlog'), 'base64'))
  node.device.resume(saved.raw('device'))
  if (wanted === 'suspended') node.device.setPaused(true)
}
