import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import pino, { type Logger } from 'pino'
import type { Config } from './config.ts'
import { redact, redactFields, redactText } from './lib/redact.ts'

export interface ServerLog {
  readonly log: Logger
  /** Opens LOG_FILE again, after it was moved away (SIGHUP). */
  reopen(): void
}

/** Logs to the console and to LOG_FILE at once: one JSON object a line, with time, level, module and request or job id. */
export function createLog(
  config: Pick<Config, 'LOG_LEVEL' | 'LOG_FILE'>,
  console: { write(text: string): unknown } = process.stdout,
): ServerLog {
  const file = config.LOG_FILE === undefined ? null : openFile(config.LOG_FILE)
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: { write: (line: string) => void console.write(line) } }]
  if (file) streams.push({ level: 'trace', stream: file })
  const log = pino(
    {
      level: config.LOG_LEVEL,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      // what children are bound to are names and ids only; everything else is looked through
      formatters: { level: (label) => ({ level: label }), log: (details) => redactFields(details) },
      serializers: {
        // an error carries what its maker hung on it; its own text comes from the prototype's getters
        err: (error: Error) => redact({ ...pino.stdSerializers.err(error) }),
        req: (request: { id: string; method: string; url: string; ip: string }) => ({
          id: request.id,
          method: request.method,
          url: redactText(request.url),
          address: request.ip,
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      },
    },
    pino.multistream(streams),
  )
  return { log, reopen: () => file?.reopen() }
}

function openFile(path: string) {
  mkdirSync(dirname(path), { recursive: true })
  return pino.destination({ dest: path, sync: true, append: true })
}
