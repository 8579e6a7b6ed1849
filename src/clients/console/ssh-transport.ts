import type { ClientChannel } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { SshConnection } from './ssh-connection.ts'
import { terminalSize } from './telnet-codec.ts'
import type { ConsoleTransport } from './transport.ts'

/** Name told to the device: the plainest, so that no shell switches on colours or bracketed paste. */
export const terminalKind = 'dumb'

/**
 * A shell over SSH as a console, for platforms that have a command line of their own.
 * @throws AppError CONSOLE_UNREACHABLE when the device opens no shell
 */
export async function openSshShell({ client }: SshConnection, device: string): Promise<ConsoleTransport> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell({ term: terminalKind, cols: terminalSize.columns, rows: terminalSize.rows, width: 0, height: 0 }, (error, opened) => {
      if (error) reject(new AppError('CONSOLE_UNREACHABLE', { cause: error, details: { device } }))
      else resolve(opened)
    })
  })
  return {
    write: (data) => {
      if (channel.writable) channel.write(data)
    },
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    close: () => client.destroy(),
    attach: (receiver) => {
      let failure: Error | undefined
      channel.on('data', (chunk: Buffer) => receiver.data(chunk))
      channel.stderr.on('data', (chunk: Buffer) => receiver.data(chunk))
      client.on('error', (error) => {
        failure = error
      })
      channel.on('close', () => receiver.closed(failure))
    },
  }
}
