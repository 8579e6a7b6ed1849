import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { CannotAsk, type Observation } from '../../src/evaluation/index.ts'
import { gns3Device, showLabCommand } from '../../src/evaluation/lab-observation.ts'
import { askAddresses, findReader, type ReadContext, type Unreadable } from '../../src/evaluation/platform.ts'
import { findPlatform } from '../../src/evaluation/platforms/index.ts'
import type { Judgement } from '../../src/evaluation/verdict.ts'

/**
 * A fixture is a conversation (`### DEVICE: command`, or `### DEVICE [EXIT STATUS]: command`, then the answer) and what is to be read in
 * it. A recorded ping or traceroute need not have our options: it stands for ours when program and target are the same.
 */
const root = new URL('../fixtures/console/', import.meta.url).pathname

const expectationSchema = z.strictObject({
  /** Where the bytes come from. */
  source: z.string().min(5),
  device: z.string(),
  /** Of the devices that have another platform than the one that is asked. */
  platforms: z.record(z.string(), z.string()).default({}),
  params: z.record(z.string(), z.unknown()),
  facts: z.unknown().optional(),
  unreadable: z.object({ code: z.string(), cause: z.string() }).optional(),
  verdict: z.string(),
  reason: z.string(),
})

export interface ConsoleFixture {
  readonly platform: string
  readonly module: string
  readonly name: string
  readonly expected: z.infer<typeof expectationSchema>
  readonly answers: Observation[]
}

export function readAnswers(text: string): Observation[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map((section, index) => {
      const [head = '', ...lines] = section.split('\n')
      const [, device = '', status, command = ''] = /^(\S+)(?: \[(\d+)\])?: (.*)$/.exec(head) ?? []
      const answer = lines.join('\n')
      return {
        seq: index + 1,
        device,
        command,
        startedAt: '2026-01-01T00:00:00.000Z',
        tookMs: 10,
        ended: 'prompt' as const,
        ...(status === undefined ? {} : { exitCode: Number(status) }),
        raw: Buffer.from(answer),
        text: answer,
      }
    })
}

export function listFixtures(): ConsoleFixture[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => {
      const [platform = '', module = ''] = path.split('/')
      const expected = expectationSchema.parse(JSON.parse(readFileSync(join(root, path), 'utf8')))
      const answers = readAnswers(readFileSync(join(root, path.replace(/json$/, 'txt')), 'utf8'))
      return { platform, module, name: basename(path, '.json'), expected, answers }
    })
}

const standsFor = (recorded: string, asked: string, to: string): boolean => {
  if (recorded === asked) return true
  const [program = ''] = recorded.split(' ')
  return (
    ['ping', 'trace', 'traceroute', 'tracepath'].includes(program) &&
    asked.startsWith(`${program} `) &&
    recorded.includes(to) &&
    asked.includes(to)
  )
}

export interface Read {
  readonly unread: Unreadable | null
  readonly facts: unknown
  readonly judgement: Judgement | null
  /** Answers nobody asked for. */
  readonly left: number
}

export async function readFixture({ platform: id, module, expected, answers }: ConsoleFixture): Promise<Read> {
  const platform = findPlatform(id)
  const reader = platform === undefined ? undefined : findReader(platform, module)
  if (platform === undefined || reader === undefined) throw new Error(`no reader for ${module} on ${id}`)
  const left = [...answers]
  const platformOf = (device: string) => findPlatform(expected.platforms[device] ?? id) ?? platform
  const askOn: ReadContext['askOn'] = async (device, command) => {
    const at = left.findIndex((one) => one.device === device && standsFor(one.command, command, String(expected.params.to)))
    const [found] = at === -1 ? [] : left.splice(at, 1)
    if (found === undefined) throw new CannotAsk('NOT_IN_EVIDENCE', 'exercise', { device, command })
    return { ...found, command }
  }
  const check = reader.start(expected.params)
  const unread = await check.round(
    {
      device: expected.device,
      ask: (command) => askOn(expected.device, command),
      recall: (command) => askOn(expected.device, command),
      askOn,
      addressesOf: (device, which) => askAddresses(platformOf(device), { ask: (command) => askOn(device, command) }, which),
      viewsOf: (device) => platformOf(device).views,
      lab: null,
      showLab: () => askOn(gns3Device, showLabCommand),
      clock: { now: () => 0, sleep: async () => undefined },
      signal: new AbortController().signal,
    },
    0,
  )
  return { unread, facts: check.facts()[0], judgement: check.judge(), left: left.length }
}
