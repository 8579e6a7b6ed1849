import { vncFault } from './fault.ts'
import { createPartReader, encodings, isSizeFine, maxSide, type Part, type Parts, pixelBytes } from './wire.ts'

/** Takes bytes of a server in any pieces. @returns what a page is shown of them @throws AppError SCREEN_UNREADABLE */
export type ServerFilter = (chunk: Buffer) => readonly Buffer[]

/** Of one compressed rectangle, which a browser holds whole before it unpacks it. */
const maxCompressedBytes = 32 * 1024 * 1024
const maxPointerSide = 512
const maxClipboardBytes = 1024 * 1024

const sizeFault = () => vncFault('tooLarge', { side: maxSide })

/** The bytes after the head of a rectangle. */
function* rectangle(head: Buffer, pass: (bytes: Buffer) => void): Generator<Part, void, Buffer> {
  const [width, height, encoding] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readInt32BE(8)]
  switch (encoding) {
    case encodings.raw:
      if (width > maxSide || height > maxSide) throw sizeFault()
      yield { pass: width * height * pixelBytes }
      return
    case encodings.copy:
      yield { pass: 4 }
      return
    case encodings.zrle: {
      const length = yield { read: 4 }
      if (length.readUInt32BE(0) > maxCompressedBytes) throw sizeFault()
      pass(length)
      yield { pass: length.readUInt32BE(0) }
      return
    }
    case encodings.size:
      if (!isSizeFine(width, height)) throw sizeFault()
      return
    case encodings.pointer:
      if (width > maxPointerSide || height > maxPointerSide) throw sizeFault()
      yield { pass: width * height * pixelBytes + Math.ceil(width / 8) * height }
      return
    case encodings.keysByPlace:
      return
    default:
      throw vncFault('unasked', { what: encoding })
  }
}

function* messages(pass: (bytes: Buffer) => void): Parts {
  for (;;) {
    const type = (yield { read: 1 }).readUInt8(0)
    if (type === 0) {
      const head = yield { read: 3 }
      pass(Buffer.concat([Buffer.from([0]), head]))
      for (let left = head.readUInt16BE(1); left > 0; left -= 1) {
        const place = yield { read: 12 }
        pass(place)
        yield* rectangle(place, pass)
      }
    } else if (type === 1) {
      // colours of a palette, which we asked not to be used
      const head = yield { read: 5 }
      yield { drop: head.readUInt16BE(3) * 6 }
    } else if (type === 3) {
      const head = yield { read: 7 }
      const length = Math.abs(head.readInt32BE(3))
      if (length > maxClipboardBytes) throw sizeFault()
      yield { drop: length }
    } else if (type !== 2) throw vncFault('unasked', { what: type })
  }
}

/**
 * Reads a server's messages by their lengths and lets through nothing but pictures of the kinds that were asked for, none larger than a
 * page can hold: the bytes come from a machine that its student controls. Its bell and its clipboard stay there.
 */
export function createServerFilter(): ServerFilter {
  let shown: Buffer[] = []
  const pass = (bytes: Buffer) => {
    shown.push(bytes)
  }
  const take = createPartReader(messages(pass), pass)
  return (chunk) => {
    shown = []
    take(chunk)
    return shown
  }
}
