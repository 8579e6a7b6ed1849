import { describe, expect, it } from 'vitest'
import { evaluate, reportEvaluation, reportJunit } from '../../src/evaluation/index.ts'
import { createFakeAsk, makeExercise } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

async function reportOf(title: string, answer: string) {
  const clock = createVirtualClock()
  const exercise = makeExercise([{ id: 'a', title, within: 0 }])
  const ask = createFakeAsk(clock, () => answer)
  const result = await evaluate({ exercise, ask, readLab: async () => null, clock, signal: new AbortController().signal, budgetMs: 1e6 })
  return reportEvaluation(result, { exercise: 'T <&"> \u{1F600}', project: null })
}

describe('reports of hostile output', () => {
  const hostile = '\u0000\u0007\u001b[31m</system-out><script>alert(1)</script>]]>&\ud800\uffff'

  it('are XML that a parser accepts: nothing a device prints becomes an element', async () => {
    const xml = reportJunit(await reportOf('a "title" <b>', hostile))
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
    expect(xml).not.toContain('<script>')
    expect(xml.match(/<\/system-out>/g)).toHaveLength(1)
    expect(xml).toContain('name="a: a &quot;title&quot; &lt;b&gt;"')
    expect(xml).toContain('<error message=')
  })

  it('are JSON that keeps every byte', async () => {
    const report = await reportOf('t', hostile)
    const evidence = JSON.parse(JSON.stringify(report)).criteria[0].evidence[0]
    expect(Buffer.from(evidence.raw, 'base64')).toEqual(Buffer.from(hostile))
  })
})
