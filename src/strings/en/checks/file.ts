import type { CheckWords } from './words.ts'

export const file = {
  form: {
    name: 'File',
    sentence: 'On {device}, {path} is {state} and contains {contains}',
    fields: {
      path: 'Path',
      state: 'Expected',
      type: 'Kind',
      mode: 'Permissions',
      owner: 'Owner',
      group: 'Group',
      sha256: 'SHA-256',
      contains: 'Texts in it',
      regex: 'Regular expression',
      lines: 'Number of lines',
    },
    choices: { state: { present: 'there', absent: 'not there' }, type: { file: 'a file', directory: 'a folder' } },
  },
  reasons: {
    FILE_FOUND: { why: 'The file {path} on {device} is as it must be.', found: '{path}' },
    FILE_ABSENT: { why: '{device} has no {path}.', found: 'no such file' },
    FILE_OTHER_TYPE: { why: 'The file {path} on {device} is not of the right kind.', found: '{type}' },
    FILE_OTHER_MODE: { why: 'The file {path} on {device} has other permissions.', found: '{mode}' },
    FILE_OTHER_OWNER: { why: 'The file {path} on {device} belongs to another account.', found: '{owner}' },
    FILE_OTHER_GROUP: { why: 'The file {path} on {device} belongs to another group.', found: '{group}' },
    FILE_TEXT_MISSING: { why: 'A text is missing in {path} on {device}.', found: '{head}' },
    FILE_NO_MATCH: { why: 'The file {path} on {device} does not say what it must.', found: '{head}' },
    FILE_OTHER_LENGTH: { why: 'The file {path} on {device} has another number of lines.', found: '{lines} lines' },
    FILE_OTHER_CONTENT: { why: 'The file {path} on {device} has another content.', found: 'SHA-256 {sha256}' },
    FILE_TOO_LONG: { why: 'The file {path} on {device} is too long to be read whole.', found: 'more than 64 kB' },
    FILE_REGEX_TOO_SLOW: {
      why: 'The regular expression of this check takes too long on {path} of {device}.',
      found: 'not decided in time',
    },
    FILE_GONE: { why: '{device} has no {path}, as it must be.', found: 'no such file' },
    FILE_FORBIDDEN: { why: '{device} has {path}, though it must not.', found: '{path} is there' },
  },
  expected: {
    FILE_STATE_PRESENT: '{path} is on {device}',
    FILE_STATE_ABSENT: '{device} has no {path}',
    FILE_AS_EXPECTED: '{path} on {device} with the right content and permissions',
  },
} as const satisfies CheckWords
