import { type Config, loadConfig } from '../config.ts'
import { isAppError } from '../errors.ts'
import { createLog } from '../log.ts'
import { startServer } from '../server.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { connectDirectory } from './connect-directory.ts'
import { examineLabHosts } from './doctor-findings.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()

function refuse(config: Config): string | null {
  if (config.SANDBOX) return t('commands.serve.sandboxRefused')
  return config.PROXMOX_URL.length === 0 ? t('commands.serve.proxmoxMissing') : null
}

/** `netpraxis serve`: the application against a real Proxmox. Ends by SIGINT or SIGTERM with status 0. */
export async function run(_argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const config = loadConfig(io.env)
    const refusal = refuse(config)
    if (refusal !== null) {
      io.stderr.write(`${refusal}\n`)
      return exitCodes.usage
    }
    const log = createLog(config)
    for (const { state, about, todo = about } of examineLabHosts(config)) {
      if (state === 'ok') continue
      const sentence = `${t(about.key, about.values)} ${t(todo.key, todo.values)}`
      io.stderr.write(`${sentence}\n`)
      log.log.warn({ setting: 'LAB_HOST_PATTERN' }, sentence)
    }
    process.on('SIGHUP', () => log.reopen())
    const server = await startServer({ config, log, directory: connectDirectory(config, log) })
    io.stdout.write(`${t('commands.serve.ready', { url: config.PUBLIC_URL })}\n`)
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve()
      else io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await server.close()
    return exitCodes.ok
  } catch (error) {
    const lines = describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return isAppError(error, 'CONFIG_INVALID') ? exitCodes.usage : exitCodes.failed
  }
}
