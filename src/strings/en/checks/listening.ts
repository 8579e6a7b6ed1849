import type { CheckWords } from './words.ts'

export const listening = {
  form: {
    name: 'Listening service',
    sentence: 'On {device}, a service on {protocol} port {port} is {state}',
    fields: {
      port: 'Port',
      protocol: 'Protocol',
      address: 'Must serve this address',
      process: 'Name of the process',
      state: 'Expected',
    },
    choices: { protocol: { tcp: 'TCP', udp: 'UDP' }, state: { present: 'there', absent: 'not there' } },
  },
  reasons: {
    LISTENING: { why: 'A service on {device} listens on {protocol} port {port}.', found: '{sockets}' },
    LISTENING_ABSENT: { why: 'Nothing on {device} listens on {protocol} port {port}.', found: 'listening {protocol} ports: {ports}' },
    LISTENING_LOOPBACK_ONLY: {
      why: 'The service on {protocol} port {port} of {device} listens for {device} itself only, so no other device gets through.',
      found: '{sockets}',
    },
    LISTENING_OTHER_ADDRESS: {
      why: 'The service on {protocol} port {port} of {device} does not listen for {address}.',
      found: '{sockets}',
    },
    LISTENING_OTHER_PROCESS: { why: 'Another program than {process} listens on {protocol} port {port} of {device}.', found: '{sockets}' },
    LISTENING_PROCESS_HIDDEN: {
      why: '{device} does not show which program listens on {protocol} port {port}; that takes the rights of root.',
      found: '{sockets}',
    },
    LISTENING_NOTHING: { why: 'Nothing on {device} listens on {protocol} port {port}, as it must be.', found: 'no service' },
    LISTENING_FORBIDDEN: { why: 'A service on {device} listens on {protocol} port {port}, though it must not.', found: '{sockets}' },
  },
  expected: {
    LISTENING_STATE_PRESENT: 'a service on {device} listens on {protocol} port {port}',
    LISTENING_STATE_ABSENT: 'nothing on {device} listens on {protocol} port {port}',
    LISTENING_ON_ADDRESS: 'a service on {device} listens on {protocol} port {port} for {address}',
    LISTENING_BY_PROCESS: '{process} on {device} listens on {protocol} port {port}',
  },
} as const satisfies CheckWords
