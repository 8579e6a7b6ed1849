import type { CheckWords } from './words.ts'

export const bandwidth = {
  form: {
    name: 'Bandwidth',
    sentence: 'From {device} to {to}, at least {atLeast} Mbit/s get through',
    fields: {
      to: 'Device, or device and port',
      atLeast: 'Mbit/s at least',
      atMost: 'Mbit/s at most',
      comparedWith: 'Compared with this device, or device and port',
      ratioAtLeast: 'Times the other, at least',
      ratioAtMost: 'Times the other, at most',
      port: 'TCP port of the measurement',
      seconds: 'Seconds to measure',
    },
  },
  reasons: {
    BANDWIDTH_RIGHT: { why: 'As much gets from {device} to {to} as it should.', found: '{mbits} Mbit/s' },
    BANDWIDTH_LOW: { why: 'Too little gets from {device} to {to} in a second.', found: '{mbits} Mbit/s' },
    BANDWIDTH_HIGH: { why: 'More gets from {device} to {to} in a second than should.', found: '{mbits} Mbit/s' },
    BANDWIDTH_RATIO_LOW: {
      why: 'The way from {device} to {to} is too slow, compared with the way to {comparedWith}.',
      found: '{mbits} Mbit/s, {ratio} times the {otherMbits} Mbit/s to {comparedWith}',
    },
    BANDWIDTH_RATIO_HIGH: {
      why: 'The way from {device} to {to} is too fast, compared with the way to {comparedWith}.',
      found: '{mbits} Mbit/s, {ratio} times the {otherMbits} Mbit/s to {comparedWith}',
    },
    BANDWIDTH_UNREACHED: { why: '{device} cannot connect to {to}, so nothing gets through.', found: 'no connection' },
    BANDWIDTH_OWN_ADDRESS: {
      why: 'The host {to} is an address of {device} itself, so this says nothing of the network.',
      found: '{device} has {to} itself',
    },
    BANDWIDTH_REFUSED: {
      why: 'A server for the measurement was started on {to}, but the connection from {device} was refused.',
      found: 'connection refused',
    },
    BANDWIDTH_BUSY: { why: 'Another measurement runs on {to}, so {device} could not measure.', found: 'the server is busy' },
    BANDWIDTH_NOT_COMPARED: {
      why: 'The bandwidth from {device} to {comparedWith} could not be measured, so there is nothing to compare with.',
      found: 'no measurement to {comparedWith}',
    },
  },
  expected: {
    BANDWIDTH_AT_LEAST: 'at least {atLeast} Mbit/s from {device} to {to}',
    BANDWIDTH_AT_MOST: 'at most {atMost} Mbit/s from {device} to {to}',
    BANDWIDTH_BETWEEN: '{atLeast} to {atMost} Mbit/s from {device} to {to}',
    BANDWIDTH_RATIO_AT_LEAST: 'from {device} to {to} at least {ratioAtLeast} times the bandwidth to {comparedWith}',
    BANDWIDTH_RATIO_AT_MOST: 'from {device} to {to} at most {ratioAtMost} times the bandwidth to {comparedWith}',
    BANDWIDTH_RATIO_BETWEEN: 'from {device} to {to} {ratioAtLeast} to {ratioAtMost} times the bandwidth to {comparedWith}',
  },
} as const satisfies CheckWords
