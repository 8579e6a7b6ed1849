import { describe, expect, it } from 'vitest'
import { type DnsFacts, dns, dnsParams, dnsValue } from '../../../src/evaluation/command-modules/dns.ts'
import { reverseName } from '../../../src/evaluation/platforms/linux/dns.ts'

const facts = (more: Partial<DnsFacts> = {}): DnsFacts => ({ status: 'noerror', answers: [], authoritative: true, server: null, ...more })

function judge(params: Record<string, unknown>, ...rounds: readonly Partial<DnsFacts>[]): readonly [string, string] {
  const { verdict, reason } = dns.judge(
    rounds.map((one, index) => ({ startedAfterMs: index * 2_000, facts: facts(one) })),
    dnsParams.parse({ name: 'www.lab.example', ...params }),
  )
  return [verdict, reason.code]
}

describe('a DNS record', () => {
  it('is a set: order does not matter, and 10.0.0.1 is not 10.0.0.10', () => {
    expect(judge({ answers: ['10.0.0.2', '10.0.0.1'] }, { answers: ['10.0.0.1', '10.0.0.2'] })).toEqual(['pass', 'DNS_RESOLVED'])
    expect(judge({ answers: ['10.0.0.1'] }, { answers: ['10.0.0.10'] })).toEqual(['fail', 'DNS_WRONG_ANSWERS'])
    expect(judge({ answers: ['10.0.0.1'] }, { answers: ['10.0.0.1', '10.0.0.2'] })).toEqual(['fail', 'DNS_EXTRA_ANSWERS'])
  })

  it('must be there where any answer will do', () => {
    expect(judge({}, { answers: [] })).toEqual(['fail', 'DNS_NO_RECORD'])
    expect(judge({}, { answers: ['10.0.0.1'] })).toEqual(['pass', 'DNS_RESOLVED'])
  })

  it('comes from the server of its zone where that is asked for', () => {
    const params = { authoritative: true }
    expect(judge(params, { answers: ['10.0.0.1'], authoritative: false })).toEqual(['fail', 'DNS_NOT_AUTHORITATIVE'])
    expect(judge(params, { answers: ['10.0.0.1'], authoritative: null })).toEqual(['inconclusive', 'DNS_AUTHORITY_UNKNOWN'])
  })

  it.each([
    ['CNAME', 'WWW.Lab.Example.', 'www.lab.example'],
    ['MX', '10  MAIL.lab.example.', '10 mail.lab.example'],
    ['TXT', '"v=spf1 " "-all"', 'v=spf1 -all'],
    ['TXT', 'Capital Letters stay', 'Capital Letters stay'],
    ['AAAA', 'FD00:0:0::1', 'fd00::1'],
    ['MX', '0 .', '0 .'],
  ] as const)('of the type %s: %s is %s', (type, text, value) => {
    expect(dnsValue(type, text)).toBe(value)
  })

  it('of an address has a name of its own', () => {
    expect(reverseName('10.5.2.20')).toBe('20.2.5.10.in-addr.arpa')
    expect(reverseName('fd00::1')).toBe(`1.${'0.'.repeat(27)}0.0.d.f.ip6.arpa`)
    expect(reverseName('www.lab.example')).toBe('www.lab.example')
  })
})

describe('a name that must not exist', () => {
  const params = { nxdomain: true }

  it('passes when a server said so in every round', () => {
    expect(judge(params, { status: 'nxdomain' }, { status: 'nxdomain' })).toEqual(['pass', 'DNS_NXDOMAIN'])
  })

  it('fails when it had an answer in any round, or another record', () => {
    expect(judge(params, { answers: ['10.0.0.1'] }, { status: 'nxdomain' })).toEqual(['fail', 'DNS_NAME_EXISTS'])
    expect(judge(params, { answers: [] })).toEqual(['fail', 'DNS_NAME_WITHOUT_RECORD'])
  })

  it.each(['silent', 'refused', 'servfail', 'no-server', 'unresolved', 'other'] as const)(
    'is inconclusive when the server was %s',
    (status) => {
      expect(judge(params, { status }, { status: 'nxdomain' })[0]).toBe('inconclusive')
    },
  )
})

describe('parameters of a DNS check', () => {
  it.each(['-x', 'a b', 'a;reboot', "a'", '$(id)', 'a..b', ''])('take no name %j', (name) => {
    expect(dnsParams.safeParse({ name }).success).toBe(false)
  })

  it('take an address only where a name is asked for it', () => {
    expect(dnsParams.safeParse({ name: '10.0.0.1', type: 'PTR' }).success).toBe(true)
    expect(dnsParams.safeParse({ name: 'fd00::1', type: 'A' }).success).toBe(false)
  })

  it('want no answers of a name that must not exist', () => {
    expect(dnsParams.safeParse({ name: 'a', nxdomain: true, answers: ['10.0.0.1'] }).success).toBe(false)
  })
})
