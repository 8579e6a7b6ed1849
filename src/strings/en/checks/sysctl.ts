import type { CheckWords } from './words.ts'

export const sysctl = {
  form: {
    name: 'Kernel setting (sysctl)',
    sentence: 'On {device}, {key} is {value}',
    fields: { key: 'Setting', value: 'Value', persisted: 'At the next start' },
    choices: { persisted: { true: 'must be set too', false: 'does not matter' } },
  },
  reasons: {
    SYSCTL_SET: { why: 'The setting {key} on {device} is set as it must be.', found: '{value}' },
    SYSCTL_SET_AND_SAVED: {
      why: 'The setting {key} on {device} is set as it must be, now and at the next start.',
      found: '{value}, saved in {file}',
    },
    SYSCTL_WRONG: { why: 'The setting {key} on {device} has another value.', found: '{value}' },
    SYSCTL_UNKNOWN: { why: 'The kernel of {device} has no setting {key}.', found: 'no such setting' },
    SYSCTL_NOT_SAVED: { why: 'The setting {key} is set on {device} now, but will not be after a restart.', found: '{value}, in no file' },
    SYSCTL_SAVED_OTHERWISE: {
      why: 'The setting {key} is set on {device} now, but {file} sets another value at the next start.',
      found: '{value} now, {saved} in {file}',
    },
  },
  expected: { SYSCTL_VALUE: '{key} = {value} on {device}', SYSCTL_VALUE_SAVED: '{key} = {value} on {device}, now and after a restart' },
} as const satisfies CheckWords
