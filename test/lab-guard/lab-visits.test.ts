import { describe, expect, it } from 'vitest'
import { createLabHosts, createLabVisits } from '../../src/lab-guard/index.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const actor = {
  ...{ id: 'u1', username: 'ana', displayName: 'Ana', role: 'student' as const, mustChangePassword: false },
  session: { id: 's1', kind: 'browser' as const, csrf: '' },
}

describe('a ticket to a lab', () => {
  const visit = { actor, workVmId: 'lab1', locale: 'en' as const }

  it('is good once', () => {
    const visits = createLabVisits(createVirtualClock(0).clock)
    const ticket = visits.makeTicket(visit)
    const secret = visits.redeem(ticket, 'lab1')
    expect(visits.find(secret ?? '', 'lab1')).toMatchObject({ actor: { id: 'u1' } })
    expect(visits.redeem(ticket, 'lab1')).toBeNull()
  })

  it('is for one lab, as is what it turns into, and spent by trying it elsewhere', () => {
    const visits = createLabVisits(createVirtualClock(0).clock)
    const ticket = visits.makeTicket(visit)
    expect(visits.redeem(ticket, 'lab2')).toBeNull()
    expect(visits.redeem(ticket, 'lab1')).toBeNull()
    const secret = visits.redeem(visits.makeTicket(visit), 'lab1')
    expect(visits.find(secret ?? '', 'lab2')).toBeNull()
  })

  it('is too old after a minute', async () => {
    const time = createVirtualClock(0)
    const visits = createLabVisits(time.clock)
    const ticket = visits.makeTicket(visit)
    await time.advance(60_000)
    expect(visits.redeem(ticket, 'lab1')).toBeNull()
  })
})

describe('the host names of labs', () => {
  const hosts = createLabHosts({ pattern: 'Lab-{id}.labs.example.org', publicUrl: 'https://praxis.example.org', isSandbox: false })

  it('name one lab each, in any case, with port or final dot', () => {
    expect(hosts.labOf('lab-abcd1234.labs.example.org')).toBe('abcd1234')
    expect(hosts.labOf('LAB-ABCD1234.labs.example.org.:443')).toBe('abcd1234')
    expect(hosts.originOf('abcd1234', 'praxis.example.org')).toBe('https://lab-abcd1234.labs.example.org')
  })

  it.each(['praxis.example.org', 'lab-abcd1234xlabs.example.org', 'lab-.labs.example.org', 'lab-a.b.labs.example.org', '', undefined])(
    'are not %s',
    (host) => {
      expect(hosts.labOf(host)).toBeNull()
    },
  )

  it('are not offered without a pattern', () => {
    const none = createLabHosts({ pattern: undefined, publicUrl: 'https://praxis.example.org', isSandbox: false })
    expect([none.isOffered, none.labOf('lab-abcd1234.labs.example.org')]).toEqual([false, null])
  })
})
