import { createCipheriv, randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { createKeyboard } from './keys.ts'
import { screenSize, type TextScreen } from './text-screen.ts'
import { createZrle } from './zrle.ts'

export interface RfbOptions {
  readonly stream: Duplex
  readonly screen: TextScreen
  /** As QEMU calls it: `QEMU (R1)`. */
  readonly name: string
  /** Asked for as VNC does; null: nobody is asked. */
  readonly password: string | null
  readonly onKeys: (bytes: Buffer) => void
}

const encodings = { zrle: 16, raw: 0, keysByPlace: -258 } as const
/** 32 bits, little-endian, blue first: what QEMU begins with. */
const ownFormat = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])

type Take = (length: number) => Promise<Buffer>

/** Bytes of a stream, asked for by their number; rejects when it ends. */
function createTake(stream: Duplex): Take {
  const chunks = stream[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  return async (length) => {
    while (held.length < length) {
      const { value, done } = await chunks.next()
      if (done === true || !Buffer.isBuffer(value)) throw new Error('the viewer has gone')
      held = Buffer.concat([held, value])
    }
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    return taken
  }
}

const mirrored = (byte: number): number => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2)

function solve(challenge: Buffer, password: string): Buffer {
  const key = Buffer.from([...Buffer.from(password.padEnd(8, '\0').slice(0, 8), 'latin1')].map(mirrored))
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}

/** @returns false for a wrong password, which is answered */
async function welcome({ stream, password, name }: RfbOptions, take: Take): Promise<boolean> {
  stream.write('RFB 003.008\n')
  if (!(await take(12)).toString('latin1').startsWith('RFB 003.00')) return false
  const kind = password === null ? 1 : 2
  stream.write(Buffer.from([1, kind]))
  if ((await take(1)).readUInt8(0) !== kind) return false
  if (password !== null) {
    const challenge = randomBytes(16)
    stream.write(challenge)
    const isRight = (await take(16)).equals(solve(challenge, password))
    const reason = Buffer.from('Authentication failed', 'latin1')
    stream.write(isRight ? Buffer.alloc(4) : Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, reason.length]), reason]))
    if (!isRight) return false
  } else stream.write(Buffer.alloc(4))
  await take(1)
  const title = Buffer.from(name, 'utf8')
  const head = Buffer.alloc(24)
  head.writeUInt16BE(screenSize.width, 0)
  head.writeUInt16BE(screenSize.height, 2)
  ownFormat.copy(head, 4)
  head.writeUInt32BE(title.length, 20)
  stream.write(Buffer.concat([head, title]))
  return true
}

const rectangle = (y: number, height: number, encoding: number, width: number = screenSize.width): Buffer => {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(y, 2)
  head.writeUInt16BE(width, 4)
  head.writeUInt16BE(height, 6)
  head.writeInt32BE(encoding, 8)
  return head
}

/** Red in the first byte, as the viewer asked for it; all that ours ever asks for. */
function raw(points: Uint32Array): Buffer {
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, point] of points.entries()) bytes.writeUInt32LE(((point & 255) << 16) | (point & 0xff00) | (point >> 16), index * 4)
  return bytes
}

/** A picture is sent only when it was asked for, and changes only when there are any. */
function createSender({ stream, screen }: RfbOptions) {
  let wanted: number[] = []
  let shownVersion = 0
  let isAsked = false
  let isBusy = false
  const zrle = createZrle()

  async function send(): Promise<void> {
    const bands = screen.changedSince(shownVersion)
    if (!isAsked || isBusy || bands.length === 0) return
    isAsked = false
    isBusy = true
    shownVersion = screen.version()
    const isPacked = wanted.includes(encodings.zrle)
    const parts: Buffer[] = []
    for (const { y, height } of bands) {
      const points = screen.points(y, height)
      parts.push(rectangle(y, height, isPacked ? encodings.zrle : encodings.raw), isPacked ? await zrle.pack(points, height) : raw(points))
    }
    isBusy = false
    if (!stream.destroyed) stream.write(Buffer.concat([Buffer.from([0, 0, bands.length >> 8, bands.length & 255]), ...parts]))
  }
  const stop = screen.onChange(() => void send())
  return {
    prefer: (list: number[]): void => {
      wanted = list
      // told once: keys may come by their place
      if (list.includes(encodings.keysByPlace))
        stream.write(Buffer.concat([Buffer.from([0, 0, 0, 1]), rectangle(0, 0, encodings.keysByPlace, 0)]))
    },
    ask: (isIncremental: boolean): void => {
      if (!isIncremental) shownVersion = 0
      isAsked = true
      void send()
    },
    end: (): void => {
      stop()
      zrle.end()
    },
  }
}

/** Messages of the viewer, until it sends what we do not know. */
async function listen(options: RfbOptions, take: Take, sender: ReturnType<typeof createSender>): Promise<void> {
  const press = createKeyboard()
  for (;;) {
    const type = (await take(1)).readUInt8(0)
    if (type === 0) {
      const format = (await take(19)).subarray(3)
      if (format.readUInt8(0) !== 32 || format.readUInt8(10) !== 0) throw new Error('no other pixels than these')
    } else if (type === 2) {
      const count = (await take(3)).readUInt16BE(1)
      const list = await take(count * 4)
      sender.prefer(Array.from({ length: count }, (_, index) => list.readInt32BE(index * 4)))
    } else if (type === 3) sender.ask((await take(9)).readUInt8(0) === 1)
    else if (type === 4) {
      const key = await take(7)
      options.onKeys(press(key.readUInt32BE(3), key.readUInt8(0) === 1))
    } else if (type === 5) {
      const at = await take(5)
      options.screen.point({ x: at.readUInt16BE(1), y: at.readUInt16BE(3), isPressed: at.readUInt8(0) !== 0 })
    } else if (type === 6) await take((await take(7)).readUInt32BE(3))
    else if (type === 255) {
      const key = await take(11)
      options.onKeys(press(key.readUInt32BE(3), key.readUInt16BE(1) === 1))
    } else throw new Error(`message ${type} is not known`)
  }
}

/** One viewer of a screen by RFB 3.8 (RFC 6143), as QEMU speaks it. Resolves when it has gone, or was sent away. */
export async function serveRfb(options: RfbOptions): Promise<void> {
  const take = createTake(options.stream)
  const sender = createSender(options)
  try {
    if (await welcome(options, take)) await listen(options, take, sender)
  } catch {
    // gone, or does not speak as we do: QEMU closes then
    options.stream.destroy()
  } finally {
    sender.end()
    options.stream.end()
  }
}
