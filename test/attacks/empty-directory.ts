import { createServer, type Socket } from 'node:net'
import { createMessageCutter, wrap } from '../clients/ldap/recorded-directory.ts'

const success = '0a010004000400'
/** Of RFC 4511: a bind and a search, and what ends each well. */
const answers: Readonly<Record<number, string>> = { 96: `6107${success}`, 99: `6507${success}` }

/** A directory that has nobody, and keeps what it was asked as it came over the wire. */
export async function startEmptyDirectory() {
  const searches: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    const cut = createMessageCutter()
    socket.on('data', (piece) => {
      for (const { id, body } of cut(piece)) {
        const operation = body[0] ?? 0
        if (operation === 0x63) searches.push(body)
        const answer = answers[operation]
        if (answer === undefined) socket.end()
        else socket.write(wrap(id, Buffer.from(answer, 'hex')))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    searches,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
