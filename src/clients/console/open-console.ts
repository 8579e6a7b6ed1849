import { type ConsoleSession, defaultLimits, type OpenConsoleOptions } from './contract.ts'
import { createExecSession } from './exec-session.ts'
import { reachSsh } from './reach-ssh.ts'
import { createRedactor } from './redact.ts'
import { startSession } from './session.ts'
import { openSshShell } from './ssh-transport.ts'
import { createStream } from './stream.ts'
import { connectTelnet } from './telnet-transport.ts'
import type { ConsoleTransport } from './transport.ts'
import type { Work } from './work.ts'

const connectMs = 10_000

/**
 * Connects to a device's console, finds its prompt whatever state it was left in, logs in when asked, switches paging off.
 * @throws AppError CONSOLE_UNREACHABLE, CONSOLE_SILENT, CONSOLE_BLOCKED, CONSOLE_CLOSED, CONSOLE_FLOODED, CONSOLE_LOGIN_REFUSED,
 * CONSOLE_CREDENTIALS_MISSING, CONSOLE_HOST_KEY; the signal's reason when aborted
 */
export async function openConsole(options: OpenConsoleOptions): Promise<ConsoleSession> {
  const { device, target, clock, signal } = options
  const timeoutMs = Math.min(connectMs, options.readyTimeoutMs ?? connectMs)
  if (target.kind === 'telnet') {
    const transport = await connectTelnet({ device, host: target.host, port: target.port, timeoutMs, clock, signal })
    return openConsoleOver(transport, options)
  }
  const connection = await reachSsh({ ...options, target, timeoutMs })
  if (options.platform.shell === 'posix')
    return createExecSession(connection, { ...options, limits: { ...defaultLimits, ...options.limits } })
  try {
    const session = await openConsoleOver(await openSshShell(connection, device), options)
    if (connection.isKeyNew) options.log.info({ device, hostKey: connection.hostKey }, 'host key not known before')
    return session
  } catch (error) {
    connection.client.destroy()
    throw error
  }
}

/** A session over a connection that is there already; the door for fakes in tests. */
export async function openConsoleOver(transport: ConsoleTransport, options: OpenConsoleOptions): Promise<ConsoleSession> {
  const { device, platform, credentials, clock, signal, log } = options
  const stream = createStream({ transport, clock, signal, limits: { ...defaultLimits, ...options.limits } })
  const work: Work = {
    device,
    platform,
    stream,
    credentials,
    redactor: createRedactor(options.redact),
    clock,
    log,
    notes: [],
    typedSecrets: new Set(),
    prompt: '',
    mode: platform.defaultMode,
    ownPrompt: undefined,
    isLost: true,
    hasLoggedIn: false,
  }
  try {
    return await startSession(work, options)
  } catch (error) {
    stream.close()
    throw error
  }
}
