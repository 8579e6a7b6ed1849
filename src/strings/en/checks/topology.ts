import type { CheckWords } from './words.ts'

export const topology = {
  form: {
    name: 'Devices and cables',
    sentence: 'Devices and cables are {untouched}; there are the cables {links} and not {noLinks}',
    fields: {
      untouched: 'As they were handed out',
      links: 'Cables that must be there (R1:Gi0/0--SW1:Ethernet1)',
      noLinks: 'Cables that must not be there',
    },
    choices: { untouched: { true: 'as they were handed out', false: 'free to change' } },
  },
  reasons: {
    TOPOLOGY_UNTOUCHED: { why: 'Devices and cables are as they were handed out.', found: 'nothing changed' },
    TOPOLOGY_CHANGED: {
      why: 'Devices or cables are not as they were handed out: {change}.',
      found: { one: '{count} change: {change}', other: '{count} changes, the first: {change}' },
    },
    TOPOLOGY_NOT_RECORDED: {
      why: 'It is not known how devices and cables were handed out, so they cannot be compared.',
      found: 'nothing to compare with',
    },
    TOPOLOGY_LINKS_FIT: { why: 'The devices are cabled as they should be.', found: 'cables as asked' },
    TOPOLOGY_DEVICE_ABSENT: { why: 'The lab has no device {missing}.', found: 'no {missing}' },
    TOPOLOGY_LINK_ABSENT: { why: 'The cable {link} is missing.', found: 'cables of these devices: {found}' },
    TOPOLOGY_LINK_SUSPENDED: { why: 'The cable {link} is there, but suspended: nothing passes it.', found: '{link} is suspended' },
    TOPOLOGY_LINK_FORBIDDEN: { why: 'The cable {link} is there, though it must not be.', found: '{link}' },
  },
  expected: {
    TOPOLOGY_UNTOUCHED: 'devices and cables as they were handed out',
    TOPOLOGY_LINKS: 'the cables {links}',
    TOPOLOGY_NO_LINKS: 'no cable {links}',
  },
} as const satisfies CheckWords
