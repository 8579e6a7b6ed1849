import type { ClientChannel } from 'ssh2'
import { AppError } from '../../errors.ts'
import { isoNow } from '../../lib/clock.ts'
import type { Answer, AnswerEnd, AskConsoleOptions, ConsoleSession, OpenConsoleOptions, SessionNote } from './contract.ts'
import { cleanEnvironment } from './posix-shell.ts'
import { createRedactor } from './redact.ts'
import type { SshConnection } from './ssh-connection.ts'
import { terminalKind } from './ssh-transport.ts'
import { createStream } from './stream.ts'
import { terminalSize } from './telnet-codec.ts'
import { linesToText } from './text.ts'
import type { ConsoleTransport } from './transport.ts'

/**
 * A POSIX host over SSH: one execution per command, with its exit status from the protocol and no prompt to be found. Nothing of the
 * account's own shell is touched, so there is nothing to restore. A terminal is asked for, so that the interrupt key works.
 */
export function createExecSession(
  connection: SshConnection,
  options: OpenConsoleOptions & { limits: Parameters<typeof createStream>[0]['limits'] },
): ConsoleSession {
  const { device, platform, clock, signal } = options
  const { client } = connection
  const redactor = createRedactor(options.redact)
  const notes: SessionNote[] = []
  let isClosed = false
  let tail: Promise<unknown> = Promise.resolve()
  client.on('close', () => {
    isClosed = true
  })
  const stop = () => client.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (connection.isKeyNew) {
    notes.push({ kind: 'host-key-not-pinned', detail: connection.hostKey, at: isoNow(clock) })
  }

  const ask = async (command: string, asked: AskConsoleOptions): Promise<Answer> => {
    signal.throwIfAborted()
    if (isClosed) throw new AppError('CONSOLE_CLOSED', { details: { device } })
    const startedAt = clock.now()
    const timeoutMs = asked.timeoutMs ?? platform.timing.commandMs
    const running = await execute(connection, device, `${cleanEnvironment} /bin/sh -c ${quote(command)}`)
    const stream = createStream({ transport: running.transport, clock, signal, limits: options.limits })
    try {
      const interruptMs = Math.min(asked.interruptAfterMs ?? timeoutMs, timeoutMs)
      let end = await stream.until(() => false, { timeoutMs: interruptMs, signal: asked.signal })
      if (end === 'timeout' && interruptMs < timeoutMs) {
        stream.send('\x03')
        end = await stream.until(() => false, { timeoutMs: timeoutMs - interruptMs, signal: asked.signal })
      }
      const exitCode = running.exitCode()
      const ended = endOf(end, exitCode)
      return {
        command: redactor.text(command),
        startedAt: new Date(startedAt).toISOString(),
        tookMs: clock.now() - startedAt,
        ended,
        ...(ended === 'prompt' && exitCode !== undefined ? { exitCode } : {}),
        raw: redactor.bytes(stream.raw()),
        text: redactor.text(linesToText([...stream.lines(), stream.tail()])),
      }
    } finally {
      stream.close()
    }
  }

  return {
    device,
    platform,
    ask: (command, asked = {}) => {
      const turn = tail.then(
        () => ask(command, asked),
        () => ask(command, asked),
      )
      tail = turn.catch(() => undefined)
      return turn
    },
    enter: async (mode) => {
      if (mode !== platform.defaultMode) throw new AppError('CONSOLE_BLOCKED', { details: { device, mode } })
    },
    restore: async () => undefined,
    close: async () => {
      signal.removeEventListener('abort', stop)
      client.end()
    },
    notes,
    prompt: undefined,
    mode: platform.defaultMode,
  }
}

function endOf(end: 'met' | 'timeout' | 'closed' | 'cut', exitCode: number | undefined): AnswerEnd {
  if (end === 'cut' || end === 'timeout') return end
  return exitCode === undefined ? 'closed' : 'prompt'
}

const quote = (command: string) => `'${command.replaceAll("'", "'\\''")}'`

async function execute({ client }: SshConnection, device: string, command: string) {
  const pty = { term: terminalKind, cols: terminalSize.columns, rows: terminalSize.rows, width: 0, height: 0 }
  let exitCode: number | undefined
  // A quick command's status can come in the same bytes as the channel: whoever listens a turn later has missed it.
  const listen = (channel: ClientChannel): ClientChannel =>
    channel.on('exit', (code: number | null, signalName?: string) => {
      // A command ended by a signal has no code; shells say 128 + number, of which the interrupt is the one we send.
      exitCode = code ?? (signalName === undefined ? undefined : 130)
    })
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const refuse = (cause: unknown) => reject(new AppError('CONSOLE_CLOSED', { cause, details: { device } }))
    try {
      client.exec(command, { pty }, (error, opened) => (error ? refuse(error) : resolve(listen(opened))))
    } catch (error) {
      refuse(error)
    }
  })
  const transport: ConsoleTransport = {
    write: (data) => {
      if (channel.writable) channel.write(data)
    },
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    close: () => channel.close(),
    attach: (receiver) => {
      channel.on('data', (chunk: Buffer) => receiver.data(chunk))
      channel.on('close', () => receiver.closed())
    },
  }
  return { transport, exitCode: () => exitCode }
}
