import { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { ScreenMessage } from '../../src/screens/messages.ts'
import { createSeat, type Seat } from '../../src/screens/seat.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { silentLog } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'

const actor = { id: 'ana', username: 'ana', displayName: 'Ana', role: 'student', mustChangePassword: false } as const
const session = { id: 's', kind: 'browser', csrf: '' } as const
const key = [4, 1, 0, 0, 0, 0, 0, 97]
const ask = [3, 1, 0, 0, 0, 0, 2, 128, 1, 144]
const hello = [...Buffer.from('RFB 003.008\n'), 1, 1]

const seats: Seat[] = []
afterEach(() => {
  for (const seat of seats.splice(0)) seat.close(1000, () => 'the end of the test')
})

/** A seat at a machine by hand. */
function sitDown({ mayInput = true, unsentBytes = 0 } = {}) {
  const typed: number[] = []
  const shown: Buffer[] = []
  const told: ScreenMessage[] = []
  const ended: number[] = []
  const machine = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      typed.push(...chunk)
      done()
    },
  })
  const state = { checkedSince: null as number | null, passed: 0, unsentBytes }
  const page = {
    send: (bytes: Buffer) => void shown.push(bytes),
    get unsentBytes() {
      return state.unsentBytes
    },
    tell: (message: ScreenMessage) => void told.push(message),
    close: (code: number) => void ended.push(code),
    inLanguage: <Result>(run: () => Result) => run(),
  }
  const seat = createSeat({
    ...{ actor: { ...actor, session }, workVmId: 'lab', device: 'DESK', name: 'DESK', mayInput, page, clock: systemClock },
    open: async () => ({ stream: machine, password: null }),
    checkedSince: () => state.checkedSince,
    watchers: () => [],
    onPassed: () => {
      state.passed += 1
    },
    log: silentLog(),
    translate: createTranslator(),
  })
  seats.push(seat)
  const greet = async () => {
    machine.push(Buffer.from('RFB 003.008\n'))
    machine.push(Buffer.from([1, 1, 0, 0, 0, 0]))
    machine.push(Buffer.from([2, 128, 1, 144, ...Buffer.alloc(16), 0, 0, 0, 0]))
    await waitFor('the connection', () => told.some((message) => message.type === 'state' && message.line === 'open'))
    typed.length = 0
    seat.hear(Buffer.from(hello))
  }
  return { seat, machine, typed, shown, told, ended, state, greet }
}

describe('a seat at a screen', () => {
  it('hands keys and questions on to the machine', async () => {
    const { seat, typed, state, greet } = sitDown()
    await greet()
    seat.hear(Buffer.from([...key, ...ask]))
    expect(typed).toEqual([...key, ...ask])
    expect(state.passed).toBe(1)
  })

  it('hands on no key while the lab is checked, and those of before are not kept for later', async () => {
    const { seat, typed, state, greet } = sitDown()
    await greet()
    state.checkedSince = systemClock.now()
    seat.hear(Buffer.from([...key, ...ask, ...key]))
    expect(typed).toEqual(ask)
    state.checkedSince = null
    seat.hear(Buffer.from(ask))
    expect(typed).toEqual([...ask, ...ask])
    expect(state.passed).toBe(0)
  })

  it('hands on no key of who looks on', async () => {
    const { seat, typed, state, greet } = sitDown({ mayInput: false })
    await greet()
    seat.hear(Buffer.from([...key, ...ask]))
    expect(typed).toEqual(ask)
    expect(state.passed).toBe(0)
  })

  it('ends, to be taken again, when the machine ends or sends what it was not asked for', async () => {
    const one = sitDown()
    await one.greet()
    one.machine.push(null)
    await waitFor('the end', () => one.ended[0] === 1013)
    const other = sitDown()
    await other.greet()
    other.machine.push(Buffer.from([250, 1, 2, 3]))
    await waitFor('the end', () => other.ended[0] === 1013)
    expect(other.machine.destroyed).toBe(true)
  })

  it('makes the machine wait for a browser that is behind', async () => {
    const { machine, shown, state, greet } = sitDown()
    await greet()
    state.unsentBytes = 8 * 1024 * 1024
    const update = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9])
    machine.push(update)
    await waitFor('the first', () =>
      Buffer.concat(shown)
        .subarray(-4)
        .equals(Buffer.from([9, 9, 9, 9])),
    )
    const { length } = Buffer.concat(shown)
    machine.push(update)
    expect(Buffer.concat(shown).length).toBe(length)
    state.unsentBytes = 0
    await waitFor('the second', () => Buffer.concat(shown).length === length + update.length)
  })
})
