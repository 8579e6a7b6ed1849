import type { Overrides } from '../../overrides.ts'

/**
 * Junos has no aliases. Scripts run on events (each typed command is one), at a login or at a commit, and may change what is there while
 * it is asked for. After Juniper's automation scripting guide. Fixtures: test/fixtures/overrides.
 */
export const overrides: Overrides = {
  words: ['show', 'ping', 'traceroute', 'telnet', 'set', 'cli', 'run'],
  lines: [
    { pattern: /^set (?:\S+ )*?event-options (?:event-script|policy) / },
    { pattern: /^set (?:\S+ )*?system scripts (?:op|event|commit|snmp|action) file / },
    { pattern: /^set (?:\S+ )*?system login class \S+ login-script / },
  ],
}
