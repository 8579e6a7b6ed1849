import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import pino, { type Logger } from 'pino'
import type { Config } from './config.ts'

/** Where secrets could stand in what is logged; their values are replaced. */
const redactedPaths = [
  'password',
  'secret',
  'token',
  'ticket',
  '*.password',
  '*.secret',
  '*.token',
  '*.ticket',
  '*.csrf',
  '*.enablePassword',
  'req.headers.cookie',
  'req.headers.authorization',
  'req.headers["x-csrf-token"]',
  'res.headers["set-cookie"]',
  'headers.cookie',
  'headers.authorization',
  'body.password',
]

/** `?token=...` in an address is a secret too. */
const cleanUrl = (url: string): string => url.replace(/([?&](?:token|ticket|password)=)[^&]*/gi, '$1[redacted]')

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
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      serializers: {
        err: pino.stdSerializers.err,
        req: (request: { id: string; method: string; url: string; ip: string }) => ({
          id: request.id,
          method: request.method,
          url: cleanUrl(request.url),
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
