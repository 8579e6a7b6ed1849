import type { Duplex } from 'node:stream'
import { vncFault } from './fault.ts'

/** Settles when the stream has more, or has ended. */
function stirred(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = ['readable', 'end', 'close', 'error'] as const
    const stop = () => {
      for (const event of events) stream.off(event, go)
      signal.removeEventListener('abort', refuse)
    }
    const go = () => {
      stop()
      resolve()
    }
    const refuse = () => {
      stop()
      reject(signal.reason)
    }
    for (const event of events) stream.on(event, go)
    signal.addEventListener('abort', refuse, { once: true })
  })
}

/** The next bytes, exactly so many. @throws AppError SCREEN_UNREADABLE when the stream ends before; the signal's reason */
export async function take(stream: Duplex, length: number, signal: AbortSignal): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0)
  for (;;) {
    signal.throwIfAborted()
    const chunk: unknown = stream.read(length)
    if (Buffer.isBuffer(chunk) && chunk.length === length) return chunk
    if (stream.readableEnded || stream.destroyed || chunk !== null) throw vncFault('closed')
    await stirred(stream, signal)
  }
}
