import type { CheckWords } from './words.ts'

export const ospfNeighbour = {
  form: {
    name: 'OSPF neighbour',
    sentence: '{device} has {neighbour} as OSPF neighbour on {interface} in state {state}',
    fields: {
      neighbour: 'Neighbour (device)',
      routerId: 'Router id of the neighbour',
      interface: 'Interface of the asked device',
      state: 'State',
      area: 'Area',
      absent: 'Neighbour',
    },
    choices: {
      state: { full: 'Full', two_way: '2-Way', any_adjacent: 'Full or 2-Way' },
      absent: { false: 'must be there', true: 'must not be there' },
    },
  },
  reasons: {
    OSPF_NEIGHBOUR: { why: '{device} and {neighbour} are OSPF neighbours.', found: '{found}' },
    OSPF_NEIGHBOUR_AWAY: { why: '{device} and {neighbour} are no OSPF neighbours, as it must be.', found: 'not listed' },
    OSPF_NEIGHBOUR_ABSENT: { why: '{device} does not see {neighbour} as an OSPF neighbour.', found: 'neighbours: {found}' },
    OSPF_NEIGHBOUR_STATE: { why: '{device} and {neighbour} are OSPF neighbours, but stay in state {state}.', found: '{found}' },
    OSPF_NEIGHBOUR_FORBIDDEN: { why: '{device} and {neighbour} are OSPF neighbours, though they must not be.', found: '{found}' },
    OSPF_STUCK: {
      why: '{device} and {neighbour} do not get beyond state {state}. Most often the MTU of the two interfaces differs.',
      found: '{found}',
    },
    OSPF_AREA: {
      why: '{device} and {neighbour} are OSPF neighbours, but in another area than asked for.',
      found: 'area {foundArea} on {port}',
    },
    OSPF_AREA_UNKNOWN: { why: '{device} does not show in which area {neighbour} is its neighbour.', found: 'no area shown for {port}' },
    OSPF_OFF: { why: 'OSPF runs on no interface of {device}.', found: 'no interface with OSPF on {device}' },
    OSPF_OTHER_OFF: {
      why: 'OSPF runs on no interface of {neighbour}, so {device} hears nothing from there.',
      found: 'no interface with OSPF on {neighbour}',
    },
    OSPF_NOT_ON_INTERFACE: { why: 'OSPF does not run on {port} of {device}.', found: 'no OSPF on {port}' },
    OSPF_NOT_ON_LINK: {
      why: 'OSPF runs on no interface of {device} that leads to {neighbour}.',
      found: 'no OSPF on {device} towards {neighbour}',
    },
    OSPF_OTHER_NOT_ON_LINK: {
      why: 'OSPF does not run on the interface of {neighbour} that faces {port} of {device}.',
      found: 'no OSPF on {neighbour} towards {device}',
    },
    OSPF_INTERFACE_DOWN: { why: 'The interface {port} of {device} is down.', found: '{port} is down' },
    OSPF_OTHER_INTERFACE_DOWN: {
      why: 'The interface {otherPort} of {neighbour} is down, so {device} hears nothing from there.',
      found: '{otherPort} of {neighbour} is down',
    },
    OSPF_PASSIVE: {
      why: 'The interface {port} of {device} is passive, so OSPF sends nothing there.',
      found: '{port} is passive',
    },
    OSPF_OTHER_PASSIVE: {
      why: 'The interface {otherPort} of {neighbour} is passive, so {device} hears nothing from there.',
      found: '{otherPort} of {neighbour} is passive',
    },
    OSPF_SAME_ROUTER_ID: {
      why: '{device} and {neighbour} have the same router id, so neither takes the other for a neighbour.',
      found: 'both have {routerId}',
    },
    OSPF_AREA_DIFFERS: {
      why: 'The two ends are in different areas: {port} of {device} and {otherPort} of {neighbour}.',
      found: 'area {own} on {device}, area {other} on {neighbour}',
    },
    OSPF_MASK_DIFFERS: {
      why: 'The two ends have different masks: {port} of {device} and {otherPort} of {neighbour}.',
      found: '/{own} on {device}, /{other} on {neighbour}',
    },
    OSPF_HELLO_DIFFERS: {
      why: 'The two ends have different hello intervals: {port} of {device} and {otherPort} of {neighbour}.',
      found: '{own} s on {device}, {other} s on {neighbour}',
    },
    OSPF_DEAD_DIFFERS: {
      why: 'The two ends have different dead intervals: {port} of {device} and {otherPort} of {neighbour}.',
      found: '{own} s on {device}, {other} s on {neighbour}',
    },
    OSPF_AUTHENTICATION_DIFFERS: {
      why: 'The two ends authenticate in different ways: {port} of {device} and {otherPort} of {neighbour}.',
      found: '{own} on {device}, {other} on {neighbour}',
    },
    OSPF_NETWORK_TYPE_DIFFERS: {
      why: 'The two ends have different network types: {port} of {device} and {otherPort} of {neighbour}.',
      found: '{own} on {device}, {other} on {neighbour}',
    },
    OSPF_MTU_DIFFERS: {
      why: 'The two ends have different MTUs: {port} of {device} and {otherPort} of {neighbour}.',
      found: '{own} bytes on {device}, {other} bytes on {neighbour}',
    },
  },
  expected: {
    OSPF_NEIGHBOUR: '{device} has {neighbour} as an OSPF neighbour in state {state}',
    OSPF_NEIGHBOUR_AWAY: '{device} has no OSPF neighbour {neighbour}',
  },
} as const satisfies CheckWords
