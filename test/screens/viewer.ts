import { WebSocket } from 'undici'
import { z } from 'zod'

const told = z.looseObject({ type: z.string() })

/** A page's screen as noVNC speaks on it: the handshake of RFB 3.8, then a question for the picture after each answer. */
export async function openViewer(url: string, headers: Readonly<Record<string, string>>) {
  const socket = new WebSocket(url, { headers })
  socket.binaryType = 'arraybuffer'
  const said: z.infer<typeof told>[] = []
  const heard: Buffer[] = []
  const end: { code: number | null } = { code: null }
  const send = (...bytes: number[]) => socket.send(Buffer.from(bytes))
  const u16 = (value: number) => [value >> 8, value & 255]
  const ask = (isIncremental: boolean) => send(3, isIncremental ? 1 : 0, 0, 0, 0, 0, ...u16(640), ...u16(400))
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') said.push(told.parse(JSON.parse(data)))
    else if (data instanceof ArrayBuffer) heard.push(Buffer.from(data))
  })
  socket.addEventListener('close', ({ code }) => {
    end.code = code
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error('refused')), { once: true })
  })
  return {
    said,
    end,
    bytes: () => Buffer.concat(heard),
    /** What a viewer says before it sees anything. */
    begin: () => {
      socket.send(Buffer.from('RFB 003.008\n'))
      send(1)
      send(1)
      ask(false)
    },
    ask,
    press: (text: string) => {
      for (const character of text) for (const isDown of [1, 0]) send(4, isDown, 0, 0, 0, 0, 0, character.charCodeAt(0))
    },
    /** A message of RFB that no page of ours sends. */
    cutText: () => send(6, 0, 0, 0, 0, 0, 0, 1, 65),
    close: () => socket.close(),
  }
}

export type Viewer = Awaited<ReturnType<typeof openViewer>>
