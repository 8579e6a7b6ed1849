import type { CheckWords } from './words.ts'

export const nat = {
  form: {
    name: 'Address translation (NAT)',
    sentence: '{device} translates {inside} to {global} on the way to {outside}',
    fields: {
      inside: 'Inside host',
      global: 'Address outside',
      outside: 'Partner outside',
      protocol: 'Protocol',
      insidePort: 'Port forward: port of the server',
      globalPort: 'Port forward: port outside',
      witness: 'Linux host outside that looks',
      state: 'Expected',
    },
    choices: {
      protocol: { icmp: 'ICMP', tcp: 'TCP', udp: 'UDP' },
      state: { present: 'is translated', absent: 'is not translated' },
    },
  },
  reasons: {
    NAT_TRANSLATED: { why: '{device} translates {inside} as it must.', found: '{address}' },
    NAT_NO_ENTRY: { why: '{device} has no translation for {inside}.', found: 'no entry' },
    NAT_NOT_TRANSLATED: { why: 'Seen from {device}, packets of {inside} leave with its own address.', found: 'not translated' },
    NAT_OTHER_ADDRESS: { why: 'Seen from {device}, the host {inside} is translated to another address.', found: '{addresses}' },
    NAT_NOTHING_ARRIVED: { why: 'Seen from {device}, nothing of what {inside} sent arrived at {witness}.', found: 'no packet' },
    NAT_NONE: { why: 'Seen from {device}, packets of {inside} leave with its own address, as it must be.', found: 'not translated' },
    NAT_FORBIDDEN: { why: 'Seen from {device}, the host {inside} is translated, though it must not be.', found: '{addresses}' },
  },
  expected: {
    NAT_ANY: '{device} translates {inside}',
    NAT_TO: '{device} translates {inside} to {global}',
    NAT_STATE_ABSENT: 'packets of {inside} leave with its own address',
  },
} as const satisfies CheckWords
