import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { loadConfig } from '../config.ts'
import { lockDataDir } from '../db/lock.ts'
import { type DemoAccount, ensurePeople } from '../demo/people.ts'
import { type SandboxProcess, startSandboxProcess } from '../demo/sandbox-process.ts'
import { ensureCourse, ensureExercises, publishReady } from '../demo/seed.ts'
import { demoEnvironment, findFreePort } from '../demo/settings.ts'
import { createLog } from '../log.ts'
import { type RunningServer, startServer } from '../server.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()
const sandboxSpeed = 10
/** All that a demo makes below DATA_DIR; nothing else there is touched. */
const ours = [
  'netpraxis.sqlite',
  'netpraxis.sqlite-wal',
  'netpraxis.sqlite-shm',
  'evidence',
  'uploads',
  'sandbox',
  'demo.json',
  'netpraxis.log',
  'session.key',
  'secrets.key',
]

const account = z.object({
  username: z.string(),
  password: z.string(),
  name: z.string(),
  role: z.enum(['admin', 'teacher', 'assistant', 'student']),
})
const demoFile = z.object({ accounts: z.array(account) })

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

/** Removes an earlier demo; refused while a server uses the folder. */
async function removeEarlier(dataDir: string): Promise<void> {
  lockDataDir(dataDir).release()
  for (const name of ours) await rm(join(dataDir, name), { recursive: true, force: true })
}

/** Accounts of an earlier start, with the passwords they got then. */
async function readAccounts(file: string): Promise<readonly DemoAccount[]> {
  try {
    return demoFile.parse(JSON.parse(await readFile(file, 'utf8'))).accounts
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

interface DemoState {
  readonly server: RunningServer
  readonly sandbox: SandboxProcess
  readonly accounts: readonly DemoAccount[]
  readonly courseId: string
  readonly file: string
}

/** Written by rename, so that whoever reads it finds it whole. */
async function writeDemoFile({ server, sandbox, accounts, courseId, file }: DemoState): Promise<void> {
  const { services } = server
  const url = services.config.PUBLIC_URL
  const content = {
    url,
    labUrl: `http://lab-{id}.localhost:${server.port}`,
    proxmoxUrl: sandbox.announcement.proxmoxUrl,
    accounts,
    exercises: services.exercises.listByCourses([courseId]).map(({ id, title, state }) => ({ id, title, state })),
  }
  const temporary = `${file}.new`
  await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}

/** Publishes exercises as they get ready and keeps demo.json true. One change after the other. */
function followExercises(state: DemoState): () => void {
  const { services } = state.server
  let chain = Promise.resolve()
  const follow = () => {
    chain = chain
      .then(() => publishReady(services, state.courseId))
      .then(() => writeDemoFile(state))
      .catch((error: unknown) => services.log.error({ err: error }, 'the demo could not follow a change'))
  }
  follow()
  return services.events.subscribe((event) => {
    if (event.name === 'exercise') follow()
  })
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

async function start(argv: readonly string[], io: CommandIo) {
  const options = parse(argv)
  const dataDir = resolve(io.env.DATA_DIR ?? './data')
  const host = io.env.HOST ?? '127.0.0.1'
  await mkdir(dataDir, { recursive: true })
  if (options.isFresh) await removeEarlier(dataDir)
  const sandbox = await startSandboxProcess({ stateDir: join(dataDir, 'sandbox'), speed: sandboxSpeed })
  try {
    const port = await findFreePort(host, options.port)
    const config = loadConfig(demoEnvironment({ environment: io.env, dataDir, port, sandbox: sandbox.announcement }))
    const file = join(dataDir, 'demo.json')
    let accounts = await readAccounts(file)
    const server = await startServer({
      config,
      log: createLog(config, { write: () => true }),
      directory: null,
      demoAccounts: () => accounts,
    })
    accounts = await ensurePeople(server.services, accounts, isLoopback(host))
    const state = { server, sandbox, accounts, courseId: ensureCourse(server.services), file }
    await writeDemoFile(state)
    return { options, state }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

function untilEnd(io: CommandIo, sandbox: SandboxProcess): Promise<'signal' | 'sandbox'> {
  return new Promise((done) => {
    if (io.signal.aborted) done('signal')
    io.signal.addEventListener('abort', () => done('signal'), { once: true })
    void sandbox.ended.then(() => done('sandbox'))
  })
}

/** `netpraxis demo`: sandbox and application together, with a course to look at. Ends by SIGINT or SIGTERM with status 0. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    if (parse(argv).isHelp) {
      io.stdout.write(`${t('commands.demo.usage')}\n`)
      return exitCodes.ok
    }
    const { options, state } = await start(argv, io)
    const { services } = state.server
    io.stdout.write(
      `${t('commands.demo.people', { list: state.accounts.map((one) => `${one.username} / ${one.password} (${one.role})`).join('\n  ') })}\n`,
    )
    io.stdout.write(`${t('commands.demo.ready', { url: services.config.PUBLIC_URL })}\n`)
    const unfollow = followExercises(state)
    if (options.isSeeded) await ensureExercises(services, state.courseId)
    const reason = await untilEnd(io, state.sandbox)
    unfollow()
    if (reason === 'sandbox') io.stderr.write(`${t('commands.demo.sandboxEnded')}\n`)
    await state.server.close()
    await state.sandbox.stop()
    return reason === 'signal' ? exitCodes.ok : exitCodes.failed
  } catch (error) {
    const lines = error instanceof UsageError ? error.lines : describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
  }
}
