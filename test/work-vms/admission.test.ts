import { describe, expect, it } from 'vitest'
import type { NodeInfo } from '../../src/clients/proxmox/index.ts'
import { admit } from '../../src/work-vms/admission.ts'
import type { WorkVmRow } from '../../src/work-vms/index.ts'

const gibibyte = 1_073_741_824
const nodes = [
  { node: 'pve1', status: 'online', maxmem: 32 * gibibyte },
  { node: 'pve2', status: 'online', maxmem: 32 * gibibyte },
  { node: 'unseen', status: 'online' },
] as unknown as NodeInfo[]
const rules = { maxRunning: 200, memoryReserveMb: 4_096 }
const vm = (id: string, values: Partial<WorkVmRow> = {}): WorkVmRow =>
  ({
    id,
    pveNode: 'pve1',
    memoryMb: 4_096,
    state: 'queued',
    startedAt: `2026-09-01T08:00:${id.padStart(2, '0')}.000Z`,
    ...values,
  }) as WorkVmRow
const running = (count: number, values: Partial<WorkVmRow> = {}) =>
  Array.from({ length: count }, (_, index) => vm(String(index), { state: 'ready', ...values }))

describe('a node of 32 GB that keeps 4 GB for itself', () => {
  it('takes exactly seven labs of 4 GB; the eighth is the first to wait', () => {
    expect(Array.from({ length: 9 }, (_, count) => admit(vm('50'), running(count), nodes, rules))).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1])
  })

  it.each(['starting', 'ready', 'stopping', 'suspended'] as const)('counts a lab that is %s', (state) => {
    expect(admit(vm('50'), running(7, { state }), nodes, rules)).toBe(1)
  })

  it.each(['stopped', 'hibernated', 'failed', 'requested'] as const)('does not count a lab that is %s', (state) => {
    expect(admit(vm('50'), running(20, { state }), nodes, rules)).toBe(0)
  })

  it('goes by memory, not by number', () => {
    expect(admit(vm('50', { memoryMb: 8_192 }), running(5), nodes, rules)).toBe(0)
    expect(admit(vm('50', { memoryMb: 8_192 }), running(6), nodes, rules)).toBe(1)
    expect(admit(vm('50', { memoryMb: 2_048 }), running(13, { memoryMb: 2_048 }), nodes, rules)).toBe(0)
  })

  it('has nothing to do with the other nodes', () => {
    expect(admit(vm('50', { pveNode: 'pve2' }), running(7), nodes, rules)).toBe(0)
  })
})

describe('the queue', () => {
  it('is first come, first served: nobody passes who asked later, also when he would fit', () => {
    const waiting = [vm('10', { memoryMb: 16_384 }), vm('20')]
    const all = [...running(5), ...waiting]
    const positions = [vm('10', { memoryMb: 16_384 }), vm('20'), vm('30', { memoryMb: 512 })].map((one) =>
      admit(
        one,
        all.filter((other) => other.id !== one.id),
        nodes,
        rules,
      ),
    )
    expect(positions).toEqual([1, 2, 3])
  })

  it('lets the first in as soon as there is room, and then the next', () => {
    expect(
      [vm('10'), vm('20')].map((one) =>
        admit(one, [...running(6), ...[vm('10'), vm('20')].filter((other) => other.id !== one.id)], nodes, rules),
      ),
    ).toEqual([0, 2])
  })

  it('of those who asked in the same instant keeps one order', () => {
    const [a, b] = [vm('a', { startedAt: 't' }), vm('b', { startedAt: 't' })]
    expect([admit(a, [...running(7), b], nodes, rules), admit(b, [...running(7), a], nodes, rules)]).toEqual([1, 2])
  })
})

it('never runs more than LAB_MAX_RUNNING, wherever they run', () => {
  expect(admit(vm('50', { pveNode: 'pve2' }), running(3), nodes, { ...rules, maxRunning: 3 })).toBe(1)
})

it('does not hold anybody back for memory that Proxmox does not tell', () => {
  expect(admit(vm('50', { pveNode: 'unseen' }), running(50, { pveNode: 'unseen' }), nodes, rules)).toBe(0)
})
