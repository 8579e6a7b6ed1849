import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

/** The server's end of a websocket (RFC 6455), as much as GNS3 and Proxmox use: whole text and binary messages, ping, close. */
export interface ServerSocket {
  sendText(text: string): void
  sendBinary(bytes: Uint8Array): void
  onMessage(listener: (message: { bytes: Buffer; isText: boolean }) => void): void
  onClose(listener: () => void): void
  close(code: number): void
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Answers the handshake. The caller has checked path and rights. */
export function acceptSocket({ key, protocol }: { readonly key: string; readonly protocol?: string }, stream: Duplex): ServerSocket {
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64')
  const chosen = protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`,
  )
  const messageListeners: ((message: { bytes: Buffer; isText: boolean }) => void)[] = []
  const closeListeners: (() => void)[] = []
  const send = (opcode: number, bytes: Uint8Array) => {
    if (stream.writable) stream.write(Buffer.concat([header(opcode, bytes.length), bytes]))
  }
  const close = (code: number) => {
    send(opcodes.close, Buffer.from([code >> 8, code & 255]))
    stream.end()
  }
  const read = createFrameReader(({ opcode, bytes }) => {
    if (opcode === opcodes.ping) send(opcodes.pong, bytes)
    if (opcode === opcodes.close) close(1000)
    if (opcode !== opcodes.text && opcode !== opcodes.binary) return
    for (const listener of messageListeners) listener({ bytes, isText: opcode === opcodes.text })
  })
  stream.on('data', read)
  stream.on('error', () => stream.destroy())
  stream.on('close', () => {
    for (const listener of closeListeners) listener()
  })
  return {
    sendText: (text) => send(opcodes.text, Buffer.from(text)),
    sendBinary: (bytes) => send(opcodes.binary, bytes),
    onMessage: (listener) => messageListeners.push(listener),
    onClose: (listener) => closeListeners.push(listener),
    close,
  }
}

function header(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, length])
  const head = Buffer.alloc(length < 65536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = length < 65536 ? 126 : 127
  if (length < 65536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

interface Frame {
  readonly opcode: number
  readonly bytes: Buffer
}

/** Collects bytes and hands out whole messages, fragments joined. */
function createFrameReader(onMessage: (frame: Frame) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0)
  let parts: Frame[] = []
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (let frame = takeFrame(pending); frame; frame = takeFrame(pending)) {
      pending = pending.subarray(frame.size)
      if (frame.opcode >= 8) {
        onMessage(frame)
        continue
      }
      parts.push(frame)
      if (!frame.isLast) continue
      onMessage({ opcode: parts[0]?.opcode ?? frame.opcode, bytes: Buffer.concat(parts.map((part) => part.bytes)) })
      parts = []
    }
  }
}

function takeFrame(buffer: Buffer): (Frame & { isLast: boolean; size: number }) | undefined {
  if (buffer.length < 2) return undefined
  const short = buffer.readUInt8(1) & 127
  const lengthSize = { 126: 2, 127: 8 }[short] ?? 0
  const isMasked = buffer.readUInt8(1) >= 128
  const start = 2 + lengthSize + (isMasked ? 4 : 0)
  if (buffer.length < start) return undefined
  const length = lengthOf(buffer, short)
  if (buffer.length < start + length) return undefined
  const bytes = Buffer.from(buffer.subarray(start, start + length))
  if (isMasked) for (let index = 0; index < length; index++) bytes[index] = (bytes[index] ?? 0) ^ buffer.readUInt8(start - 4 + (index % 4))
  return { opcode: buffer.readUInt8(0) & 15, isLast: buffer.readUInt8(0) >= 128, bytes, size: start + length }
}

function lengthOf(buffer: Buffer, short: number): number {
  if (short === 126) return buffer.readUInt16BE(2)
  if (short === 127) return Number(buffer.readBigUInt64BE(2))
  return short
}
