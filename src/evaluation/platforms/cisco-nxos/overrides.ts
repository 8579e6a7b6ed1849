import type { Overrides } from '../../overrides.ts'

/** Commands that change something: no question of ours has one of these words in it. */
const notAsked = /cli match "?(?:conf(?:igure)? t|copy|write|reload|clear|debug|undebug|delete)[^|;]*$/i

/** After the NX-OS command references; an applet on a command may keep it from being run. Fixtures: test/fixtures/overrides. */
export const overrides: Overrides = {
  words: ['show', 'ping', 'traceroute', 'telnet', 'terminal', 'enable', 'end', 'do', 'configure'],
  lines: [
    { pattern: /^cli alias name (?<command>\S+) / },
    { pattern: /^event (?:tag \S+ )?cli (?:match|tag) /, unless: notAsked },
    { pattern: /^event manager policy / },
  ],
}
