import type { CheckWords } from './words.ts'

export const vlan = {
  form: {
    name: 'VLAN',
    sentence: '{device} has VLAN {id} with the access ports {ports}',
    fields: { id: 'VLAN', name: 'Name', ports: 'Access ports', portsMode: 'Of its ports', state: 'VLAN' },
    choices: {
      portsMode: { contains: 'these are among them', exact: 'these and no others' },
      state: { present: 'must be there', absent: 'must not be there' },
    },
  },
  reasons: {
    VLAN_PRESENT: { why: '{device} has VLAN {vlan} as asked for.', found: 'VLAN {vlan}: {found}' },
    VLAN_AWAY: { why: '{device} has no VLAN {vlan}, as it must be.', found: 'no VLAN {vlan}' },
    VLAN_ABSENT: { why: '{device} has no VLAN {vlan}.', found: 'VLANs {found}' },
    VLAN_INACTIVE: { why: 'VLAN {vlan} of {device} is there, but switched off.', found: 'VLAN {vlan} is not active' },
    VLAN_NAME: { why: 'VLAN {vlan} of {device} has another name than asked for.', found: '{foundName}' },
    VLAN_PORT_ELSEWHERE: {
      why: 'The port {port} of {device} is in VLAN {foundVlan} instead of VLAN {vlan}.',
      found: '{port}: VLAN {foundVlan}',
    },
    VLAN_PORT_MISSING: {
      why: 'The port {port} of {device} is no access port of VLAN {vlan}: it is a trunk, does not switch, or is not there.',
      found: 'VLAN {vlan}: {found}',
    },
    VLAN_PORT_EXTRA: { why: 'VLAN {vlan} of {device} has more access ports than asked for: {extra}.', found: 'VLAN {vlan}: {found}' },
    VLAN_FORBIDDEN: { why: '{device} has VLAN {vlan}, though it must not.', found: 'VLAN {vlan}' },
  },
  expected: {
    VLAN_PRESENT: '{device} has VLAN {vlan}',
    VLAN_PORTS: 'VLAN {vlan} of {device} has the access ports {ports}',
    VLAN_AWAY: '{device} has no VLAN {vlan}',
  },
} as const satisfies CheckWords
