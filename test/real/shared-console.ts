import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createServer, type Socket } from 'node:net'

/**
 * A console as GNS3's telnet proxy gives it: one program on one terminal (80 x 24, by script(1)), respawned when it ends; every client sees
 * everything, input is merged, what was printed while nobody was there waits for the next client, and each DO SGA is answered by WILL SGA again.
 */
export interface SharedConsole {
  readonly port: number
  /** Types at the device as a student would, without being connected. */
  type(text: string): void
  /** Everything the program has printed since the start. */
  readonly printed: () => string
  readonly bytesFromClients: () => number
  stop(): Promise<void>
}

const greeting = Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0])
const willSga = Buffer.from([255, 251, 3])

export interface SharedConsoleOptions {
  readonly respawn?: boolean
  /** The program that gives the terminal, with words before it that enter a machine; `script` of the host when absent. */
  readonly script?: readonly string[]
}

export async function startSharedConsole(command: readonly string[], options: SharedConsoleOptions = {}): Promise<SharedConsole> {
  const [program = 'script', ...words] = options.script ?? []
  const clients = new Set<Socket>()
  let backlog: Buffer[] = []
  let printed = ''
  let bytesFromClients = 0
  let isStopping = false
  let device: ChildProcessWithoutNullStreams

  const output = (chunk: Buffer) => {
    printed += chunk.toString('latin1')
    if (clients.size === 0) backlog.push(chunk)
    for (const client of clients) client.write(chunk)
  }
  const start = () => {
    device = spawn(program, [...words, '-qfc', `stty rows 24 cols 80; exec ${command.join(' ')}`, '/dev/null'], {
      stdio: 'pipe',
      detached: true,
      env: { ...process.env, TERM: 'xterm', HISTFILE: '', HISTCONTROL: '' },
    })
    device.stdout.on('data', output)
    device.stdin.on('error', () => undefined)
    device.on('exit', () => {
      if (!isStopping && options.respawn !== false) start()
    })
  }
  start()

  const server = createServer((client) => {
    client.setNoDelay(true)
    client.write(greeting)
    for (const chunk of backlog) client.write(chunk)
    backlog = []
    clients.add(client)
    client.on('data', (chunk) => {
      bytesFromClients += chunk.length
      device.stdin.write(withoutTelnet(chunk, () => client.write(willSga)))
    })
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  return {
    port: address.port,
    type: (text) => device.stdin.write(text),
    printed: () => printed,
    bytesFromClients: () => bytesFromClients,
    stop: async () => {
      isStopping = true
      for (const client of clients) client.destroy()
      const exited = new Promise((resolve) => device.once('exit', resolve))
      if (device.pid !== undefined) process.kill(-device.pid, 'SIGKILL')
      await exited
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function withoutTelnet(chunk: Buffer, onDoSga: () => void): Buffer {
  const out: number[] = []
  for (let index = 0; index < chunk.length; index += 1) {
    if (chunk[index] !== 255) out.push(chunk[index] ?? 0)
    else {
      if (chunk[index + 1] === 253 && chunk[index + 2] === 3) onDoSga()
      index += 2
    }
  }
  return Buffer.from(out)
}
