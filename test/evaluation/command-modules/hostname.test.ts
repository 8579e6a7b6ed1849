import { describe, expect, it } from 'vitest'
import { hostname } from '../../../src/evaluation/command-modules/hostname.ts'

const judge = (name: string, ...names: string[]): string => hostname.judge([{ startedAfterMs: 0, facts: { names } }], { name }).reason.code

describe('the host name', () => {
  it('is right as a whole and in the same letters', () => {
    expect(judge('R1', 'R1')).toBe('HOSTNAME_RIGHT')
    expect(judge('R1', 'R10')).toBe('HOSTNAME_WRONG')
    expect(judge('R1', 'r1')).toBe('HOSTNAME_CASE')
    expect(judge('sw1', 'sw1.example.org', 'sw1')).toBe('HOSTNAME_RIGHT')
  })

  it('is one word', () => {
    expect(hostname.params.safeParse({ name: 'R1 R2' }).success).toBe(false)
  })
})
