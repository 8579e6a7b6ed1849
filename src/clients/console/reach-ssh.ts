import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import type { ConsoleTarget, OpenConsoleOptions } from './contract.ts'
import { connectSsh, forwardThrough, type SshConnection } from './ssh-connection.ts'

type SshConsoleTarget = Extract<ConsoleTarget, { kind: 'ssh' }>

interface ReachSshOptions extends Pick<OpenConsoleOptions, 'device' | 'platform' | 'credentials' | 'clock' | 'signal' | 'hostKeys'> {
  readonly target: SshConsoleTarget
  readonly timeoutMs: number
}

/**
 * Connects to a device over SSH, through the work VM where the target says so; the work VM's connection ends with the device's.
 * @throws AppError CONSOLE_HOST_KEY, CONSOLE_LOGIN_REFUSED, CONSOLE_CREDENTIALS_MISSING, CONSOLE_UNREACHABLE; the signal's reason
 */
export async function reachSsh(options: ReachSshOptions): Promise<SshConnection> {
  const { device, target, platform, hostKeys: pins } = options
  const { host, port, hostKey, jump } = target
  const legacyAlgorithms = platform.ssh.legacyKeyExchange
  const name = `${host}:${port}`
  if (!jump) return connectSsh({ ...options, target: { host, port, endpoint: name, hostKey, legacyAlgorithms, pins } })
  const way = await connectJump(options, jump)
  try {
    const sock = await forwardThrough(way, { host, port }, device)
    const end = { host, port, endpoint: `work-vm/${name}`, hostKey, legacyAlgorithms, pins, sock }
    const connection = await connectSsh({ ...options, target: end })
    connection.client.once('close', () => way.client.end())
    return connection
  } catch (error) {
    way.client.destroy()
    throw error
  }
}

function connectJump(options: ReachSshOptions, { host, port }: { readonly host: string; readonly port: number }): Promise<SshConnection> {
  const { device, credentials, hostKeys: pins } = options
  if (credentials.jump === undefined)
    throw new AppError('CONSOLE_CREDENTIALS_MISSING', { details: { device, what: say('details.console.jumpUsername') } })
  // the work VM's address changes, its key does not
  return connectSsh({
    ...options,
    credentials: credentials.jump,
    target: { host, port, endpoint: 'work-vm', legacyAlgorithms: false, pins },
  })
}
