import type { CheckWords } from './words.ts'

export const command = {
  form: {
    name: 'Custom command',
    sentence: '{device} answers {command} with an output that matches {regex}',
    fields: {
      command: 'Command',
      exitCode: 'Exit status',
      equals: 'Whole output',
      regex: 'Regular expression',
      notRegex: 'Must not match',
      ignoreCase: 'Capital letters',
      groups: 'Named groups (NAME=VALUE)',
      count: 'Number of matching lines',
      jsonPath: 'JSON path',
      compare: 'Value at the path',
      value: 'Value',
      normalise: 'Compare',
      timeoutSeconds: 'Seconds at most',
    },
    choices: {
      ignoreCase: { false: 'matter', true: 'do not matter' },
      compare: {
        equals: 'is',
        not_equals: 'is not',
        less: 'is less than',
        at_most: 'is at most',
        more: 'is more than',
        at_least: 'is at least',
      },
      normalise: { exact: 'exactly', blanks: 'blanks do not matter', blanks_and_case: 'blanks and capital letters do not matter' },
    },
  },
  reasons: {
    COMMAND_EXPECTED_OUTPUT: { why: '{device} answered "{command}" as it must.', found: 'the answer that is asked for' },
    COMMAND_EXIT_CODE: { why: 'The command "{command}" ended on {device} with another exit status.', found: 'exit status {exitCode}' },
    COMMAND_WITHOUT_EXIT_CODE: { why: '{device} gives no exit status for "{command}".', found: 'no exit status' },
    COMMAND_OTHER_OUTPUT: { why: '{device} answered "{command}" with something else.', found: '{output}' },
    COMMAND_NO_MATCH: { why: 'The answer of {device} to "{command}" does not say what it must.', found: '{output}' },
    COMMAND_FORBIDDEN_OUTPUT: { why: 'The answer of {device} to "{command}" says what it must not.', found: '{match}' },
    COMMAND_WRONG_GROUP: { why: 'A value in the answer of {device} to "{command}" is another one.', found: '{group}: {value}' },
    COMMAND_WRONG_COUNT: { why: 'The answer of {device} to "{command}" has another number of lines of that kind.', found: '{count} lines' },
    COMMAND_NO_JSON: { why: '{device} answered "{command}" with something that is not JSON.', found: '{output}' },
    COMMAND_JSON_ABSENT: { why: 'The answer of {device} to "{command}" has nothing at {path}.', found: 'nothing at {path}' },
    COMMAND_JSON_VALUE: { why: 'A value in the answer of {device} to "{command}" is not as it must be.', found: '{path}: {value}' },
    COMMAND_OUTPUT_CUT: { why: 'The answer of {device} is too long to be looked at whole.', found: '{output}' },
    COMMAND_REGEX_TOO_SLOW: {
      why: 'The regular expression of this check takes too long on the answer of {device} to "{command}".',
      found: 'not decided in time',
    },
  },
  expected: { COMMAND_AS_EXPECTED: 'the right answer of {device} to "{command}"' },
} as const satisfies CheckWords
