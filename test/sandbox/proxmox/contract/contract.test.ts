import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readRecording } from './recording.ts'
import { type Finding, replay } from './replay.ts'
import { summarise } from './summary.ts'

describe('the emulated Proxmox against recorded exchanges with a genuine one', () => {
  let findings: Finding[] = []

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netpraxis-contract-'))
    findings = await replay(folder).finally(() => rmSync(folder, { recursive: true, force: true }))
  }, 180_000)

  it('agrees on status, reason, shape and texts of at least 95 of 100 exchanges in scope', () => {
    const inScope = findings.filter((finding) => finding.outcome !== 'excluded')
    const differing = inScope.filter((finding) => finding.outcome === 'differs')
    const shown = differing.map(({ exchange, notes }) => `${exchange.i} ${exchange.m} ${exchange.p}: ${notes.join('; ')}`)
    expect(inScope.length).toBeGreaterThan(300)
    expect(differing.length / inScope.length, shown.join('\n')).toBeLessThanOrEqual(0.05)
  })

  it('accounts for every recorded exchange, replayed or left out with a reason', async () => {
    const { exchanges, dropped } = readRecording()
    const numbers = [...exchanges.map((exchange) => exchange.i), ...dropped.flatMap((entry) => entry.i)].sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 1_133 }, (_unused, index) => index))
    expect(findings).toHaveLength(exchanges.length)
    expect(findings.filter((finding) => finding.outcome === 'excluded' && finding.notes.length === 0)).toEqual([])
    await expect(summarise(findings, dropped)).toMatchFileSnapshot('../../../../docs/proxmox-contract.md')
  })
})
