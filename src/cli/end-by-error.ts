import { type AppError, isAppError } from '../errors.ts'
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
  if (isAppError(error) && error.code.startsWith('SERVER_')) return endByServer(error, io)
  throw error
}

/** What the server refuses is wrong use; that it cannot be asked is nobody's mistake here. */
function endByServer(error: AppError, io: CommandIo): number {
  io.stderr.write(`${t(`errors.${error.code}`, error.details)}\n`)
  for (const { field, problem, line } of error.fields) {
    const place = line === undefined ? field : `${line}: ${field}`
    io.stderr.write(`${place}: ${problem === undefined ? '' : t(problem.key, problem.values)}\n`)
  }
  return error.code === 'SERVER_REFUSED' || error.code === 'SERVER_NOT_FOUND' ? exitCodes.usage : exitCodes.undecided
}
