import { describe, expect, it } from 'vitest'
import { createLiveProgress } from '../../src/cli/live-progress.ts'
import { type EvaluationEvent, evaluate } from '../../src/evaluation/index.ts'
import { createFakeAsk, makeExercise, showIp, vpcsPing } from '../evaluation/fake-lab.ts'
import { createVirtualClock } from '../evaluation/virtual-clock.ts'

/** What a terminal shows in the end: lines, of which a sequence takes the last ones back. */
function screenOf(output: string): string[] {
  let lines: string[] = []
  for (const piece of output.split('\n')) {
    const back = /^\u001b\[(\d+)F\u001b\[J/.exec(piece)
    if (back) lines = lines.slice(0, -Number(back[1]))
    lines.push(piece.replace(/^\u001b\[\d+F\u001b\[J/, ''))
  }
  return lines.filter((line) => line !== '')
}

async function eventsOf(): Promise<EvaluationEvent[]> {
  const events: EvaluationEvent[] = []
  const clock = createVirtualClock()
  await evaluate({
    exercise: makeExercise([
      { id: 'a', within: 10, params: { to: '10.0.0.2', warmup: 0 } },
      { id: 'b', device: 'PC2', within: 0 },
    ]),
    ask: createFakeAsk(clock, (device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, device === 'PC1' ? 0 : 5))),
    readLab: async () => null,
    clock,
    signal: new AbortController().signal,
    budgetMs: 1e6,
    onEvent: (event) => events.push(event),
  })
  return events
}

function terminal(isTTY: boolean, columns = 80) {
  const out: string[] = []
  return { stderr: { write: (text: string) => out.push(text), isTTY, columns }, screen: () => screenOf(out.join('')), out }
}

describe('progress of an evaluation', () => {
  it('shows what is asked now, with the seconds left, and leaves only what was decided', async () => {
    const events = await eventsOf()
    const { stderr, screen } = terminal(true)
    const progress = createLiveProgress({ stderr })
    const asked = events.findIndex((event) => event.type === 'asked' && event.device === 'PC2')
    for (const event of events.slice(0, asked + 1)) progress.show(event)
    expect(screen()).toEqual([
      '  asking PC1: ping 10.0.0.2 -c 5 -i 100 -w 1000 (10 s left)',
      '  asking PC2: ping 10.0.0.2 -c 5 -i 100 -w 1000',
    ])
    for (const event of events.slice(asked + 1)) progress.show(event)
    progress.end()
    expect(screen()).toEqual(['passed: b', 'failed: a'])
  })

  it('says nothing in a pipe', async () => {
    const { stderr, out } = terminal(false)
    const progress = createLiveProgress({ stderr })
    for (const event of await eventsOf()) progress.show(event)
    progress.end()
    expect(out).toEqual([])
  })

  it('keeps to the width of the terminal, and lets no control character through', async () => {
    const { stderr, screen, out } = terminal(true, 30)
    const progress = createLiveProgress({ stderr })
    progress.show({ type: 'asked', id: 'a', title: 'a', device: 'R1', command: `show \u001b[2J ${'x'.repeat(100)}`, leftMs: null })
    expect(screen().every((line) => line.length < 30)).toBe(true)
    expect(out.join('')).not.toContain('\u001b[2J')
    progress.end()
  })
})
