import type { CheckWords } from './words.ts'

export const trunk = {
  form: {
    name: 'Trunk',
    sentence: '{port} of {device} is a trunk that carries the VLANs {allowed}, untagged VLAN {native}',
    fields: { port: 'Port', allowed: 'VLANs (10,20-25)', allowedMode: 'Of its VLANs', native: 'Untagged (native) VLAN', state: 'Trunk' },
    choices: {
      allowedMode: { exact: 'these and no others', contains: 'these are among them' },
      state: { present: 'must be one', absent: 'must not be one' },
    },
  },
  reasons: {
    TRUNK_PRESENT: { why: 'The port {port} of {device} is a trunk as asked for.', found: 'VLANs {allowed}, native {native}' },
    TRUNK_AWAY: { why: 'The port {port} of {device} is no trunk, as it must be.', found: 'no trunk' },
    TRUNK_ABSENT: { why: 'The port {port} of {device} is no trunk.', found: '{port} works as {mode} port' },
    TRUNK_DOWN: { why: 'The port {port} of {device} is down, so it carries nothing.', found: '{port} is down' },
    TRUNK_PORT_MISSING: { why: '{device} has no port {port}.', found: 'no port {port}' },
    TRUNK_VLAN_MISSING: { why: 'The trunk {port} of {device} does not carry VLAN {missing}.', found: 'VLANs {allowed}' },
    TRUNK_VLAN_EXTRA: { why: 'The trunk {port} of {device} carries VLANs that it must not: {extra}.', found: 'VLANs {allowed}' },
    TRUNK_NATIVE: {
      why: 'The untagged VLAN of the trunk {port} of {device} is {native} instead of {wanted}.',
      found: 'native VLAN {native}',
    },
    TRUNK_FORBIDDEN: { why: 'The port {port} of {device} is a trunk, though it must not be one.', found: 'VLANs {allowed}' },
  },
  expected: {
    TRUNK_PRESENT: '{port} of {device} is a trunk',
    TRUNK_VLANS: '{port} of {device} is a trunk with the VLANs {allowed}',
    TRUNK_AWAY: '{port} of {device} is no trunk',
  },
} as const satisfies CheckWords
