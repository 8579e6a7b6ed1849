import type { CheckWords } from './words.ts'

export const traceroute = {
  form: {
    name: 'Traceroute',
    sentence: 'The way from {device} to {to} leads over {via} and not over {notVia} within {maxHops} hops; the target is {reach}',
    fields: {
      to: 'Address, or device and port',
      via: 'Hops in this order',
      notVia: 'Hops that must not be on the way',
      maxHops: 'Hops at most',
      reach: 'Target',
    },
    choices: { reach: { true: 'reached', false: 'not reached' } },
  },
  reasons: {
    TRACE_REACHED: { why: 'Packets from {device} arrive at {to}.', found: '{path}' },
    TRACE_NO_ADDRESS: { why: '{device} has no address, so nothing from it can arrive at {to}.', found: 'no address on {device}' },
    TRACE_OWN_ADDRESS: { why: '{to} is an address of {device} itself, so the way proves nothing.', found: '{device} has {to} itself' },
    TRACE_NO_ROUTE: { why: '{device} has no route to {to}.', found: 'no route to {to} on {device}' },
    TRACE_NO_GATEWAY: {
      why: '{device} has no gateway, and {to} is not in its own network.',
      found: 'no gateway on {device}',
    },
    TRACE_DISCARDED: {
      why: '{device} throws away what it sends to {to} itself: by a route or a firewall rule of its own, or because it takes {to} for a broadcast address.',
      found: 'thrown away on {device}',
    },
    TRACE_NEIGHBOUR_SILENT: {
      why: '{device} sends nothing to {to}, because {neighbour} in its own network does not answer.',
      found: '{neighbour} does not answer ARP',
    },
    TRACE_GATEWAY_GONE: {
      why: '{to} answers {device} only because {device} remembers its gateway {gateway}: nobody has that address any more.',
      found: 'nobody answers for {gateway}',
    },
    TRACE_GATEWAY_OLD: {
      why: '{to} answers {device}, but its gateway {gateway} does not answer now, and what {device} learnt of it before may be out of date.',
      found: '{gateway} is known, but silent',
    },
    TRACE_SILENT: { why: 'No router on the way from {device} to {to} answers.', found: 'no hop answered' },
    TRACE_STOPPED: { why: 'Packets from {device} to {to} come as far as {last} and no further.', found: '{path}' },
    TRACE_HOP_MISSING: { why: 'Packets from {device} to {to} do not pass {via}.', found: '{path}' },
    TRACE_FORBIDDEN_HOP: { why: 'Packets from {device} to {to} pass {via}, though they must not.', found: '{path}' },
    TRACE_SILENT_HOP: { why: 'A router on the way from {device} to {to} does not answer, so the way cannot be told.', found: '{path}' },
    TRACE_ARRIVED: { why: 'Packets from {device} arrive at {to}, though they must not.', found: '{path}' },
    TRACE_NOT_ARRIVED: { why: 'Packets from {device} do not arrive at {to}, as it must be.', found: '{path}' },
    TRACE_UNREADABLE: { why: 'The trace on {device} printed something that cannot be understood.', found: 'an answer that cannot be read' },
  },
  expected: {
    TRACE_REACHED: 'packets from {device} arrive at {to}',
    TRACE_VIA: 'packets from {device} arrive at {to} by way of {via}',
    TRACE_NOT_VIA: 'packets from {device} arrive at {to} without passing {via}',
    TRACE_UNREACHED: 'packets from {device} do not arrive at {to}',
  },
} as const satisfies CheckWords
