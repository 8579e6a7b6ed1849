import { checkExercise, type Exercise, exerciseSchema, findPlatform } from '../../../../src/evaluation/index.ts'
import { type ConsoleFixture, listFixtures } from '../../../evaluation/console-fixture.ts'
import type { AnswerBook } from './devices.ts'

/** One recorded conversation with its criterion. */
export interface FuzzCase {
  readonly name: string
  readonly platform: string
  readonly module: string
  readonly exercise: Exercise
  readonly expected: string
  /** Answers of one device. */
  readonly bookOf: (device: string) => AnswerBook
  /** Lines that a liar would like to be read in place of this case's, by the program asked. */
  readonly liesFor: (command: string) => readonly string[]
}

const shared = ['ping', 'trace', 'traceroute', 'tracepath']

/** A recorded command need not have our options: it stands for ours when program and target are the same. */
function standsFor(recorded: string, asked: string, to: string): boolean {
  if (recorded === asked) return true
  const [program = ''] = recorded.split(' ')
  return shared.includes(program) && asked.startsWith(`${program} `) && recorded.includes(to) && asked.includes(to)
}

const linesOf = (text: string): string[] => text.replace(/\n$/u, '').split('\n')

/** A command that was recorded with several answers tells a story that a repeated question would change. */
function isPlain({ answers }: ConsoleFixture): boolean {
  const keys = answers.map(({ device, command }) => `${device}: ${command}`)
  return new Set(keys).size === keys.length
}

function toExercise({ platform, module, expected, answers }: ConsoleFixture): Exercise | undefined {
  const names = [...new Set([expected.device, ...answers.map(({ device }) => device)])]
  const parsed = exerciseSchema.safeParse({
    netpraxis: 1,
    title: 'fuzz',
    devices: Object.fromEntries(names.map((name) => [name, { platform }])),
    criteria: [{ id: 'one', title: 'one', module, device: expected.device, params: expected.params, points: 1, within: 0 }],
  })
  if (!parsed.success) return undefined
  const checked = checkExercise(parsed.data)
  return checked.problems.length === 0 ? checked.exercise : undefined
}

/** Every fixture of the readers that can be played on a console. */
export function listCases(): FuzzCase[] {
  const fixtures = listFixtures().filter((fixture) => findPlatform(fixture.platform) !== undefined && isPlain(fixture))
  return fixtures.flatMap((fixture) => {
    const exercise = toExercise(fixture)
    if (exercise === undefined) return []
    const to = String(fixture.expected.params.to)
    const bookOf = (device: string): AnswerBook => {
      const own = fixture.answers.filter((answer) => answer.device === device)
      return (command) => {
        const found = own.find((answer) => standsFor(answer.command, command, to))
        return found && { lines: linesOf(found.text), exitCode: found.exitCode ?? 0 }
      }
    }
    const { platform, module, name, expected } = fixture
    return [
      {
        name: `${platform}/${module}/${name}`,
        platform,
        module,
        exercise,
        expected: expected.verdict,
        bookOf,
        liesFor: liesFor(fixture, fixtures),
      },
    ]
  })
}

/** The same program's lines from a recording with another verdict, about this case's target. */
function liesFor(fixture: ConsoleFixture, all: readonly ConsoleFixture[]): (command: string) => readonly string[] {
  const others = all.filter(
    (one) =>
      one.platform === fixture.platform &&
      one.module === fixture.module &&
      one.expected.verdict !== fixture.expected.verdict &&
      one.expected.verdict !== 'inconclusive',
  )
  const to = String(fixture.expected.params.to)
  return (command) => {
    const program = command.split(' ')[0]
    const lies = others.flatMap((one) => {
      const answer = one.answers.find((recorded) => recorded.command.split(' ')[0] === program)
      return answer ? [linesOf(answer.text.replaceAll(String(one.expected.params.to), to))] : []
    })
    return lies[command.length % Math.max(1, lies.length)] ?? []
  }
}
