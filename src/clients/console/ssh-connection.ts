import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { type AuthenticationType, type AuthHandlerMiddleware, Client, type ConnectConfig } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'
import type { ConsoleCredentials, HostKeyPins } from './contract.ts'

export interface ConnectSshOptions {
  readonly device: string
  readonly target: SshTarget
  readonly credentials: Pick<ConsoleCredentials, 'username' | 'password'>
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface SshTarget {
  readonly host: string
  readonly port: number
  /** Name under which its key is remembered. */
  readonly endpoint: string
  readonly hostKey?: string | undefined
  readonly legacyAlgorithms: boolean
  readonly pins?: HostKeyPins | undefined
  /** A way there that is open already. */
  readonly sock?: Duplex | undefined
}

export interface SshConnection {
  readonly client: Client
  /** `SHA256:…` of the key the device showed. */
  readonly hostKey: string
  /** The key was not known before. */
  readonly isKeyNew: boolean
}

/** What devices of before 2015 still offer; added behind the modern ones and only when asked for. */
const legacyAlgorithms: NonNullable<ConnectConfig['algorithms']> = {
  kex: {
    append: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
    prepend: [],
    remove: [],
  },
  cipher: { append: ['aes128-cbc', 'aes256-cbc', '3des-cbc'], prepend: [], remove: [] },
  serverHostKey: { append: ['ssh-rsa', 'ssh-dss'], prepend: [], remove: [] },
  hmac: { append: ['hmac-sha1', 'hmac-md5'], prepend: [], remove: [] },
}

interface Seen {
  hostKey: string
  isKeyRefused: boolean
  isLoginRefused: boolean
}

export const fingerprintOf = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/u, '')}`

/**
 * Connects and signs in. The password goes to the device once, and only after its host key was compared with the pinned one.
 * @throws AppError CONSOLE_HOST_KEY, CONSOLE_LOGIN_REFUSED, CONSOLE_CREDENTIALS_MISSING, CONSOLE_UNREACHABLE; the signal's reason
 */
export async function connectSsh(options: ConnectSshOptions): Promise<SshConnection> {
  const { device, credentials, clock, signal, timeoutMs } = options
  signal.throwIfAborted()
  if (credentials.username === undefined)
    throw new AppError('CONSOLE_CREDENTIALS_MISSING', { details: { device, what: say('details.console.username') } })
  const client = new Client()
  const timer = new AbortController()
  const seen = { hostKey: '', isKeyRefused: false, isLoginRefused: false }
  const stop = () => client.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const ready = signIn(client, options, seen)
    const late = clock.sleep(timeoutMs, timer.signal).then(() => {
      throw new Error(`no connection within ${timeoutMs} ms`)
    })
    late.catch(() => undefined)
    await Promise.race([ready, late])
    const isKeyNew = pinnedKey(options.target) === undefined
    if (isKeyNew) options.target.pins?.remember(options.target.endpoint, seen.hostKey)
    return { client, hostKey: seen.hostKey, isKeyNew }
  } catch (cause) {
    client.destroy()
    signal.throwIfAborted()
    throw translate(cause, options, seen)
  } finally {
    timer.abort()
    signal.removeEventListener('abort', stop)
  }
}

const pinnedKey = ({ hostKey, pins, endpoint }: SshTarget): string | undefined => hostKey ?? pins?.find(endpoint)

function signIn(client: Client, { target, credentials }: ConnectSshOptions, seen: Seen): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.on('error', reject)
    client.once('close', () => reject(new Error('closed while connecting')))
  })
  ready.catch(() => undefined)
  const password = credentials.password ?? ''
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)))
  client.connect({
    ...(target.sock ? { sock: target.sock } : { host: target.host, port: target.port }),
    username: credentials.username ?? '',
    password,
    tryKeyboard: true,
    readyTimeout: 0,
    keepaliveInterval: 15_000,
    hostVerifier: (key: Buffer) => {
      seen.hostKey = fingerprintOf(key)
      const pinned = pinnedKey(target)
      seen.isKeyRefused = pinned !== undefined && pinned !== seen.hostKey
      return !seen.isKeyRefused
    },
    authHandler: passwordOnce(() => {
      seen.isLoginRefused = true
      client.end()
    }),
    ...(target.legacyAlgorithms ? { algorithms: legacyAlgorithms } : {}),
  })
  return ready
}

/** Asks which ways there are, then sends the password by one of them; never by both. */
function passwordOnce(refused: () => void): AuthHandlerMiddleware {
  let isSent = false
  return (methods, _partial, next) => {
    // The typings forget that the first call has no list yet.
    const methodsLeft: readonly AuthenticationType[] | null = methods
    if (methodsLeft === null) return next('none')
    const method = (['password', 'keyboard-interactive'] as const).find((name) => methodsLeft.includes(name))
    if (isSent || !method) return refused()
    isSent = true
    next(method)
  }
}

function translate(cause: unknown, { device, target }: ConnectSshOptions, seen: Seen): AppError {
  if (seen.isKeyRefused) return new AppError('CONSOLE_HOST_KEY', { cause, details: { device } })
  const level = cause instanceof Error && 'level' in cause ? cause.level : undefined
  if (seen.isLoginRefused || level === 'client-authentication') return new AppError('CONSOLE_LOGIN_REFUSED', { cause, details: { device } })
  return new AppError('CONSOLE_UNREACHABLE', { cause, details: { device, host: target.host, port: target.port } })
}

/**
 * A way to `to` through a connection, as OpenSSH's `-J` does it.
 * @throws AppError CONSOLE_UNREACHABLE when the server behind the connection cannot reach it, or does not forward
 */
export function forwardThrough(
  { client }: SshConnection,
  to: { readonly host: string; readonly port: number },
  device: string,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) => reject(new AppError('CONSOLE_UNREACHABLE', { cause, details: { device, ...to } }))
    try {
      client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => (error ? refuse(error) : resolve(channel)))
    } catch (error) {
      refuse(error)
    }
  })
}
