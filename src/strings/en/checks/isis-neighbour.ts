import type { CheckWords } from './words.ts'

export const isisNeighbour = {
  form: {
    name: 'IS-IS neighbour',
    sentence: '{device} has the IS-IS neighbour {neighbour} on {interface}, and it is {state}',
    fields: {
      neighbour: 'Device, or system id such as 0000.0000.0002',
      state: 'State',
      level: 'Level',
      area: 'Area of the neighbour, such as 49.0001',
      interface: 'Interface (any where empty)',
      absent: 'Neighbour',
    },
    choices: {
      state: { up: 'up', initializing: 'only initializing' },
      level: { 'level-1': 'level 1', 'level-2': 'level 2', 'level-1-2': 'both levels' },
      absent: { false: 'must be there', true: 'must not be there' },
    },
  },
  reasons: {
    ISIS_NEIGHBOUR_UP: { why: '{device} has the IS-IS neighbour {neighbour} as it should be.', found: '{shown}' },
    ISIS_NEIGHBOUR_AWAY: { why: '{device} has no IS-IS neighbour {neighbour}, as it must be.', found: 'no such neighbour' },
    ISIS_NOT_RUNNING: { why: 'No IS-IS runs on {device}.', found: 'no IS-IS' },
    ISIS_NO_NEIGHBOURS: { why: '{device} has no IS-IS neighbour at all.', found: 'no neighbours' },
    ISIS_NEIGHBOUR_MISSING: {
      why: '{neighbour} is not among the IS-IS neighbours of {device}.',
      found: 'the neighbours are {neighbours}',
    },
    ISIS_OTHER_INTERFACE: {
      why: '{device} has the IS-IS neighbour {neighbour} on another interface than {interface}.',
      found: 'on {ports}',
    },
    ISIS_OTHER_STATE: {
      why: 'The IS-IS neighbour {neighbour} of {device} is in the state {states} instead of {state}.',
      found: '{shown}',
    },
    ISIS_OTHER_LEVEL: {
      why: 'The IS-IS neighbour {neighbour} of {device} is there on {levels}, but {level} is asked for.',
      found: '{levels}',
    },
    ISIS_OTHER_AREA: {
      why: 'The IS-IS neighbour {neighbour} of {device} is in the area {areas} instead of {area}.',
      found: '{areas}',
    },
    ISIS_AREA_UNKNOWN: { why: '{device} does not show the area of {neighbour}.', found: 'not shown' },
    ISIS_WHO_IS_WHO: {
      why: '{device} shows its IS-IS neighbours by names that do not tell which of them is {neighbour}.',
      found: 'the neighbours are {neighbours}',
    },
    ISIS_NEIGHBOUR_PRESENT: {
      why: '{device} has the IS-IS neighbour {neighbour}, though it must not be there.',
      found: '{shown}',
    },
  },
  expected: {
    ISIS_NEIGHBOUR_IN_STATE: '{device} has the IS-IS neighbour {neighbour} in the state {state}',
    ISIS_NEIGHBOUR_WITH: '{device} has the IS-IS neighbour {neighbour} in the state {state}, with {more}',
    ISIS_NEIGHBOUR_AWAY: '{device} has no IS-IS neighbour {neighbour}',
  },
} as const satisfies CheckWords
