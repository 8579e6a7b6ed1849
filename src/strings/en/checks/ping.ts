import type { CheckWords } from './words.ts'

export const ping = {
  form: {
    name: 'Ping',
    sentence: '{device} pings {to} {count} times, and it {expect} with at most {maxDrop} lost',
    fields: {
      to: 'Address, or device and port',
      count: 'Number of pings',
      maxDrop: 'Lost at most',
      expect: 'Expected',
      control: 'Must answer meanwhile',
      size: 'Size in bytes',
      source: 'Leaving from',
      df: 'Fragments',
      warmup: 'Repeats for a slow start',
    },
    choices: { expect: { success: 'succeeds', failure: 'fails' }, df: { false: 'allowed', true: 'forbidden' } },
  },
  reasons: {
    PING_REPLIED: { why: '{device} reaches {to}.', found: '{received} of {sent} probes answered' },
    PING_PARTIAL: {
      why: '{device} reaches {to} only now and then: too many probes are lost.',
      found: '{received} of {sent} probes answered',
    },
    PING_LOST: { why: '{device} sent probes to {to}, but nothing came back.', found: 'no reply to {sent} probes' },
    PING_NO_ADDRESS: { why: '{device} has no address, so it cannot reach {to}.', found: 'no address on {device}' },
    PING_INTERFACES_DOWN: { why: 'Every interface of {device} that has an address is down.', found: 'down: {addresses}' },
    PING_NO_GATEWAY: {
      why: '{device} has no gateway, and {to} is not in its own network.',
      found: '{device} has the address {addresses} and no gateway',
    },
    PING_NO_ROUTE: { why: '{device} has no route to {to}.', found: 'no route to {to} on {device}' },
    PING_DISCARDED: {
      why: '{device} throws away what it sends to {to} itself: by a route or a firewall rule of its own, or because it takes {to} for a broadcast address.',
      found: 'thrown away on {device}',
    },
    PING_NEIGHBOUR_SILENT: {
      why: '{device} takes {to} for a neighbour in its own network, but no device there answers to that address.',
      found: '{to} does not answer ARP; the address of {device} is {addresses}',
    },
    PING_GATEWAY_GONE: {
      why: '{to} answers {device} only because {device} remembers its gateway {gateway}: nobody has that address any more.',
      found: 'nobody answers for {gateway}',
    },
    PING_GATEWAY_OLD: {
      why: '{to} answers {device}, but its gateway {gateway} does not answer now, and what {device} learnt of it before may be out of date.',
      found: '{gateway} is known, but silent',
    },
    PING_GATEWAY_SILENT: { why: 'The gateway {gateway} of {device} does not answer.', found: '{gateway} does not answer ARP' },
    PING_GATEWAY_OUTSIDE: {
      why: 'The gateway {gateway} of {device} does not lie in the network of {device}.',
      found: 'gateway {gateway}, address {addresses}',
    },
    PING_MASK_TOO_NARROW: {
      why: 'The mask /{length} of {device} leaves {outside} outside its network.',
      found: '{device} has {own}, {holder} has {other}',
    },
    PING_MASK_TOO_WIDE: {
      why: 'The mask /{length} of {device} takes in {outside}, though by its own mask that lies in another network.',
      found: '{device} has {own}, {holder} has {other}',
    },
    PING_NET_UNREACHABLE: { why: '{from} has no route for the packets from {device} to {to}.', found: '{from} says: network unreachable' },
    PING_HOST_UNREACHABLE: {
      why: 'Packets from {device} come as far as {from}, which gets no answer from {to} in its own network.',
      found: '{from} says: host unreachable',
    },
    PING_PORT_UNREACHABLE: { why: '{from} refused the packets from {device} to {to}.', found: '{from} says: port unreachable' },
    PING_UNREACHABLE: { why: 'A router on the way from {device} to {to} says that it cannot deliver.', found: 'unreachable' },
    PING_FILTERED: { why: '{from} filters the packets from {device} to {to}.', found: '{from} says: administratively prohibited' },
    PING_TTL_EXCEEDED: {
      why: 'Packets from {device} to {to} go round in circles; {from} gave up on them.',
      found: '{from} says: time to live exceeded',
    },
    PING_TOO_BIG: {
      why: 'Packets of this size do not pass {from} on the way from {device} to {to}.',
      found: '{from} says: fragmentation needed',
    },
    PING_OWN_ADDRESS: { why: '{to} is an address of {device} itself, so a reply proves nothing.', found: '{device} has {to} itself' },
    PING_REACHED: { why: '{device} reaches {to}, though it must not.', found: '{received} of {sent} probes answered' },
    PING_SILENT: { why: '{device} does not reach {to}, as it must be.', found: 'no reply to {sent} probes' },
    PING_CONTROL_SILENT: {
      why: '{device} does not reach {control} either, so its silence towards {to} proves nothing.',
      found: 'no reply from {control}',
    },
    PING_UNREADABLE: { why: 'The ping on {device} printed something that cannot be understood.', found: 'an answer that cannot be read' },
    SHOW_IP_UNREADABLE: { why: '{device} showed its address in a form that cannot be understood.', found: 'an answer that cannot be read' },
    SHOW_INTERFACES_UNREADABLE: {
      why: '{device} showed its interfaces in a form that cannot be understood.',
      found: 'an answer that cannot be read',
    },
  },
  expected: {
    PING_SUCCESS: '{device} gets at least {least} of {count} replies from {to}',
    PING_FAILURE: '{device} gets no reply from {to}',
  },
} as const satisfies CheckWords
