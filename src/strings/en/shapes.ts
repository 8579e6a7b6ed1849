import type { Messages } from '../index.ts'

/**
 * What a schema finds wrong with a value, whatever the value is for: a file, a setting, a form, a stored document
 * (lib/schema-problems.ts). Each stands behind the name of its field (`title: is missing`).
 */
export const shapes = {
  missing: 'is missing',
  unknownKey: 'is not known here',
  unusable: 'cannot be used as it is',
  text: 'must be a text',
  number: 'must be a number',
  wholeNumber: 'must be a whole number',
  flag: 'must be true or false',
  list: 'must be a list',
  group: 'must have names with values',
  nothing: 'must be left out',
  choose: 'must be one of {options}',
  literal: 'must be {value}',
  includes: 'must contain {text}',
  atLeast: 'must be at least {value}',
  atMost: 'must be at most {value}',
  moreThan: 'must be more than {value}',
  lessThan: 'must be less than {value}',
  multipleOf: 'must be a multiple of {value}',
  tooShort: { one: 'must not be empty', other: 'must have at least {count} characters' },
  tooLong: { one: 'must have at most {count} character', other: 'must have at most {count} characters' },
  tooFew: { one: 'needs at least one entry', other: 'needs at least {count} entries' },
  tooMany: { one: 'may have at most {count} entry', other: 'may have at most {count} entries' },
  url: 'must be a web address such as https://pve.example.org:8006',
  email: 'must be an e-mail address',
  date: 'must be a date such as 2026-03-31',
  dateTime: 'must be a date and time such as 2026-03-31T18:00:00Z',
  uuid: 'must be a UUID',
  address: 'must be an IP address',
  key: 'has a name that cannot be used: {problems}',
  either: '{one}, or {other}',
} satisfies Messages
