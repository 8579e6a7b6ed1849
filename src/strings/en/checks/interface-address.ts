import type { CheckWords } from './words.ts'

export const interfaceAddress = {
  form: {
    name: 'Address of an interface',
    sentence: '{interface} of {device} {mode} {addresses}, and the interface {up}',
    fields: {
      interface: 'Interface (any where empty)',
      addresses: 'Addresses with their length, such as 10.0.1.1/24',
      mode: 'Others',
      family: 'Counted',
      up: 'State',
    },
    choices: {
      mode: { contains: 'has, maybe with others,', exact: 'has exactly' },
      family: { ipv4: 'only IPv4', ipv6: 'only IPv6' },
      up: { true: 'is up', false: 'may be down' },
    },
  },
  reasons: {
    ADDRESS_RIGHT: { why: '{device} has the right address.', found: '{addresses}' },
    ADDRESS_NONE_AS_WANTED: { why: '{device} has no address there, as it must be.', found: 'no address' },
    ADDRESS_ABSENT: { why: '{device} has no address where {wanted} should be.', found: 'no address' },
    ADDRESS_WRONG_MASK: {
      why: 'The address {address} of {device} is right, but its mask is /{length} instead of /{wantedLength}.',
      found: '{address}/{length}',
    },
    ADDRESS_OTHER: { why: '{device} has another address where {wanted} should be.', found: '{found}' },
    ADDRESS_ON_OTHER_PORT: { why: '{device} has {wanted} on {other} instead of {interface}.', found: 'the address is on {other}' },
    ADDRESS_EXTRA: { why: '{device} has addresses there that must not be there: {extra}.', found: '{extra}' },
    ADDRESS_PORT_OFF: {
      why: 'The address is right, but {interface} of {device} is shut down.',
      found: '{addresses} on {interface}, shut down',
    },
    ADDRESS_PORT_DOWN: { why: 'The address is right, but {interface} of {device} is down.', found: '{addresses} on {interface}, down' },
    ADDRESS_DUPLICATE: { why: '{device} cannot use {address}: another device has the same address.', found: 'duplicate address {address}' },
    ADDRESS_TENTATIVE: {
      why: '{device} is still finding out whether another device has {address} too.',
      found: '{address}, not in use yet',
    },
    ADDRESS_STATE_UNKNOWN: { why: '{device} does not say whether its interface is up.', found: '{addresses}' },
    INTERFACE_ABSENT: { why: '{device} has no interface {interface}.', found: 'its interfaces are {found}' },
  },
  expected: {
    ADDRESS_CONTAINS: '{device} has {addresses}',
    ADDRESS_CONTAINS_ON_PORT: '{interface} of {device} has {addresses}',
    ADDRESS_EXACT: '{device} has {addresses} and no other address',
    ADDRESS_EXACT_ON_PORT: '{interface} of {device} has {addresses} and no other address',
    ADDRESS_NONE: '{device} has no address',
    ADDRESS_NONE_ON_PORT: '{interface} of {device} has no address',
  },
} as const satisfies CheckWords
