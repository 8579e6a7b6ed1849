import type { CheckWords } from './words.ts'

const different = (words: string) => ({
  why: `${words} Looked at: {tested}.`,
  found: '{instead} instead of {wanted}',
})

export const bgpPrefix = {
  form: {
    name: 'Prefix in BGP',
    sentence: '{device} has the prefix {prefix} in its BGP table, learnt from {from}',
    fields: {
      prefix: 'Network with its length, such as 10.1.0.0/16',
      from: 'Learnt from (any where empty)',
      best: 'This path',
      nextHop: 'Next hop',
      asPath: 'AS path, nearest first',
      asPathContains: 'The AS path contains',
      localPref: 'Local preference',
      med: 'MED',
      origin: 'Origin',
      communities: 'Communities',
      absent: 'The prefix',
    },
    choices: {
      best: { true: 'is the best', false: 'is not the best' },
      origin: { igp: 'IGP', egp: 'EGP', incomplete: 'incomplete' },
      absent: { false: 'must be there', true: 'must not be there' },
    },
  },
  reasons: {
    BGP_PREFIX_PRESENT: { why: '{device} has the prefix as it should be.', found: '{tested}' },
    BGP_PREFIX_AWAY: { why: '{device} has no such prefix, as it must be.', found: 'no path with {tested}' },
    BGP_PREFIX_FORBIDDEN: {
      why: '{device} has {prefix} in its BGP table, though it must not be there. Looked at: {tested}.',
      found: 'a path from {peer} with the AS path {path}',
    },
    BGP_PREFIX_MISSING: { why: 'The BGP table of {device} does not have {prefix}.', found: 'no path to {prefix}' },
    BGP_PREFIX_FROM: different('{device} has the prefix from another neighbour.'),
    BGP_PREFIX_NEXT_HOP: different('The path on {device} has another next hop.'),
    BGP_PREFIX_NOT_BEST: { why: '{device} has such a path, but uses another one. Looked at: {tested}.', found: 'not the best path' },
    BGP_PREFIX_BEST: { why: '{device} uses this path, though another one should be used. Looked at: {tested}.', found: 'the best path' },
    BGP_PREFIX_AS_PATH: different('The path on {device} leads through other autonomous systems.'),
    BGP_PREFIX_LOCAL_PREF: different('The path on {device} has another local preference.'),
    BGP_PREFIX_MED: different('The path on {device} has another MED.'),
    BGP_PREFIX_ORIGIN: different('The path on {device} has another origin.'),
    BGP_PREFIX_COMMUNITIES: different('The path on {device} does not have all these communities.'),
    BGP_PREFIX_UNSHOWN: { why: '{device} does not show whether the path has {wanted}.', found: 'not shown' },
  },
  expected: {
    BGP_PREFIX_PRESENT: '{device} has a path with {tested}',
    BGP_PREFIX_AWAY: '{device} has no path with {tested}',
  },
} as const satisfies CheckWords
