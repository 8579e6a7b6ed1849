import type { CheckWords } from './words.ts'

export const arp = {
  form: {
    name: 'Neighbour (ARP)',
    sentence: 'For {address}, {device} has in its ARP table {state}',
    fields: {
      address: 'Address, or device and port',
      mac: 'MAC address',
      interface: 'On its own interface',
      state: 'In the table',
    },
    choices: { state: { present: 'an entry', absent: 'no entry' } },
  },
  reasons: {
    ARP_FOUND: { why: '{device} knows {address} as a neighbour.', found: '{found}' },
    ARP_ABSENT: { why: '{device} does not know {address} as a neighbour.', found: 'it knows {found}' },
    ARP_EMPTY: { why: '{device} knows no neighbour at all.', found: 'an empty table' },
    ARP_OLD: { why: '{device} has met {address} before, but it does not answer now.', found: '{address} is known, but silent' },
    ARP_UNANSWERED: { why: '{device} asked for {address}, but nobody answered.', found: 'an entry without a MAC address' },
    ARP_OTHER_MAC: { why: 'For {device}, {address} has the MAC address {found} instead of {wanted}.', found: '{found}' },
    ARP_OTHER_PORT: { why: '{device} sees {address} on {found} instead of {wanted}.', found: '{found}' },
    ARP_TABLE_INCOMPLETE: {
      why: '{address} answers {device}, but {device} does not show it among its neighbours yet.',
      found: 'an answer, but no entry',
    },
    ARP_PORT_UNKNOWN: { why: '{device} does not say on which interface it sees {address}.', found: 'no interface' },
    ARP_PRESENT: { why: '{device} knows {address} as a neighbour, though it must not.', found: '{found}' },
    ARP_ABSENT_AS_WANTED: { why: '{device} does not know {address} as a neighbour, as it must be.', found: 'no entry' },
  },
  expected: {
    ARP_ENTRY: '{device} knows {address} as a neighbour',
    ARP_ENTRY_MAC: '{device} knows {address} with the MAC address {mac}',
    ARP_NO_ENTRY: '{device} does not know {address} as a neighbour',
  },
} as const satisfies CheckWords
