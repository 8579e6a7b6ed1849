import type { IosRouter } from './ios-router.ts'

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('')

/** Refused: what is configured but does not run here must not look as if it had found nothing. */
const refused = "                ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"

const unlessConfigured =
  (line: RegExp, answer: readonly string[]) =>
  ({ config }: IosRouter): string =>
    config.others.some((each) => line.test(each)) ? refused : text(answer)

const without = {
  ospf: unlessConfigured(/^router ospf\b/, []),
  bgp: unlessConfigured(/^router bgp\b/, ['% BGP not active', '']),
  clns: unlessConfigured(/^router isis\b/, ['', 'System Id      Interface   SNPA                State  Holdtime  Type Protocol']),
}

/**
 * Answers of a router that does not run a protocol (fixtures cisco_ios, Cisco's command references): OSPF, NAT and a DHCP client say
 * nothing, BGP says so. IS-IS is asked for by its CLNS table, as before release 15.
 */
export const absentProtocols: readonly (readonly [string, (router: IosRouter) => string])[] = [
  ['show ip ospf neighbor', without.ospf],
  ['show ip ospf interface', without.ospf],
  ['show ip bgp', without.bgp],
  ['show ip bgp summary', without.bgp],
  ['show ip bgp neighbors [<ip>]', without.bgp],
  ['show ip bgp <ip>', without.bgp],
  ['show ip bgp <ip> <mask>', without.bgp],
  ['show clns neighbors detail', without.clns],
  ['show isis hostname', unlessConfigured(/^router isis\b/, [])],
  ['show ip nat translations', () => text([''])],
  ['show dhcp lease', () => ''],
  [
    'show ip dhcp binding',
    () =>
      text([
        'Bindings from all pools not associated with VRF:',
        'IP address          Client-ID/              Lease expiration        Type',
        '                    Hardware address/',
        '                    User name',
      ]),
  ],
  ['show ipv6 interface', () => ''],
]
