import type { CheckWords } from './words.ts'

export const defaultGateway = {
  form: {
    name: 'Default gateway',
    sentence: 'The default gateway of {device} is {gateway}, which is {answersArp}',
    fields: { gateway: 'Address, device and port, or none', answersArp: 'Checked' },
    choices: { answersArp: { true: 'asked and must answer', false: 'compared only' } },
  },
  reasons: {
    GATEWAY_RIGHT: { why: '{device} has the right default gateway.', found: '{found}' },
    GATEWAY_ANSWERS: { why: '{device} has the right default gateway, and the gateway answers.', found: '{found}' },
    GATEWAY_ABSENT: { why: '{device} has no default gateway.', found: 'no default gateway' },
    GATEWAY_WRONG: { why: 'The default gateway of {device} is {found} instead of {gateway}.', found: '{found}' },
    GATEWAY_SEVERAL: { why: '{device} uses several default gateways at the same time.', found: '{found}' },
    GATEWAY_SILENT: {
      why: 'The default gateway of {device} is right, but nobody answers to that address.',
      found: '{found} does not answer ARP',
    },
    GATEWAY_ANSWER_OLD: {
      why: '{device} has met its default gateway before, but it does not answer now.',
      found: '{found} is known, but silent',
    },
    GATEWAY_SET: { why: '{device} has a default gateway, though it must have none.', found: '{found}' },
    GATEWAY_NONE_AS_WANTED: { why: '{device} has no default gateway, as it must be.', found: 'no default gateway' },
  },
  expected: {
    GATEWAY_IS: 'the default gateway of {device} is {gateway}',
    GATEWAY_IS_AND_ANSWERS: 'the default gateway of {device} is {gateway}, and it answers',
    GATEWAY_NONE: '{device} has no default gateway',
  },
} as const satisfies CheckWords
