import { createServer, type Socket } from 'node:net'

export interface FakeVpcs {
  readonly port: number
  /** Lines it was asked, in order. */
  readonly asked: string[]
  close(): Promise<void>
}

/** A console as VPCS behind GNS3 speaks: greeting, echo, `CR LF CR PC1> `. `answer` gives null to stay silent. */
export async function startFakeVpcs(name: string, answer: (line: string) => string | null): Promise<FakeVpcs> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const prompt = `\r\n\r${name}> `
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => sockets.delete(socket))
    socket.on('close', () => sockets.delete(socket))
    socket.write(Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0]))
    let line = ''
    socket.on('data', (data) => {
      for (const byte of withoutTelnet(data)) {
        if (byte === 13) {
          end(line.trim())
          line = ''
        } else if (byte === 3) {
          line = ''
          socket.write(`^C\r\n${prompt}`)
        } else if (byte >= 32) {
          line += String.fromCharCode(byte)
          socket.write(Buffer.from([byte]))
        }
      }
    })
    const end = (command: string): void => {
      if (command !== '') asked.push(command)
      const text = command === '' ? '' : answer(command)
      if (text !== null) socket.write(`\r\n${text.replaceAll('\n', '\r\n')}${prompt}`)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Drops `IAC verb option`; tests send nothing longer. */
function withoutTelnet(data: Buffer): number[] {
  const bytes: number[] = []
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0
    if (byte === 255) at += 2
    else bytes.push(byte)
  }
  return bytes
}
