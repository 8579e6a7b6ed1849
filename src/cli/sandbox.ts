import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type DataDirLock, lockDataDir } from '../db/lock.ts'
import { isAppError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { startSandbox } from '../sandbox/index.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'

const t = createTranslator()
const usageError = (...lines: string[]) => new UsageError([...lines, t('commands.sandbox.usage')])

interface SandboxArguments {
  readonly stateDir: string
  readonly speed: number
  readonly seed: number
  readonly port: number
  readonly faultsFile?: string
  /** Ends when its standard input does: with the process that started it. */
  readonly isTied: boolean
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        speed: { type: 'string', default: '1' },
        state: { type: 'string', default: './data/sandbox' },
        faults: { type: 'string' },
        seed: { type: 'string', default: '1' },
        port: { type: 'string', default: '0' },
        tied: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error))
  }
}

function readNumber(name: string, value: string, from: number, to: number): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < from || number > to)
    throw usageError(t('commands.sandbox.badNumber', { name, from, to }))
  return number
}

/**
 * Reads the arguments of `netpraxis sandbox`.
 * @returns null when help was asked for
 * @throws UsageError
 */
export function readSandboxArguments(argv: readonly string[]): SandboxArguments | null {
  const values = parse(argv)
  if (values.help === true) return null
  return {
    stateDir: resolve(values.state),
    speed: readNumber('speed', values.speed, 0.1, 20),
    seed: readNumber('seed', values.seed, 0, 4_294_967_295),
    port: readNumber('port', values.port, 0, 65_535),
    isTied: values.tied === true,
    ...(values.faults === undefined ? {} : { faultsFile: resolve(values.faults) }),
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })

const inputEnded = (): Promise<void> =>
  new Promise((done) => {
    process.stdin.resume()
    process.stdin.once('end', done)
    process.stdin.once('error', () => done())
  })

const lockPollMs = 100

/**
 * One sandbox per state folder. An earlier one whose parent was killed needs a moment to end, and is waited for.
 * @throws AppError DATA_DIR_LOCKED after ten seconds
 */
async function lockState(folder: string, signal: AbortSignal): Promise<DataDirLock> {
  for (let left = 10_000; ; left -= lockPollMs) {
    try {
      return lockDataDir(folder)
    } catch (error) {
      if (!isAppError(error, 'DATA_DIR_LOCKED') || left <= 0) throw error
      await systemClock.sleep(lockPollMs, signal)
    }
  }
}

/** One line that says why. */
function reasonOf(error: unknown): string {
  if (isAppError(error)) return t(`errors.${error.code}`, { requestId: '', ...error.details })
  return error instanceof Error ? error.message : String(error)
}

/**
 * `netpraxis sandbox`: serves until it is told to end. Its first line on stdout is one JSON object that says where everything is.
 * @returns 0 after SIGINT or SIGTERM, 64 for wrong use, 1 when it cannot start
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = readSandboxArguments(argv)
    if (options === null) {
      io.stdout.write(`${t('commands.sandbox.usage')}\n`)
      return exitCodes.ok
    }
    const lock = await lockState(options.stateDir, io.signal)
    const sandbox = await startSandbox(options)
    io.stdout.write(`${JSON.stringify(sandbox.announcement)}\n`)
    await Promise.race([aborted(io.signal), ...(options.isTied ? [inputEnded()] : [])])
    await sandbox.close()
    lock.release()
    // an input that is still open would keep the process alive
    if (options.isTied) process.stdin.destroy()
    return exitCodes.ok
  } catch (error) {
    if (error instanceof UsageError) {
      for (const line of error.lines) io.stderr.write(`${line}\n`)
      return exitCodes.usage
    }
    io.stderr.write(`${t('commands.sandbox.cannotStart', { reason: reasonOf(error) })}\n`)
    return exitCodes.failed
  }
}
