import { writeFile } from 'node:fs/promises'
import type { Observation } from '../evaluation/index.ts'

/**
 * A fixture is a conversation (`### DEVICE: command`, then the answer) and what is to be read in it. `test/evaluation/readers.test.ts`
 * runs every one under `test/fixtures/console/<platform>/<module>/`.
 */
export interface FixtureExpectation {
  /** Where the bytes come from. */
  readonly source: string
  readonly device: string
  readonly params: Readonly<Record<string, unknown>>
  readonly facts?: unknown
  readonly unreadable?: { readonly code: string; readonly cause: string }
  readonly verdict: string
  readonly reason: string
}

/** The conversation as text; an answer that holds a heading of its own would be read as two. */
export function writeConversation(answers: readonly Observation[], redact: (text: string) => string): string {
  return answers
    .map(({ device, command, text }) => {
      const answer = redact(text).replace(/^### /gm, '## # ')
      return `### ${device}: ${redact(command)}\n${answer.endsWith('\n') ? answer : `${answer}\n`}`
    })
    .join('')
}

/** The answers of a conversation, in order. */
export function readConversation(text: string): Observation[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map((section, index) => {
      const [head = '', ...lines] = section.split('\n')
      const [device = '', ...command] = head.split(': ')
      const answer = lines.join('\n')
      return {
        seq: index + 1,
        device,
        command: command.join(': '),
        startedAt: '2026-01-01T00:00:00.000Z',
        tookMs: 10,
        ended: 'prompt' as const,
        raw: Buffer.from(answer),
        text: answer,
      }
    })
}

/** `PATH.txt`, and `PATH.json` where it is known what is to be read. @returns the files that were written */
export async function writeFixture(path: string, conversation: string, expected: FixtureExpectation | null): Promise<string[]> {
  await writeFile(`${path}.txt`, conversation)
  if (expected === null) return [`${path}.txt`]
  await writeFile(`${path}.json`, `${JSON.stringify(expected, null, 2)}\n`)
  return [`${path}.txt`, `${path}.json`]
}
