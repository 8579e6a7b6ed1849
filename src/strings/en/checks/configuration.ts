import type { CheckWords } from './words.ts'

export const configuration = {
  form: {
    name: 'Configuration',
    sentence: 'The configuration of {device} has {lines} and is {saved}',
    fields: { lines: 'Lines in their blocks', saved: 'Saved', source: 'On Linux: file or command' },
    choices: {
      saved: { true: 'saved as it runs', false: 'saved or not' },
      source: {
        'ip addr': 'addresses',
        'ip route': 'routes',
        'ip -6 route': 'IPv6 routes',
        'ip rule': 'routing rules',
        'sysctl -a': 'kernel settings',
      },
    },
  },
  reasons: {
    CONFIG_RIGHT: { why: 'The configuration of {device} is as it should be.', found: 'every line that was looked for' },
    CONFIG_SAVED: { why: 'The configuration of {device} is saved.', found: 'saved as it runs' },
    CONFIG_ABSENT: { why: 'The configuration of {device} lacks the line "{wanted}".', found: 'no such line' },
    CONFIG_ABSENT_IN_BLOCK: { why: 'On {device}, the line "{wanted}" is missing below "{block}".', found: 'no such line there' },
    CONFIG_BLOCK_ABSENT: { why: 'The configuration of {device} has no block "{block}".', found: 'no such block' },
    CONFIG_OTHER_BLOCK: {
      why: 'On {device}, the line "{wanted}" stands in the wrong place: below "{found}".',
      found: 'it stands below "{found}"',
    },
    CONFIG_OUTSIDE: {
      why: 'On {device}, the line "{wanted}" stands by itself instead of below "{block}".',
      found: 'it stands outside of every block',
    },
    CONFIG_OTHER_VALUE: { why: 'On {device}, another line stands where "{wanted}" should be.', found: '{found}' },
    CONFIG_NEGATED: { why: 'On {device}, "{wanted}" is switched off by "no".', found: 'no {wanted}' },
    CONFIG_FORBIDDEN: { why: 'The configuration of {device} has a line that must not be there.', found: '{found}' },
    CONFIG_FORBIDDEN_IN_BLOCK: { why: 'On {device}, a line stands below "{block}" that must not be there.', found: '{found}' },
    CONFIG_ORDER: { why: 'On {device}, "{wanted}" must come after "{before}".', found: 'it comes before' },
    CONFIG_FILE_ABSENT: { why: 'There is no file {source} on {device}.', found: 'no such file' },
    CONFIG_NOTHING_SAVED: { why: 'The configuration of {device} was never saved.', found: 'nothing saved' },
    CONFIG_NOT_SAVED: {
      why: 'The configuration of {device} was changed and not saved afterwards.',
      found: 'not saved: {found}',
    },
    CONFIG_SAVED_OUTDATED: {
      why: 'The saved configuration of {device} still has lines that were taken out.',
      found: 'saved, but not in use: {found}',
    },
  },
  expected: {
    CONFIG_WITH: 'the configuration of {device} has {present}',
    CONFIG_WITHOUT: 'the configuration of {device} has nowhere {absent}',
    CONFIG_WITH_WITHOUT: 'the configuration of {device} has {present}, and nowhere {absent}',
    CONFIG_WITH_SAVED: 'the configuration of {device} has {present}, and is saved',
    CONFIG_WITHOUT_SAVED: 'the configuration of {device} has nowhere {absent}, and is saved',
    CONFIG_WITH_WITHOUT_SAVED: 'the configuration of {device} has {present}, nowhere {absent}, and is saved',
    CONFIG_IS_SAVED: 'the configuration of {device} is saved as it runs',
  },
} as const satisfies CheckWords
