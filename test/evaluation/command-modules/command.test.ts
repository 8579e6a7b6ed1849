import { describe, expect, it } from 'vitest'
import { type CommandFacts, command, commandParams } from '../../../src/evaluation/command-modules/command.ts'

function judge(params: Record<string, unknown>, output: string, more: Partial<CommandFacts> = {}): readonly [string, string] {
  const facts = { exitCode: 0, output, isCut: false, ...more }
  const { verdict, reason } = command.judge([{ startedAfterMs: 0, facts }], commandParams.parse({ command: 'x', ...params }))
  return [verdict, reason.code]
}

describe('a custom command', () => {
  it('must say what is expected, or every answer would pass', () => {
    expect(commandParams.safeParse({ command: 'show clock' }).success).toBe(false)
    expect(commandParams.safeParse({ command: 'show clock', normalise: 'exact' }).success).toBe(false)
  })

  it.each(['show clock\nreload', 'show clock\rreload', 'show \u0003', ' '])('is one line: %j is none', (line) => {
    expect(commandParams.safeParse({ command: line, exitCode: 0 }).success).toBe(false)
  })

  it('refuses a regular expression that cannot be compiled, and groups that it does not have', () => {
    expect(commandParams.safeParse({ command: 'x', regex: '(' }).success).toBe(false)
    expect(commandParams.safeParse({ command: 'x', regex: 'a', groups: ['b=1'] }).success).toBe(false)
    expect(commandParams.safeParse({ command: 'x', exitCode: 0, value: '1' }).success).toBe(false)
  })

  it('compares the whole output, not a part of it', () => {
    expect(judge({ equals: '10' }, '100\n')).toEqual(['fail', 'COMMAND_OTHER_OUTPUT'])
    expect(judge({ equals: '10' }, '\n 10 \r\n\n')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
    expect(judge({ equals: '10', normalise: 'exact' }, ' 10\n')).toEqual(['fail', 'COMMAND_OTHER_OUTPUT'])
    expect(judge({ equals: 'UP', normalise: 'blanks_and_case' }, 'up\n')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
  })

  it('compares a named group as a whole', () => {
    const params = { regex: 'mtu (?<mtu>\\d+)', groups: ['mtu=150'] }
    expect(judge(params, 'mtu 1500\n')).toEqual(['fail', 'COMMAND_WRONG_GROUP'])
    expect(judge({ ...params, groups: ['mtu=1500'] }, 'mtu 1500\n')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
  })

  it('counts lines, none of them too', () => {
    expect(judge({ regex: '^tcp', count: 0 }, 'udp\n')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
    expect(judge({ regex: '^tcp', count: 1 }, 'tcp 1\ntcp 2\n')).toEqual(['fail', 'COMMAND_WRONG_COUNT'])
    expect(judge({ count: 2 }, 'a\n\nb\n')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
  })

  it('compares values of JSON by value', () => {
    expect(judge({ jsonPath: '$.mtu', value: '1500.0' }, '{"mtu":1500}')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
    expect(judge({ jsonPath: '$.mtu', value: 9000, compare: 'less' }, '{"mtu":1500}')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
    expect(judge({ jsonPath: '$.mtu', value: 1500, compare: 'more' }, '{"mtu":1500}')).toEqual(['fail', 'COMMAND_JSON_VALUE'])
    expect(judge({ jsonPath: '$.name', value: 'z', compare: 'less' }, '{"name":"a"}')).toEqual(['fail', 'COMMAND_JSON_VALUE'])
    expect(judge({ jsonPath: '$.a', value: 'null' }, '{"a":null}')).toEqual(['pass', 'COMMAND_EXPECTED_OUTPUT'])
  })

  it('is inconclusive when an answer that is no JSON should be read as such', () => {
    expect(judge({ jsonPath: '$.a' }, '{"a":1}\n*Mar 1 00:00: %SYS-5-CONFIG_I')).toEqual(['inconclusive', 'COMMAND_NO_JSON'])
  })

  it('is inconclusive when what was cut off may decide, but an exit status decides all the same', () => {
    expect(judge({ regex: 'x' }, 'aaa', { isCut: true })).toEqual(['inconclusive', 'COMMAND_OUTPUT_CUT'])
    expect(judge({ exitCode: 0 }, 'aaa', { isCut: true, exitCode: 1 })).toEqual(['fail', 'COMMAND_EXIT_CODE'])
  })

  it('is inconclusive when a platform has no exit status', () => {
    expect(judge({ exitCode: 0 }, 'ok', { exitCode: null })).toEqual(['inconclusive', 'COMMAND_WITHOUT_EXIT_CODE'])
  })

  it('is not held up by a regular expression that never ends', () => {
    expect(judge({ regex: '(a+)+$' }, `${'a'.repeat(40)}!`)).toEqual(['inconclusive', 'COMMAND_REGEX_TOO_SLOW'])
  })
})
