import { CannotAsk, type Observation } from '../evaluation/index.ts'
import { createLabAsker } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import { createTranslator } from '../strings/index.ts'
import { credentialsOf } from '../vms/index.ts'
import { type Capture, report, sourceOf, type Task, wordsOf } from './capture-parts.ts'
import { exitCodes } from './command-io.ts'
import { writeConversation, writeFixture } from './console-fixture.ts'
import { silentLog } from './silent-log.ts'

const t = createTranslator()

/** Asks one device what the command line says, and writes the conversation. @returns the exit status */
export async function captureCommands(capture: Capture, task: Task<'commands'>): Promise<number> {
  const { redact, io } = capture
  const { answers, fault } = await askAll(capture, task)
  if (answers.length > 0) {
    const head = `source: ${sourceOf(task, capture.lab)}\n`
    report(io, await writeFixture(task.output, head + writeConversation(answers, redact), null))
  }
  const cut = answers.filter(({ ended }) => ended !== 'prompt')
  for (const { command, ended } of cut) io.stderr.write(`${t('commands.capture.cut', { command, ended })}\n`)
  if (fault !== null) io.stderr.write(`${t('commands.capture.nothingAsked', { device: task.device, reason: fault })}\n`)
  return cut.length === 0 && fault === null ? exitCodes.ok : exitCodes.undecided
}

interface Answers {
  readonly answers: readonly Observation[]
  /** Why the device could not be asked any further. */
  readonly fault: string | null
}

async function askAll({ lab, platforms, secrets, io }: Capture, { device, commands }: Task<'commands'>): Promise<Answers> {
  const known = lab.exercise.devices[device]
  const asker = createLabAsker({
    devices: known === undefined ? {} : { [device]: { platform: known.platform, credentials: credentialsOf(known, secrets) } },
    access: lab.access,
    platforms,
    redact: [...secrets].map(([name, value]) => ({ name, value })),
    clock: systemClock,
    signal: io.signal,
    log: silentLog,
    credentialsProven: false,
  })
  const answers: Observation[] = []
  try {
    for (const command of commands) answers.push(await asker.ask(device, command))
    return { answers, fault: null }
  } catch (error) {
    if (!(error instanceof CannotAsk)) throw error
    return { answers, fault: wordsOf(error.reason, device) }
  } finally {
    await asker.close()
  }
}
