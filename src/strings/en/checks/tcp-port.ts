import type { CheckWords } from './words.ts'

export const tcpPort = {
  form: {
    name: 'TCP port',
    sentence: 'From {device}, port {port} of {to} is {expect}',
    fields: {
      to: 'Address, or device and port',
      port: 'TCP port',
      expect: 'Expected',
      control: 'Must be open meanwhile: address or device',
      controlPort: 'Must be open meanwhile: port',
    },
    choices: { expect: { open: 'open', refused: 'refused', filtered: 'filtered', blocked: 'refused or filtered' } },
  },
  reasons: {
    TCP_OPEN: { why: '{device} can connect to port {port} of {to}.', found: 'port {port} is open' },
    TCP_OPEN_FORBIDDEN: { why: '{device} can connect to port {port} of {to}, though it must not.', found: 'port {port} is open' },
    TCP_REFUSED: {
      why: 'The host {to} refused the connection from {device}: nothing listens on port {port} there.',
      found: 'connection refused',
    },
    TCP_SILENT: { why: '{device} tried to connect to port {port} of {to}, but nothing came back.', found: 'no answer' },
    TCP_FILTERED: {
      why: 'A filter on the way keeps {device} from port {port} of {to}.',
      found: 'administratively prohibited',
    },
    TCP_REJECTED: { why: 'The network cannot deliver what {device} sends to {to}.', found: 'host or network unreachable' },
    TCP_UNSENT: {
      why: '{device} itself could not send to {to}: it has no address, no route, or its neighbour does not answer.',
      found: 'nothing could be sent',
    },
    TCP_OWN_ADDRESS: {
      why: 'The host {to} is an address of {device} itself, so this says nothing of the network.',
      found: '{device} has {to} itself',
    },
    TCP_CONTROL_CLOSED: {
      why: '{device} cannot connect to port {controlPort} of {control} either, so it proves nothing that port {port} of {to} is closed.',
      found: 'port {controlPort} of {control} is not open',
    },
    TCP_REFUSED_NOT_FILTERED: {
      why: 'Seen from {device}, the connection to port {port} of {to} was refused, but no filter kept it from arriving.',
      found: 'connection refused',
    },
    TCP_SILENT_NOT_REFUSED: { why: 'Seen from {device}, port {port} of {to} gave no answer, but it must refuse.', found: 'no answer' },
    TCP_REJECTED_NOT_REFUSED: {
      why: 'Seen from {device}, the connection to port {port} of {to} was stopped on the way, but {to} itself must refuse it.',
      found: 'host unreachable or administratively prohibited',
    },
    TCP_REJECTED_UNCLEAR: {
      why: 'Seen from {device}, something on the way says that {to} cannot be reached: that may be a filter, or {to} may be missing.',
      found: 'host unreachable',
    },
    TCP_CLOSED: { why: '{device} cannot connect to port {port} of {to}, as it must be.', found: 'port {port} is closed' },
    TCP_CLOSED_REFUSED: { why: 'Port {port} of {to} refuses {device}, as it must be.', found: 'connection refused' },
    TCP_CLOSED_SILENT: { why: 'Port {port} of {to} does not answer {device}, as it must be.', found: 'no answer' },
    TCP_CLOSED_REJECTED: {
      why: 'The connection from {device} to port {port} of {to} is stopped on the way, as it must be.',
      found: 'stopped on the way',
    },
  },
  expected: {
    TCP_PORT_OPEN: '{device} can connect to port {port} of {to}',
    TCP_PORT_REFUSED: '{to} refuses {device} on port {port}',
    TCP_PORT_FILTERED: 'a filter keeps {device} from port {port} of {to}',
    TCP_PORT_BLOCKED: '{device} cannot connect to port {port} of {to}',
  },
} as const satisfies CheckWords
