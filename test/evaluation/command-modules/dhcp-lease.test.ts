import { describe, expect, it } from 'vitest'
import { type DhcpLease, type DhcpLeaseFacts, dhcpLease, dhcpLeaseParams } from '../../../src/evaluation/command-modules/dhcp-lease.ts'
import { macOfClientId } from '../../../src/evaluation/platforms/cisco-ios/dhcp-lease.ts'
import { readLeaseFiles, readServerFiles } from '../../../src/evaluation/platforms/linux/dhcp-lease.ts'

const lease: DhcpLease = {
  interface: 'eth0',
  mac: null,
  address: '10.5.4.120',
  gateway: '10.5.4.1',
  dns: ['10.5.4.1', '10.5.4.2'],
  server: '10.5.4.1',
  isExpired: false,
}

function judge(params: Record<string, unknown>, facts: Partial<DhcpLeaseFacts> = {}): readonly [string, string] {
  const all = { leases: [lease], byHand: [], serverAddresses: [], ...facts }
  const { verdict, reason } = dhcpLease.judge([{ startedAfterMs: 0, facts: all }], dhcpLeaseParams.parse(params))
  return [verdict, reason.code]
}

describe('a DHCP lease', () => {
  it('is no address that was typed by hand, though it lies in the range', () => {
    expect(judge({ pool: '10.5.4.0/24' }, { leases: [], byHand: ['10.5.4.120'] })).toEqual(['fail', 'DHCP_BY_HAND'])
    expect(judge({}, { leases: [] })).toEqual(['fail', 'DHCP_NO_LEASE'])
  })

  it('lies between the first and the last address, both included, by value', () => {
    expect(judge({ range: '10.5.4.120-10.5.4.120' })).toEqual(['pass', 'DHCP_GIVEN'])
    expect(judge({ range: '10.5.4.121-10.5.4.199' })).toEqual(['fail', 'DHCP_OUTSIDE'])
    expect(judge({ range: '10.5.4.2-10.5.4.99' })).toEqual(['fail', 'DHCP_OUTSIDE'])
    expect(judge({ pool: '10.5.4.0/26' })).toEqual(['fail', 'DHCP_OUTSIDE'])
  })

  it('has the gateway, the name servers and the server that are asked for', () => {
    expect(judge({ gateway: '10.5.4.10' })).toEqual(['fail', 'DHCP_OTHER_GATEWAY'])
    expect(judge({ dns: ['10.5.4.2'] })).toEqual(['pass', 'DHCP_GIVEN'])
    expect(judge({ dns: ['10.5.4.3'] })).toEqual(['fail', 'DHCP_OTHER_DNS'])
    expect(judge({ server: 'R1' }, { serverAddresses: ['10.9.9.9', '10.5.4.1'] })).toEqual(['pass', 'DHCP_GIVEN'])
    expect(judge({ server: 'R1' }, { serverAddresses: ['10.9.9.9'] })).toEqual(['fail', 'DHCP_OTHER_SERVER'])
  })

  it('is inconclusive where the device does not show what is asked for', () => {
    const { gateway: _gateway, dns: _dns, server: _server, ...bare } = lease
    expect(judge({ gateway: '10.5.4.1' }, { leases: [bare] })).toEqual(['inconclusive', 'DHCP_NOT_SHOWN'])
    expect(judge({ dns: ['10.5.4.1'] }, { leases: [bare] })).toEqual(['inconclusive', 'DHCP_NOT_SHOWN'])
    expect(judge({ server: '10.5.4.1' }, { leases: [bare], serverAddresses: ['10.5.4.1'] })).toEqual(['inconclusive', 'DHCP_NOT_SHOWN'])
    expect(judge({ server: 'R1' })).toEqual(['inconclusive', 'TARGET_WITHOUT_ADDRESS'])
  })

  it('of any interface will do, and an expired one will not', () => {
    const other = { ...lease, address: '10.9.9.9' }
    expect(judge({ pool: '10.5.4.0/24' }, { leases: [other, lease] })).toEqual(['pass', 'DHCP_GIVEN'])
    expect(judge({}, { leases: [{ ...lease, isExpired: true }] })).toEqual(['fail', 'DHCP_EXPIRED'])
  })

  it.each(['10.0.0.9-10.0.0.1', '10.0.0.1', '10.0.0.1-x'])('has no range such as %s', (range) => {
    expect(dhcpLeaseParams.safeParse({ range }).success).toBe(false)
  })
})

describe('lease files', () => {
  it('of dhclient: the last lease of the address counts', () => {
    const text = `lease {\n  fixed-address 10.5.4.1;\n  option routers 10.0.0.9;\n}\nlease {\n  fixed-address 10.5.4.120;\n  option routers 10.5.4.1;\n  option domain-name-servers 10.5.4.1,10.5.4.2;\n}\n`
    expect(readLeaseFiles(text, '10.5.4.120')).toEqual({ gateway: '10.5.4.1', dns: ['10.5.4.1', '10.5.4.2'], server: null })
    expect(readLeaseFiles(text, '10.5.4.12')).toBeUndefined()
  })

  it('of systemd-networkd', () => {
    const text = '# private\nADDRESS=10.5.4.120\nNETMASK=255.255.255.0\nROUTER=10.5.4.1\nSERVER_ADDRESS=10.5.4.1\nDNS=10.5.4.1 10.5.4.2\n'
    expect(readLeaseFiles(text, '10.5.4.120')).toEqual({ gateway: '10.5.4.1', dns: ['10.5.4.1', '10.5.4.2'], server: '10.5.4.1' })
  })

  it('of ISC dhcpd: a freed lease is none', () => {
    const block = (state: string) => `lease 10.5.4.120 {\n  binding state ${state};\n  hardware ethernet 00:50:79:66:68:00;\n}\n`
    expect(readServerFiles(block('active') + block('free'))).toMatchObject([{ address: '10.5.4.120', isExpired: true }])
    expect(readServerFiles(block('active'))).toMatchObject([{ mac: '00:50:79:66:68:00', isExpired: false }])
  })
})

describe('the client id of a binding of IOS', () => {
  it.each([
    ['0100.5079.6668.00', '00:50:79:66:68:00'],
    ['0050.7966.6800', '00:50:79:66:68:00'],
    ['0063.6973.636f.2d35.3235.342e.3030.3939.2e32.3237.322d.4769.302f.31', '52:54:00:99:22:72'],
    ['ff01.0203', null],
  ])('%s is of %s', (id, mac) => {
    expect(macOfClientId(id)).toBe(mac)
  })
})
