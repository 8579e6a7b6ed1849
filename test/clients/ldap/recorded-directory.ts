import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { z } from 'zod'

/** What was said on a wire, each message without its number: a question and all messages of its answer, as hex. */
export const recording = z.object({
  recordedFrom: z.string(),
  exchanges: z.array(z.object({ question: z.string(), answers: z.array(z.string()) })),
})
export type Recording = z.infer<typeof recording>

export interface LdapMessage {
  readonly id: number
  /** Operation and controls. */
  readonly body: Buffer
}

/** Where the value of the BER element at `at` begins and ends; null while it has not arrived whole. */
function extentOf(bytes: Buffer, at: number): { start: number; end: number } | null {
  const first = bytes[at + 1]
  if (first === undefined) return null
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const start = at + 2 + lengthBytes
  if (bytes.length < start) return null
  const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes))
  return bytes.length < end ? null : { start, end }
}

/** Cuts a stream into LDAP messages; what is left of it comes first with the next piece. */
export function createMessageCutter(): (piece: Buffer) => LdapMessage[] {
  let rest: Buffer = Buffer.alloc(0)
  return (piece) => {
    rest = Buffer.concat([rest, piece])
    const messages: LdapMessage[] = []
    for (let whole = extentOf(rest, 0); whole !== null; whole = extentOf(rest, 0)) {
      const number = extentOf(rest, whole.start)
      if (number === null) throw new Error('a message without a number')
      messages.push({ id: rest.readUIntBE(number.start, number.end - number.start), body: rest.subarray(number.end, whole.end) })
      rest = rest.subarray(whole.end)
    }
    return messages
  }
}

export function wrap(id: number, body: Buffer): Buffer {
  const number = Buffer.from([0x02, 0x04, 0, 0, 0, 0])
  number.writeInt32BE(id, 2)
  const content = Buffer.concat([number, body])
  const header = Buffer.from([0x30, 0x84, 0, 0, 0, 0])
  header.writeUInt32BE(content.length, 2)
  return Buffer.concat([header, content])
}

/** A server that answers what was recorded and nothing else; a question that was never asked is kept, and its connection closed. */
export async function startRecordedDirectory(file: string) {
  const { exchanges } = recording.parse(JSON.parse(readFileSync(file, 'utf8')))
  const answersTo = new Map(exchanges.map(({ question, answers }) => [question, answers]))
  const unknown: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    const cut = createMessageCutter()
    socket.on('data', (piece) => {
      for (const { id, body } of cut(piece)) {
        const question = body.toString('hex')
        const answers = answersTo.get(question)
        if (question === '4200') socket.end()
        else if (answers) for (const answer of answers) socket.write(wrap(id, Buffer.from(answer, 'hex')))
        else {
          unknown.push(body.toString('latin1'))
          socket.destroy()
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    /** What it had no answer for. */
    unknown,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
