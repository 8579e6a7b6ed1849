import type { CheckWords } from './words.ts'

export const ospfRoute = {
  form: {
    name: 'OSPF route',
    sentence: 'OSPF on {device} has learnt {prefix} of type {type} with cost {cost}: {state}',
    fields: {
      prefix: 'Network/length',
      type: 'Type',
      cost: 'Cost',
      state: 'Route',
      area: 'Area',
      via: 'Next hops (address, device or interface)',
      viaMode: 'Of the next hops',
    },
    choices: {
      type: {
        intra: 'intra-area',
        inter: 'inter-area',
        e1: 'external type 1',
        e2: 'external type 2',
        n1: 'NSSA type 1',
        n2: 'NSSA type 2',
      },
      state: { present: 'there', absent: 'not there' },
      viaMode: { all: 'all are used', any: 'one is used', exact: 'these and no others are used' },
    },
  },
  reasons: {
    OSPF_ROUTE: { why: '{device} has learnt {prefix} by OSPF.', found: 'via {found}, cost {foundCost}' },
    OSPF_ROUTE_AWAY: { why: '{device} has learnt no such route to {prefix} by OSPF, as it must be.', found: 'no such OSPF route' },
    OSPF_ROUTE_ABSENT: { why: '{device} has not learnt {prefix} by OSPF.', found: 'no OSPF route' },
    OSPF_ROUTE_OUTRANKED: {
      why: '{device} uses a route to {prefix} that does not come from OSPF.',
      found: '{foundProtocol}',
    },
    OSPF_ROUTE_TYPE: { why: '{device} has learnt {prefix} by OSPF, but as another type than asked for.', found: 'type {foundType}' },
    OSPF_ROUTE_AREA: { why: '{device} has learnt {prefix} by OSPF, but in another area than asked for.', found: 'area {foundArea}' },
    OSPF_ROUTE_COST: { why: '{device} has learnt {prefix} by OSPF, but with another cost than asked for.', found: 'cost {foundCost}' },
    OSPF_ROUTE_VIA: { why: 'The OSPF route of {device} to {prefix} leads over another next hop than asked for.', found: 'via {found}' },
    OSPF_ROUTE_VIA_EXTRA: { why: 'The OSPF route of {device} to {prefix} also leads over {extra}.', found: 'via {found}' },
    OSPF_ROUTE_FORBIDDEN: { why: '{device} has learnt {prefix} by OSPF, though it must not.', found: 'via {found}, type {foundType}' },
  },
  expected: {
    OSPF_ROUTE: '{device} has learnt {prefix} by OSPF',
    OSPF_ROUTE_TYPE: '{device} has learnt {prefix} by OSPF as type {type}',
    OSPF_ROUTE_VIA: '{device} has learnt {prefix} by OSPF via {via}',
    OSPF_ROUTE_AWAY: '{device} has learnt no such route to {prefix} by OSPF',
  },
} as const satisfies CheckWords
