import { spawn } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import type { Namespace } from './namespace.ts'

/** A port of the host's loopback that leads to a port inside a machine, one small process per connection. */
export interface Relay {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** @param insidePort a TCP port on the machine's own loopback */
export async function startRelay(machine: Namespace, insidePort: number): Promise<Relay> {
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    client.setNoDelay(true)
    clients.add(client)
    // the host's own socat in the machine's network: a machine may have busybox only
    const argv = ['-t', String(machine.pid), '-n', '--', 'socat', 'STDIO', `TCP:127.0.0.1:${insidePort},nodelay`]
    const carrier = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'ignore'] })
    client.pipe(carrier.stdin)
    carrier.stdout.pipe(client)
    carrier.stdin.on('error', () => undefined)
    carrier.on('error', () => client.destroy())
    carrier.on('exit', () => client.destroySoon())
    client.on('error', () => undefined)
    client.on('close', () => {
      clients.delete(client)
      carrier.kill('SIGKILL')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const stop = async () => {
    for (const client of clients) client.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: address.port, stop }
}
