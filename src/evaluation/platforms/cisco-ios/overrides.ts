import type { Overrides } from '../../overrides.ts'

/** Commands that change something: no question of ours has one of these words in it. */
const notAsked = /cli pattern "?\^?(?:configure|conf t|copy|write|wr |reload|clear|debug|undebug|delete|erase|format)[^|]*$/i

/**
 * After the IOS command references: an alias stands in place of a command of its name; an applet on `event cli` may run instead of what is
 * typed and print in its place, a Tcl policy may do anything, a menu or an `autocommand` may hold the console; below level 15, or in a view,
 * parts of the configuration are not shown (`show privilege`). Fixtures: test/fixtures/overrides.
 */
export const overrides: Overrides = {
  words: ['show', 'ping', 'traceroute', 'telnet', 'disconnect', 'terminal', 'enable', 'end', 'do', 'configure'],
  lines: [
    { pattern: /^alias \S+ (?<command>\S+) / },
    { pattern: /^event (?:tag \S+ )?cli pattern /, unless: notAsked },
    { pattern: /^event manager policy / },
    { pattern: /^scripting tcl init / },
    { pattern: /^shell (?:processing full|init)\b/ },
    { pattern: /^menu \S+ / },
    { pattern: /^(?:username \S+ .*)?autocommand\b/ },
    { pattern: /^Current privilege level is (?!15$)\d+$/ },
    { pattern: /^Currently in View Context\b/ },
  ],
}
