import { describe, expect, it } from 'vitest'
import { candidatesFrom, choosePlacement } from '../../src/vms/index.ts'
import { loadOf } from '../../src/vms/placement.ts'

const node = (name: string, cpu: number, memory: number, runningVms = 0) => ({ node: name, cpu, memory, runningVms })
const first = () => 0
const last = () => 0.999

it('weighs processor by a half, memory by three tenths and the number of VMs, up to ten, by two', () => {
  expect(loadOf(node('a', 0.4, 0.5, 5))).toBeCloseTo(0.2 + 0.15 + 0.1)
  expect(loadOf(node('a', 0, 0, 10))).toBeCloseTo(0.2)
  expect(loadOf(node('a', 0, 0, 500))).toBeCloseTo(0.2)
})

describe('the node of the next VM', () => {
  it('is the least loaded', () => {
    expect(choosePlacement([node('a', 0.6, 0.6), node('b', 0.1, 0.1), node('c', 0.4, 0.4)], first).chosen).toBe('b')
  })

  it('is any of those whose loads are as good as equal', () => {
    const nodes = [node('a', 0.2, 0.2), node('b', 0.25, 0.2), node('c', 0.5, 0.5)]
    expect([choosePlacement(nodes, first).chosen, choosePlacement(nodes, last).chosen]).toEqual(['a', 'b'])
  })

  it('is none that is nearly full or away, and each is told why', () => {
    const placement = choosePlacement(
      [node('a', 0.81, 0.1), node('b', 0.1, 0.86), { node: 'c', skipped: 'offline' }, node('d', 0.8, 0.85)],
      first,
    )
    expect(placement.chosen).toBe('d')
    expect(placement.considered.map(({ node: name, skipped }) => `${name} ${skipped}`)).toEqual([
      'a cpu',
      'b memory',
      'c offline',
      'd null',
    ])
  })

  it('is nowhere when none is left', () => {
    expect(choosePlacement([node('a', 0.9, 0.1)], last).chosen).toBeNull()
    expect(choosePlacement([], last).chosen).toBeNull()
  })
})

it('counts the running VMs of each node, and takes a node that gives no figures for idle', () => {
  const nodes = [
    { node: 'a', status: 'online', cpu: 0.5, mem: 8, maxmem: 16 },
    { node: 'b', status: 'online' },
    { node: 'c', status: 'offline' },
    { node: 'not-ours', status: 'online' },
  ]
  const vms = [
    { id: 'qemu/1', type: 'qemu', vmid: 1, node: 'a', status: 'running' },
    { id: 'qemu/2', type: 'qemu', vmid: 2, node: 'a', status: 'stopped' },
  ]
  expect(candidatesFrom(nodes as never, vms as never, ['a', 'b', 'c'])).toEqual([
    { node: 'a', cpu: 0.5, memory: 0.5, runningVms: 1 },
    { node: 'b', cpu: 0, memory: 0, runningVms: 0 },
    { node: 'c', skipped: 'offline' },
  ])
})
