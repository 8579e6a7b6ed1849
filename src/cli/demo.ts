import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DemoApplication } from '../demo/application.ts'
import { prepareDataFolder } from '../demo/data-folder.ts'
import { type SandboxProcess, startSandboxProcess } from '../demo/sandbox-process.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()
const sandboxSpeed = 10
/** Everything has ended by then; what has not is cut short. */
const endWithinMs = 8_000

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        fresh: { type: 'boolean' },
        port: { type: 'string', default: '8080' },
        'no-seed': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError([t('commands.demo.usage')])
    return { isFresh: values.fresh === true, port, isSeeded: values['no-seed'] !== true, isHelp: values.help === true }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError([t('commands.demo.usage')])
  }
}

/** As this process was started: from the sources or compiled. */
const ownProgram = () => [...process.execArgv, process.argv[1] ?? '']

interface Demo {
  readonly application: DemoApplication
  readonly sandbox: SandboxProcess
}

/** Sandbox and application start side by side: the application is loaded while the sandbox makes its certificates. */
async function start(options: ReturnType<typeof parse>, io: CommandIo): Promise<Demo> {
  const dataDir = resolve(io.env.DATA_DIR ?? './data')
  await prepareDataFolder(dataDir, options)
  const loading = import('../demo/application.ts')
  const sandbox = await startSandboxProcess({ program: ownProgram(), stateDir: resolve(dataDir, 'sandbox'), speed: sandboxSpeed })
  try {
    const { startApplication } = await loading
    const host = io.env.HOST ?? '127.0.0.1'
    const application = await startApplication({
      environment: io.env,
      dataDir,
      host,
      port: options.port,
      isSeeded: options.isSeeded,
      sandbox: sandbox.announcement,
    })
    return { application, sandbox }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

function untilEnd(signal: AbortSignal, sandbox: SandboxProcess): Promise<'signal' | 'sandbox'> {
  return new Promise((done) => {
    if (signal.aborted) done('signal')
    signal.addEventListener('abort', () => done('signal'), { once: true })
    void sandbox.ended.then(() => done('sandbox'))
  })
}

/** After the signal to end nothing may last: a step that hears no signal, a start that has not come far. */
function endInTime(signal: AbortSignal): void {
  signal.addEventListener('abort', () => setTimeout(() => process.exit(exitCodes.ok), endWithinMs).unref(), { once: true })
}

async function supervise(options: ReturnType<typeof parse>, io: CommandIo): Promise<number> {
  endInTime(io.signal)
  const { application, sandbox } = await start(options, io)
  if (!io.signal.aborted) {
    const list = application.accounts.map((one) => `${one.username} / ${one.password} (${one.role})`).join('\n  ')
    io.stdout.write(`${t('commands.demo.people', { list })}\n${t('commands.demo.ready', { url: application.url })}\n`)
  }
  const reason = await untilEnd(io.signal, sandbox)
  if (reason === 'sandbox') io.stderr.write(`${t('commands.demo.sandboxEnded')}\n`)
  await application.close()
  await sandbox.stop()
  return reason === 'signal' ? exitCodes.ok : exitCodes.failed
}

/** `netpraxis demo`: sandbox and application together, with a course to look at. Ends by SIGINT or SIGTERM with status 0. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = parse(argv)
    if (!options.isHelp) return await supervise(options, io)
    io.stdout.write(`${t('commands.demo.usage')}\n`)
    return exitCodes.ok
  } catch (error) {
    const lines = error instanceof UsageError ? error.lines : describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
  }
}
