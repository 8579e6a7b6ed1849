import type { CheckWords } from './words.ts'

export const macTable = {
  form: {
    name: 'MAC address table',
    sentence: '{device} knows the address of {of} behind port {port}',
    fields: { mac: 'MAC address', of: 'Device (or device and port)', vlan: 'VLAN', port: 'Port', absent: 'Entry' },
    choices: { absent: { false: 'must be there', true: 'must not be there' } },
  },
  reasons: {
    MAC_PRESENT: { why: '{device} knows where {host} is.', found: '{found}' },
    MAC_AWAY: { why: '{device} has no such entry of {host}, as it must be.', found: 'no such entry' },
    MAC_ABSENT: {
      why: '{device} does not know the address of {host}: nothing came from there lately.',
      found: 'no entry of {macs}',
    },
    MAC_ELSEWHERE: { why: '{device} knows {host}, but behind another port than asked for.', found: '{found}' },
    MAC_VLAN: { why: '{device} knows {host} behind this port, but in another VLAN than asked for.', found: '{found}' },
    MAC_FORBIDDEN: { why: '{device} has an entry of {host}, though it must not.', found: '{found}' },
    MAC_OF_NOBODY: { why: '{host} shows no MAC address that could be looked for.', found: 'no MAC address of {host}' },
    MAC_NOT_SHOWN: { why: '{host} cannot be asked for its MAC address.', found: 'no MAC address of {host}' },
  },
  expected: {
    MAC_PRESENT: '{device} has an entry of {host} in its MAC address table',
    MAC_PORT: '{device} has an entry of {host} behind port {port}',
    MAC_AWAY: '{device} has no such entry of {host} in its MAC address table',
  },
} as const satisfies CheckWords
