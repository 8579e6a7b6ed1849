import type { CheckWords } from './words.ts'

export const dns = {
  form: {
    name: 'DNS record',
    sentence: 'For {device}, the {type} record of {name} is {answers}',
    fields: {
      name: 'Name',
      type: 'Type',
      answers: 'Answers',
      mode: 'Further answers',
      server: 'Ask this server',
      authoritative: 'Who must answer',
      nxdomain: 'The name',
    },
    choices: {
      type: { A: 'A', AAAA: 'AAAA', CNAME: 'CNAME', MX: 'MX', NS: 'NS', PTR: 'PTR', SOA: 'SOA', SRV: 'SRV', TXT: 'TXT' },
      mode: { equal: 'are wrong', contains: 'do not matter' },
      authoritative: { false: 'any server', true: 'the server of the zone' },
      nxdomain: { false: 'exists', true: 'must not exist' },
    },
  },
  reasons: {
    DNS_RESOLVED: { why: '{device} gets the right answer for {name}.', found: '{type}: {answers}' },
    DNS_SERVER_SILENT: { why: 'No name server answers {device}.', found: 'no answer for {name}' },
    DNS_NO_SERVER: { why: '{device} has no name server to ask.', found: 'no name server is set' },
    DNS_SERVER_FAILED: {
      why: 'The name server could not answer {device}: something is wrong with its zone.',
      found: 'SERVFAIL for {name}',
    },
    DNS_SERVER_REFUSED: { why: 'The name server refuses to answer {device} for {name}.', found: 'REFUSED for {name}' },
    DNS_NAME_UNKNOWN: { why: 'Seen from {device}, the name server says that there is no {name}.', found: 'NXDOMAIN for {name}' },
    DNS_UNRESOLVED: { why: '{device} could not resolve {name}.', found: 'no address for {name}' },
    DNS_NO_RECORD: { why: 'Seen from {device}, the name {name} exists, but has no record of the type {type}.', found: 'no {type} record' },
    DNS_WRONG_ANSWERS: { why: '{device} gets a wrong answer for {name}.', found: '{type}: {answers}' },
    DNS_EXTRA_ANSWERS: { why: '{device} gets more answers for {name} than there should be.', found: 'too many: {extra}' },
    DNS_NOT_AUTHORITATIVE: {
      why: 'Seen from {device}, the answer for {name} is right, but does not come from a server of the zone itself.',
      found: 'an answer without the flag AA',
    },
    DNS_AUTHORITY_UNKNOWN: { why: '{device} does not show whether the answer for {name} is authoritative.', found: 'no flag AA is shown' },
    DNS_STATUS_UNKNOWN: {
      why: 'The name server answered {device} with a code that says nothing about {name}.',
      found: 'another response code',
    },
    DNS_NXDOMAIN: { why: 'Seen from {device}, the name {name} does not exist, as it must be.', found: 'NXDOMAIN' },
    DNS_NAME_EXISTS: { why: 'Seen from {device}, the name {name} exists, though it must not.', found: '{type}: {answers}' },
    DNS_NAME_WITHOUT_RECORD: {
      why: 'Seen from {device}, the name {name} exists, though it must not.',
      found: 'a name without a {type} record',
    },
  },
  expected: {
    DNS_ANY: 'a {type} record of {name}',
    DNS_EQUAL: '{type} of {name}: {answers}',
    DNS_CONTAINS: '{type} of {name}: {answers}, perhaps others too',
    DNS_ABSENT: 'no {name}',
  },
} as const satisfies CheckWords
