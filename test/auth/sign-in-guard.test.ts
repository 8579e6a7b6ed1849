import { describe, expect, it } from 'vitest'
import { makeDeviceToken, readDeviceToken } from '../../src/auth/device-token.ts'
import { type Attempt, createSignInGuard, networkOf } from '../../src/auth/sign-in-guard.ts'

function begin() {
  let now = Date.parse('2026-11-22T08:00:00Z')
  const guard = createSignInGuard({ now: () => now, sleep: async () => undefined })
  const fail = (attempt: Attempt, times: number) => {
    for (let at = 0; at < times; at += 1) guard.began(attempt)
  }
  return {
    guard,
    fail,
    pass: (seconds: number) => {
      now += seconds * 1_000
    },
  }
}

const guesser: Attempt = { username: 'teacher', address: '192.0.2.7', device: null }

describe('a guard of the sign-in', () => {
  it('lets a person mistype a few times, then doubles the pause with each failure, to a quarter of an hour', () => {
    const { guard, fail } = begin()
    fail(guesser, 4)
    expect(guard.secondsToWait(guesser)).toBe(0)
    fail(guesser, 1)
    expect(guard.secondsToWait(guesser)).toBe(1)
    fail(guesser, 3)
    expect(guard.secondsToWait(guesser)).toBe(8)
    fail(guesser, 40)
    expect(guard.secondsToWait(guesser)).toBe(900)
  })

  it('is over when the pause is, and begins anew when the password was right', () => {
    const { guard, fail, pass } = begin()
    fail(guesser, 8)
    pass(8)
    expect(guard.secondsToWait(guesser)).toBe(0)
    guard.succeeded(guesser)
    fail(guesser, 4)
    expect(guard.secondsToWait(guesser)).toBe(0)
  })

  it('counts an account wherever it is tried from, and in whatever case it is written', () => {
    const { guard, fail } = begin()
    for (let host = 1; host <= 8; host += 1) fail({ ...guesser, address: `198.51.100.${host}` }, 1)
    expect(guard.secondsToWait({ ...guesser, username: 'TEACHER', address: '203.0.113.1' })).toBe(8)
  })

  it('never keeps the owner out of a device that the account knows', () => {
    const { guard, fail } = begin()
    fail(guesser, 100)
    const owner = { ...guesser, device: 'desk' }
    expect(guard.secondsToWait(owner)).toBe(0)
    fail(owner, 6)
    expect(guard.secondsToWait(owner)).toBe(2)
    expect(guard.secondsToWait({ ...owner, device: 'phone' })).toBe(0)
  })

  it('slows down one network that tries many names, but briefly: a class sits behind it', () => {
    const { guard, fail } = begin()
    const names = (from: number, to: number) => {
      for (let at = from; at < to; at += 1) fail({ ...guesser, username: `student${at}` }, 1)
    }
    names(0, 59)
    expect(guard.secondsToWait({ ...guesser, username: 'somebody' })).toBe(0)
    names(59, 200)
    expect(guard.secondsToWait({ ...guesser, username: 'somebody' })).toBe(60)
    expect(guard.secondsToWait({ ...guesser, username: 'somebody', address: '192.0.2.8' })).toBe(0)
  })

  it('takes the addresses of one IPv6 network for one', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2:ffff::1'))
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:0DB8:0:0:9::2'))
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(networkOf('2001:db8:1:2:3:4:5:6')).not.toBe(networkOf('2001:db8:1:3:3:4:5:6'))
  })

  it('does not count what worked, or what nobody could decide', () => {
    const { guard, fail } = begin()
    for (let at = 0; at < 200; at += 1) {
      fail(guesser, 1)
      if (at % 2 === 0) guard.succeeded(guesser)
      else guard.undecided(guesser)
    }
    expect(guard.secondsToWait(guesser)).toBe(0)
    fail({ ...guesser, username: 'other' }, 4)
    expect(guard.secondsToWait({ ...guesser, username: 'other' })).toBe(0)
  })

  it('forgets after an hour', () => {
    const { guard, fail, pass } = begin()
    fail(guesser, 20)
    pass(3_601)
    expect(guard.secondsToWait(guesser)).toBe(0)
    fail(guesser, 4)
    expect(guard.secondsToWait(guesser)).toBe(0)
  })
})

describe('a device token', () => {
  const secret = 's'.repeat(32)
  it('is good for the account it was made for, and for no other', () => {
    const token = makeDeviceToken(secret, 'Ana')
    expect(readDeviceToken(secret, token, 'ana')).not.toBeNull()
    expect(readDeviceToken(secret, token, 'rui')).toBeNull()
    expect(readDeviceToken('t'.repeat(32), token, 'ana')).toBeNull()
  })

  it.each([undefined, '', '.', 'x.y', `${'x'.repeat(43)}.`])('is nothing when it is %j', (token) => {
    expect(readDeviceToken(secret, token, 'ana')).toBeNull()
  })
})
