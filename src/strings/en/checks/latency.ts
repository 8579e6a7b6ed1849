import type { CheckWords } from './words.ts'

export const latency = {
  form: {
    name: 'Latency',
    sentence: 'A packet from {device} to {to} and back takes at most {maxMs} ms',
    fields: { to: 'Address, or device and port', maxMs: 'Milliseconds at most', minMs: 'Milliseconds at least' },
  },
  reasons: {
    LATENCY_RIGHT: {
      why: 'Packets between {device} and {to} take as long as they should.',
      found: '{median} ms, the median of {received}',
    },
    LATENCY_HIGH: { why: 'Packets between {device} and {to} take too long.', found: '{median} ms, the median of {received}' },
    LATENCY_LOW: {
      why: 'Packets between {device} and {to} are faster than they should be.',
      found: '{median} ms, the median of {received}',
    },
    LATENCY_LOST: { why: 'Too few of the probes from {device} to {to} came back.', found: '{received} of {sent} probes answered' },
    LATENCY_OWN_ADDRESS: { why: '{to} is an address of {device} itself, so its time says nothing.', found: '{device} has {to} itself' },
  },
  expected: {
    LATENCY_AT_MOST: 'at most {maxMs} ms from {device} to {to} and back',
    LATENCY_AT_LEAST: 'at least {minMs} ms from {device} to {to} and back',
    LATENCY_BETWEEN: '{minMs} to {maxMs} ms from {device} to {to} and back',
  },
} as const satisfies CheckWords
