import { type Criterion, type CriterionResult, type Exercise, type Observation, regrade } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { askLab } from './ask-lab.ts'
import { type Capture, report, sourceOf, type Task, wordsOf } from './capture-parts.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { type FixtureExpectation, readConversation, writeConversation, writeFixture } from './console-fixture.ts'

const t = createTranslator()
/** Asks what a criterion asks, once, and writes the answers as a fixture with what was read in them. @returns the exit status */
export async function captureCriterion(capture: Capture, task: Task<'criterion'>): Promise<number> {
  const { lab, platforms, secrets, redact, io } = capture
  const { exercise } = lab
  const criterion = exercise.criteria.find(({ id }) => id === task.criterion)
  if (criterion === undefined) throw new Error(`criterion ${task.criterion} was checked before`)
  const alone = { ...criterion, within: 0, requires: [] }
  const { result } = await askLab({ lab, exercise: { ...exercise, criteria: [alone] }, platforms, secrets, io })
  io.signal.throwIfAborted()
  const [found] = result.criteria
  if (found === undefined || found.evidence.length === 0) {
    const reason = found === undefined ? '' : wordsOf(found.reason.code, criterion.device ?? '')
    io.stderr.write(`${t('commands.capture.nothingAsked', { device: criterion.device ?? '', reason })}\n`)
    return exitCodes.undecided
  }
  const answers = oneTry(found)
  const conversation = writeConversation(answers, redact)
  report(io, await writeFixture(task.output, conversation, expectationOf(found, alone, { source: sourceOf(task, lab), redact })))
  return (await isRepeatable(exercise, alone, { found, conversation, answers })) ? exitCodes.ok : cannotRepeat(io)
}

function cannotRepeat(io: CommandIo): number {
  io.stderr.write(`${t('commands.capture.notRepeatable')}\n`)
  return exitCodes.undecided
}

/** What could not be read by our own fault was asked twice: one try is enough. */
function oneTry({ attempts, evidence }: CriterionResult): readonly Observation[] {
  const half = evidence.length / 2
  const isTwice = attempts === 2 && evidence.every(({ command }, index) => command === evidence[(index + half) % evidence.length]?.command)
  return isTwice ? evidence.slice(0, half) : evidence
}

/** Whether the fixture, as it is written, leads to the same verdict: a cut answer or a removed password may not. */
async function isRepeatable(
  exercise: Exercise,
  criterion: Criterion,
  {
    found,
    conversation,
    answers,
  }: { readonly found: CriterionResult; readonly conversation: string; readonly answers: readonly Observation[] },
): Promise<boolean> {
  if (answers.some(({ ended }) => ended !== 'prompt')) return false
  const previous = { verdict: 'inconclusive' as const, reason: { code: 'INTERNAL_ERROR', cause: 'infrastructure' as const, data: {} } }
  const again = await regrade({ exercise, criterion, observations: readConversation(conversation), previous })
  return again.verdict === found.verdict && again.reason.code === found.reason.code
}

function expectationOf(
  found: CriterionResult,
  { params, device }: Criterion,
  { source, redact }: { readonly source: string; readonly redact: (text: string) => string },
): FixtureExpectation {
  const facts = found.facts.at(-1)
  const cause = 'cause' in found.reason ? found.reason.cause : ''
  const unread = facts === undefined ? { unreadable: { code: found.reason.code, cause } } : { facts: redactDeep(facts, redact) }
  return { source, device: device ?? '', params, ...unread, verdict: found.verdict, reason: found.reason.code }
}

const redactDeep = (value: unknown, redact: (text: string) => string): unknown =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? redact(part) : part))
