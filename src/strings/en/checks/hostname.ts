import type { CheckWords } from './words.ts'

export const hostname = {
  form: { name: 'Host name', sentence: '{device} has the host name {name}', fields: { name: 'Host name' } },
  reasons: {
    HOSTNAME_RIGHT: { why: '{device} has the right host name.', found: '{wanted}' },
    HOSTNAME_CASE: { why: 'The host name of {device} has other capital letters: {found} instead of {wanted}.', found: '{found}' },
    HOSTNAME_WRONG: { why: 'The host name of {device} is {found} instead of {wanted}.', found: '{found}' },
    HOSTNAME_OF_SESSION: {
      why: 'The host name in the vtysh of {device} is {found} instead of {wanted}. A name typed there is forgotten when vtysh is left; the name of the machine stays.',
      found: '{found}',
    },
  },
  expected: { HOSTNAME: 'the host name of {device} is {wanted}' },
} as const satisfies CheckWords
