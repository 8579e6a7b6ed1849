import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createProxmoxTickets } from '../../src/auth/index.ts'
import type { UserTicket } from '../../src/clients/proxmox/index.ts'
import { AppError } from '../../src/errors.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const minute = 60_000

function begin() {
  const time = createVirtualClock(Date.UTC(2026, 8, 1, 8))
  const asked: string[] = []
  const out = new Set<string>()
  let answer: (username: string, secret: string) => Promise<UserTicket> = async (username) => ({
    ...{ username, value: `ticket ${asked.length}`, csrf: 'csrf' },
    issuedAt: time.clock.now(),
  })
  const tickets = createProxmoxTickets({
    proxmox: {
      signInAs: (username, secret) => {
        asked.push(`${username} ${secret}`)
        return answer(username, secret)
      },
    },
    realm: 'campus',
    isSignedIn: (userId) => !out.has(userId),
    clock: time.clock,
    log: pino({ level: 'silent' }),
  })
  return { time, tickets, asked, out, answerWith: (next: typeof answer) => (answer = next) }
}

describe('tickets of students', () => {
  it('are asked for when they are first needed, once for all who wait, and kept', async () => {
    const { tickets, asked } = begin()
    tickets.remember('u1', 'ana', 'secret')
    expect(asked).toEqual([])
    await Promise.all([tickets.ticketOf('u1'), tickets.ticketOf('u1')])
    expect((await tickets.ticketOf('u1'))?.value).toBe('ticket 1')
    expect(asked).toEqual(['ana@campus secret'])
  })

  it('renew themselves by themselves, without the password, and end after two hours', async () => {
    const { tickets, asked, time } = begin()
    tickets.remember('u1', 'ana', 'secret')
    await tickets.ticketOf('u1')
    await time.advance(61 * minute)
    await tickets.ticketOf('u1')
    expect(asked).toEqual(['ana@campus secret', 'ana@campus ticket 1'])
    await time.advance(116 * minute)
    expect([await tickets.ticketOf('u1'), asked.length]).toEqual([null, 2])
  })

  it('are not asked for again after a refusal, before the next sign-in', async () => {
    const { tickets, asked, answerWith } = begin()
    answerWith(() => Promise.reject(new AppError('PROXMOX_AUTH')))
    tickets.remember('u1', 'ana', 'secret')
    expect([await tickets.ticketOf('u1'), await tickets.ticketOf('u1'), asked.length]).toEqual([null, null, 1])
    tickets.remember('u1', 'ana', 'new')
    await tickets.ticketOf('u1')
    expect(asked).toEqual(['ana@campus secret', 'ana@campus new'])
  })

  it('go with the last session, also while one is being fetched', async () => {
    const { tickets, asked, out } = begin()
    tickets.remember('u1', 'ana', 'secret')
    const fetching = tickets.ticketOf('u1')
    out.add('u1')
    tickets.forgetOld()
    expect(await fetching).toBeNull()
    out.clear()
    expect([await tickets.ticketOf('u1'), asked.length]).toEqual([null, 1])
  })

  it('are there for nobody else', async () => {
    const { tickets } = begin()
    tickets.remember('u1', 'ana', 'secret')
    expect(await tickets.ticketOf('u2')).toBeNull()
  })

  it('wait their turn: a third at the same time goes without', async () => {
    const { tickets, asked } = begin()
    for (const id of ['u1', 'u2', 'u3']) tickets.remember(id, id, 'secret')
    const got = await Promise.all(['u1', 'u2', 'u3'].map((id) => tickets.ticketOf(id)))
    expect([got.map((ticket) => ticket !== null), asked.length]).toEqual([[true, true, false], 2])
  })
})
