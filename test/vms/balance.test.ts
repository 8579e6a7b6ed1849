import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/sandbox/proxmox/random.ts'
import { chooseMoves, findGap, type MovableVm, type PastMove } from '../../src/vms/balance.ts'
import { type Candidate, loadOf } from '../../src/vms/placement.ts'

const minute = 60_000
const node = (name: string, cpu: number, memory: number, runningVms = 0): Candidate => ({ node: name, cpu, memory, runningVms })
const vm = (vmid: number, on: string, cpu = 0.05, memory = 0.05): MovableVm => ({ vmid, node: on, cpu, memory })

describe('a move', () => {
  const nodes = [node('a', 0.6, 0.6, 8), node('b', 0.1, 0.2, 1), { node: 'c', skipped: 'offline' as const }]

  it('is of the smallest VM of the fullest node to the emptiest', () => {
    const vms = [vm(1, 'a', 0.1, 0.2), vm(2, 'a', 0.05, 0.05), vm(3, 'b', 0.01, 0.01)]
    expect(chooseMoves(nodes, vms, [], 0)[0]).toEqual({ vmid: 2, from: 'a', to: 'b' })
  })

  it('is none while the nodes are close together, or only one is there', () => {
    expect(chooseMoves([node('a', 0.3, 0.3), node('b', 0.2, 0.2)], [vm(1, 'a')], [], 0)).toEqual([])
    expect(chooseMoves([node('a', 0.7, 0.7)], [vm(1, 'a')], [], 0)).toEqual([])
    expect(findGap([])).toBeNull()
  })

  it('is none that would only swap the two, or fill the other', () => {
    expect(chooseMoves([node('a', 0.5, 0.5), node('b', 0.2, 0.2)], [vm(1, 'a', 0.4, 0.4)], [], 0)).toEqual([])
    expect(chooseMoves([node('a', 0.8, 0.84, 9), node('b', 0, 0.8, 0)], [vm(1, 'a', 0.01, 0.06)], [], 0)).toEqual([])
  })

  it('waits for the one before it, then for the figures; what was moved rests for an hour', () => {
    const past = (change: Partial<PastMove>): PastMove[] => [{ vmid: 9, fromNode: 'a', toNode: 'b', at: 0, isOver: true, ...change }]
    expect(chooseMoves(nodes, [vm(1, 'a')], past({ isOver: false }), 600 * minute)).toEqual([])
    expect(chooseMoves(nodes, [vm(1, 'a')], past({}), 4 * minute)).toEqual([])
    expect(chooseMoves(nodes, [vm(1, 'a')], past({}), 6 * minute)).toHaveLength(1)
    expect(chooseMoves(nodes, [vm(1, 'a')], past({ vmid: 1 }), 59 * minute)).toEqual([])
    expect(chooseMoves(nodes, [vm(1, 'a')], past({ vmid: 1 }), 61 * minute)).toHaveLength(1)
  })
})

/** A cluster whose VMs work as chance has it, looked at every two minutes for six hours. */
function runTrace(seed: number, isSteady: boolean) {
  const random = createRandom(seed)
  const between = (low: number, high: number) => low + random() * (high - low)
  const names = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, index) => `n${index}`)
  const own = new Map(names.map((name) => [name, { cpu: between(0, 0.3), memory: between(0.05, 0.3) }]))
  const vms = Array.from({ length: Math.floor(random() * 30) }, (_, index) => ({
    vmid: index,
    // most on one node, as after a node was down
    node: random() < 0.6 ? 'n0' : (names[Math.floor(random() * names.length)] ?? 'n0'),
    cpu: between(0, 0.06),
    memory: between(0.01, 0.06),
  }))
  const moves: (PastMove & { before: number; after: number })[] = []
  const loads = () =>
    names.map((name) => {
      const on = vms.filter((one) => one.node === name)
      const sum = (of: 'cpu' | 'memory') => on.reduce((total, one) => total + one[of], own.get(name)?.[of] ?? 0)
      return node(name, Math.min(1, sum('cpu')), Math.min(1, sum('memory')), on.length)
    })
  const apart = (from: string, to: string) => {
    const of = (name: string) => loads().find((one) => one.node === name) ?? node(name, 0, 0)
    return loadOf(of(from)) - loadOf(of(to))
  }
  for (let now = 0; now < 360 * minute; now += 2 * minute) {
    if (!isSteady) for (const one of vms) one.cpu = Math.max(0, Math.min(0.1, one.cpu + between(-0.02, 0.02)))
    const [move] = chooseMoves(loads(), vms, moves, now)
    const moved = vms.find(({ vmid }) => vmid === move?.vmid)
    if (!move || !moved) continue
    const before = apart(move.from, move.to)
    moved.node = move.to
    moves.push({ vmid: move.vmid, fromNode: move.from, toNode: move.to, at: now, isOver: true, before, after: apart(move.from, move.to) })
  }
  return { moves, vms, loads }
}

describe('a thousand clusters', () => {
  const seeds = Array.from({ length: 1_000 }, (_, index) => index + 1)

  it('come to rest under a load that stands still, each VM moved at most once and the two nodes of each move closer together', () => {
    let moved = 0
    for (const seed of seeds) {
      const { moves } = runTrace(seed, true)
      moved += moves.length
      expect(new Set(moves.map(({ vmid }) => vmid)).size, `seed ${seed}`).toBe(moves.length)
      for (const { before, after } of moves) {
        expect(after, `seed ${seed}`).toBeLessThan(before)
        // the giver still carries as much as the taker: they never change places
        expect(after, `seed ${seed}`).toBeGreaterThanOrEqual(-1e-9)
      }
      expect(
        moves.every(({ at }) => at < 300 * minute),
        `seed ${seed}`,
      ).toBe(true)
    }
    expect(moved).toBeGreaterThan(1_000)
  })

  it('never send a VM back within the hour, nor more than one in five minutes, under a load that changes', () => {
    let moved = 0
    for (const seed of seeds) {
      const { moves } = runTrace(seed, false)
      moved += moves.length
      for (const [index, move] of moves.entries()) {
        const before = moves.slice(0, index)
        expect(
          before.every(({ vmid, at }) => vmid !== move.vmid || move.at - at >= 60 * minute),
          `seed ${seed}`,
        ).toBe(true)
        expect(move.at - (before.at(-1)?.at ?? Number.NEGATIVE_INFINITY), `seed ${seed}`).toBeGreaterThanOrEqual(5 * minute)
      }
    }
    expect(moved).toBeGreaterThan(1_000)
  })
})
