import type { CheckWords } from './words.ts'

export const bgpPeer = {
  form: {
    name: 'BGP neighbour',
    sentence: '{device} has the BGP neighbour {neighbour} in AS {remoteAs}, and the session is {state}',
    fields: {
      neighbour: 'Address, or device',
      remoteAs: 'AS of the neighbour',
      state: 'Session',
      afi: 'Addresses',
      absent: 'Neighbour',
      noExtra: 'Other neighbours',
      allowed: 'Others that may be there',
    },
    choices: {
      state: { established: 'established', down: 'down' },
      afi: { ipv4: 'IPv4', ipv6: 'IPv6' },
      absent: { false: 'is configured', true: 'must not be there' },
      noExtra: { false: 'may be there', true: 'must not be there' },
    },
  },
  reasons: {
    BGP_PEER_UP: {
      why: 'The BGP session of {device} with {neighbour} is established.',
      found: '{address} (AS {foundAs}), established, prefixes received: {prefixes}',
    },
    BGP_PEER_DOWN: { why: 'The BGP session of {device} with {neighbour} is down, as it must be.', found: '{address}: {foundState}' },
    BGP_PEER_AWAY: { why: '{device} has no BGP neighbour {neighbour}, as it must be.', found: 'no such neighbour' },
    BGP_NOT_RUNNING: { why: 'No BGP runs on {device}.', found: 'no BGP' },
    BGP_NO_PEERS: { why: '{device} has no BGP neighbour for {afi} at all.', found: 'no neighbours' },
    BGP_PEER_MISSING: {
      why: '{neighbour} is not among the BGP neighbours that {device} has for {afi}.',
      found: 'the neighbours are {peers}',
    },
    BGP_PEER_WRONG_AS: {
      why: '{device} has the BGP neighbour {neighbour} in AS {foundAs} instead of {remoteAs}.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
    BGP_PEER_AS_UNKNOWN: { why: '{device} does not show the AS of {neighbour}.', found: '{address}: {foundState}' },
    BGP_PEER_SHUTDOWN: { why: 'The BGP neighbour {neighbour} is shut down on {device}.', found: '{address}: shut down' },
    BGP_PEER_NOT_UP: {
      why: '{device} has the BGP neighbour {neighbour}, but the session is not established.',
      found: '{address}: {foundState}',
    },
    BGP_PEER_BAD_AS: {
      why: 'The session of {device} with {neighbour} is not established, and broke last because one had the other in the wrong AS.',
      found: '{address} (AS {foundAs}): {foundState}, last message "bad peer AS"',
    },
    BGP_PEER_NO_ROUTE: {
      why: 'The session of {device} with {neighbour} is not established: {device} has no way to {address}.',
      found: '{address}: {foundState}, no route to it',
    },
    BGP_PEER_AUTHENTICATION: {
      why: 'The session of {device} with {neighbour} is not established: their passwords are not the same.',
      found: '{address}: {foundState}, authentication failed',
    },
    BGP_PEER_WITHOUT_FAMILY: {
      why: 'The session of {device} with {neighbour} is established, but not for {afi}: one of them does not activate it.',
      found: '{address}: established, {afi} not agreed on',
    },
    BGP_PEER_EXTRA: { why: '{device} has BGP neighbours that must not be there.', found: '{extra}' },
    BGP_PEER_PRESENT: {
      why: '{device} has the BGP neighbour {neighbour}, though it must not be there.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
    BGP_PEER_STILL_UP: {
      why: 'The BGP session of {device} with {neighbour} is established, though it must be down.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
  },
  expected: {
    BGP_PEER_UP: '{device} has an established BGP session with {neighbour} for {afi}',
    BGP_PEER_UP_IN_AS: '{device} has an established BGP session with {neighbour} in AS {remoteAs} for {afi}',
    BGP_PEER_DOWN: 'the BGP session of {device} with {neighbour} is down',
    BGP_PEER_AWAY: '{device} has no BGP neighbour {neighbour} for {afi}',
  },
} as const satisfies CheckWords
