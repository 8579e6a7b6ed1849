import type { CheckWords } from './words.ts'

export const interfaceState = {
  form: {
    name: 'State of an interface',
    sentence: '{interface} of {device} is switched {admin} and works: {oper}',
    fields: {
      interface: 'Interface',
      admin: 'Switched',
      oper: 'Works',
      mtu: 'MTU in bytes',
      mac: 'MAC address',
      speed: 'Speed in Mbit/s',
      description: 'Description',
    },
    choices: { admin: { up: 'on', down: 'off (shut down)' }, oper: { up: 'up', down: 'down' } },
  },
  reasons: {
    PORT_RIGHT: { why: 'On {device}, {interface} is as it should be.', found: '{found}' },
    PORT_SHUT_DOWN: { why: 'On {device}, {interface} is shut down.', found: 'shut down by configuration' },
    PORT_ADMIN: { why: 'On {device}, {interface} is switched {found} by configuration instead of {wanted}.', found: '{found}' },
    PORT_OPER: { why: 'On {device}, {interface} is {found} instead of {wanted}.', found: '{found}' },
    PORT_MTU: { why: 'The MTU of {interface} of {device} is {found} instead of {wanted}.', found: '{found} bytes' },
    PORT_MAC: { why: 'The MAC address of {interface} of {device} is {found} instead of {wanted}.', found: '{found}' },
    PORT_SPEED: { why: 'On {device}, {interface} runs at {found} Mbit/s instead of {wanted} Mbit/s.', found: '{found} Mbit/s' },
    PORT_DESCRIPTION: { why: 'On {device}, {interface} has another description.', found: '{found}' },
    PORT_NO_DESCRIPTION: { why: 'On {device}, {interface} has no description.', found: 'no description' },
    PORT_NOT_SHOWN: { why: '{device} does not show the {field} of {interface}.', found: 'not shown' },
  },
  expected: { PORT_STATE: '{interface} of {device} has {wanted}' },
} as const satisfies CheckWords
