import type { Messages } from '../index.ts'

/** What is wrong with a file of the inventory; `INVENTORY_INVALID` carries a list of these. */
export const inventory = {
  atLine: 'line {line}: {field} {problem}',
  ofHost: '{host}: {problem}',
  unreadable: 'it cannot be read',
  noPlatform: 'no platform is called {name}',
  noGroup: 'no group is called {name}',
  wrongFile: 'platform {platform} must be in {file}',
  noMode: 'there is no mode {name}',
  regex: 'is no regular expression ({problem})',
} satisfies Messages
