import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { LabNotReached } from './evaluate-lab.ts'

const t = createTranslator()

/** The exit status that an error of a command means, said on stderr. @throws what is a fault of ours */
export function endByError(error: unknown, io: CommandIo): number {
  if (io.signal.aborted) {
    io.stderr.write(`${t('commands.evaluate.interrupted')}\n`)
    return exitCodes.interrupted
  }
  if (error instanceof UsageError) {
    for (const line of error.lines) io.stderr.write(`${line}\n`)
    return exitCodes.usage
  }
  if (error instanceof LabNotReached) {
    io.stderr.write(`${error.message}\n`)
    return exitCodes.undecided
  }
  throw error
}
