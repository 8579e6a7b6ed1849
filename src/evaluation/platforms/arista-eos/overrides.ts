import type { Overrides } from '../../overrides.ts'

/**
 * After the EOS manual: an alias may stand for a pattern of commands too; an event handler runs programs as root, which may replace what
 * answers. Fixtures: test/fixtures/overrides.
 */
export const overrides: Overrides = {
  words: ['show', 'ping', 'traceroute', 'bash', 'terminal', 'enable', 'end', 'do', 'configure'],
  lines: [{ pattern: /^alias (?<command>\S+)/ }, { pattern: /^event-handler \S/ }],
}
