import type { CheckWords } from './words.ts'

export const route = {
  form: {
    name: 'Route',
    sentence: 'On {device} the route to {prefix} is {state} and leads over {via}',
    fields: {
      prefix: 'Network/length',
      state: 'Route',
      via: 'Next hops (address, device or interface)',
      viaMode: 'Of the next hops',
      protocol: 'Learnt by',
      type: 'Kind of route',
      metric: 'Metric',
      ad: 'Administrative distance',
      table: 'Table',
      vrf: 'VRF',
    },
    choices: {
      state: { present: 'there', absent: 'not there' },
      viaMode: { all: 'all are used', any: 'one is used', exact: 'these and no others are used' },
      protocol: {
        connected: 'connected',
        local: 'local',
        static: 'static',
        kernel: 'kernel',
        dhcp: 'DHCP',
        rip: 'RIP',
        ospf: 'OSPF',
        isis: 'IS-IS',
        bgp: 'BGP',
        eigrp: 'EIGRP',
      },
      type: {
        forward: 'forwards packets',
        blackhole: 'drops packets silently',
        unreachable: 'answers "unreachable"',
        prohibit: 'answers "prohibited"',
        discard: 'throws packets away',
      },
      table: { rib: 'routing table', fib: 'forwarding table' },
    },
  },
  reasons: {
    ROUTE_PRESENT: { why: '{device} has the route to {prefix}.', found: 'via {found} ({foundProtocol})' },
    ROUTE_AWAY: { why: '{device} has no such route to {prefix}, as it must be.', found: 'no such route' },
    ROUTE_ABSENT: { why: '{device} has no route to {prefix}.', found: 'no route' },
    ROUTE_COVERED: {
      why: '{device} has no route to {prefix} itself; packets to it follow the route to {instead}.',
      found: 'only {instead}',
    },
    ROUTE_LENGTH: {
      why: '{device} has a route to this network, but with another mask: {instead} instead of {prefix}.',
      found: '{instead}',
    },
    ROUTE_UNUSED: { why: '{device} knows a route to {prefix}, but does not use it.', found: 'via {found}, not in use' },
    ROUTE_PROTOCOL: {
      why: 'The route of {device} to {prefix} was not learnt in the way that was asked for.',
      found: '{foundProtocol}, via {found}',
    },
    ROUTE_OUTRANKED: {
      why: '{device} knows the route to {prefix} by {protocol}, but another one by {foundProtocol} is preferred to it.',
      found: '{foundProtocol} is used',
    },
    ROUTE_DISCARDS: {
      why: 'The route of {device} to {prefix} throws packets away instead of forwarding them.',
      found: '{foundType}',
    },
    ROUTE_TYPE: { why: 'The route of {device} to {prefix} is of another kind than asked for.', found: '{foundType}' },
    ROUTE_VIA: { why: 'The route of {device} to {prefix} leads over another next hop than asked for.', found: 'via {found}' },
    ROUTE_VIA_EXTRA: { why: 'The route of {device} to {prefix} also leads over {extra}.', found: 'via {found}' },
    ROUTE_METRIC: { why: 'The route of {device} to {prefix} has another metric than asked for.', found: 'metric {foundMetric}' },
    ROUTE_AD: {
      why: 'The route of {device} to {prefix} has another administrative distance than asked for.',
      found: 'distance {foundAd}',
    },
    ROUTE_NOT_INSTALLED: {
      why: '{device} has the route to {prefix}, but does not forward packets by it.',
      found: 'not in the forwarding table',
    },
    ROUTE_VRF_MISSING: { why: '{device} has no VRF named {vrf}.', found: 'no VRF {vrf}' },
    ROUTE_FORBIDDEN: { why: '{device} has a route to {prefix}, though it must not.', found: 'via {found} ({foundProtocol})' },
  },
  expected: {
    ROUTE_PRESENT: '{device} has a route to {prefix}',
    ROUTE_PROTOCOL: '{device} has a route to {prefix}, learnt by {protocol}',
    ROUTE_VIA: '{device} has a route to {prefix} via {via}',
    ROUTE_AWAY: '{device} has no such route to {prefix}',
  },
} as const satisfies CheckWords
