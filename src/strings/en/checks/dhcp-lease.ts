import type { CheckWords } from './words.ts'

export const dhcpLease = {
  form: {
    name: 'DHCP lease',
    sentence: '{device} has an address by DHCP from {range} with the gateway {gateway}',
    fields: {
      interface: 'Interface',
      mac: 'On the server: hardware address of the client',
      pool: 'Network',
      range: 'First and last address',
      gateway: 'Gateway',
      dns: 'Name servers',
      server: 'Given by',
    },
  },
  reasons: {
    DHCP_GIVEN: { why: 'Seen from {device}, the address {address} was given by DHCP.', found: '{address}' },
    DHCP_NO_LEASE: { why: '{device} has got no address by DHCP.', found: 'no lease' },
    DHCP_BY_HAND: {
      why: '{device} has an address, but it was not given by DHCP.',
      found: '{addresses} without a lease',
    },
    DHCP_NO_BINDING: { why: '{device} has given no address to {mac}.', found: 'no binding for {mac}' },
    DHCP_EXPIRED: { why: 'The lease of {device} has run out.', found: 'an expired lease of {address}' },
    DHCP_OUTSIDE: { why: 'Seen from {device}, the address that DHCP gave is not from {range}.', found: '{address}' },
    DHCP_OTHER_GATEWAY: { why: 'DHCP gave {device} another gateway.', found: 'gateway {gateway}' },
    DHCP_OTHER_DNS: { why: 'DHCP gave {device} other name servers.', found: 'name servers {dns}' },
    DHCP_OTHER_SERVER: { why: 'The address of {device} was given by another server.', found: 'server {server}' },
    DHCP_NOT_SHOWN: { why: '{device} has a lease, but does not show all that is asked for.', found: 'a lease of {address}' },
    DHCP_NOT_CONFIRMED: {
      why: '{device} shows a lease, but {host} has given it no address, so {address} may have been typed over the lease.',
      found: '{address}, which {host} does not know',
    },
    DHCP_SERVER_NOT_SHOWN: { why: '{host} does not show which addresses it has given.', found: 'not shown by {host}' },
    DHCP_CLIENT_UNCLEAR: {
      why: 'A DHCP client runs on {device}, but nothing shows that the address came from it: ask the server.',
      found: 'a running client without a lease file',
    },
  },
  expected: {
    DHCP_LEASED: 'an address by DHCP on {device}',
    DHCP_LEASED_FROM: 'an address from {range} by DHCP on {device}',
    DHCP_BINDING: 'an address that {device} gave to {mac}',
  },
} as const satisfies CheckWords
