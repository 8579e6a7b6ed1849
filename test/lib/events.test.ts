import { describe, expect, it } from 'vitest'
import { createEventBus, type NewEvent } from '../../src/lib/events.ts'

const event = (id: number): NewEvent => ({ name: 'job', data: { id }, audience: { userIds: [], courseId: null } })
const idsOf = (events: readonly { data: unknown }[] | null) => events?.map(({ data }) => data)

function busWith(count: number, keep = 5, startedAt = 1_000) {
  const bus = createEventBus(startedAt, keep)
  for (let id = 1; id <= count; id += 1) bus.publish(event(id))
  return bus
}

describe('a reader that comes back', () => {
  it('gets exactly what it missed', () => {
    const bus = busWith(2)
    const last = bus.lastId
    bus.publish(event(3))
    bus.publish(event(4))
    expect(idsOf(bus.since(last))).toEqual([{ id: 3 }, { id: 4 }])
    expect(bus.since(bus.lastId)).toEqual([])
  })

  it('gets everything that is kept when it has seen nothing yet', () => {
    const first = createEventBus(1_000).lastId
    expect(idsOf(busWith(3).since(first))).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  it('is told to read again when it was away too long', () => {
    const early = busWith(1).lastId
    expect(idsOf(busWith(6).since(early))).toHaveLength(5)
    expect(busWith(7).since(early)).toBeNull()
  })

  it('is told to read again after a restart of the server', () => {
    expect(busWith(3, 5, 2_000).since(busWith(3).lastId)).toBeNull()
  })

  it.each(['', 'rs', 'rs-', 'rs-x', 'rs-1.5', 'rs-99', 'rs--1', '-1'])('is told to read again for the made-up id %j', (id) => {
    expect(busWith(3).since(id)).toBeNull()
  })
})

describe('a subscriber', () => {
  it('hears what is published until it leaves', () => {
    const bus = createEventBus(0)
    const heard: unknown[] = []
    const leave = bus.subscribe(({ id, data }) => heard.push([id, data]))
    bus.publish(event(1))
    leave()
    bus.publish(event(2))
    expect(heard).toEqual([['0-1', { id: 1 }]])
  })

  it('that fails harms neither the others nor whoever published', () => {
    const faults: unknown[] = []
    const bus = createEventBus(0, 10, (error) => faults.push(error))
    const heard: string[] = []
    const broken = new Error('the socket is gone')
    bus.subscribe(() => {
      throw broken
    })
    bus.subscribe(({ id }) => heard.push(id))
    bus.publish(event(1))
    expect(heard).toEqual(['0-1'])
    expect(faults).toEqual([broken])
  })
})
