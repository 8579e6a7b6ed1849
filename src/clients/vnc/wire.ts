/** Numbers of the RFB protocol, RFC 6143. */
export const protocolText = 'RFB 003.008\n'
export const security = { none: 1, password: 2 } as const

/** What we ask a server for: three ways to send a picture whose lengths can be told, a new size, the shape of the pointer, keys by place. */
export const encodings = { zrle: 16, copy: 1, raw: 0, size: -223, pointer: -239, keysByPlace: -258 } as const

/** Bytes of a pixel: 32 bits, red in the first byte. As noVNC asks for it, so that both ends agree without a word. */
export const pixelBytes = 4
export const pixelFormat = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0])

/** A larger picture is more than a page can hold: 64 MB of a canvas. */
export const maxSide = 4_096
export const isSizeFine = (width: number, height: number): boolean => width > 0 && height > 0 && width <= maxSide && height <= maxSide

/** How one message is taken in parts: read whole, because it is looked at; or let through or dropped as it comes, however long. */
export type Part = { readonly read: number } | { readonly pass: number } | { readonly drop: number }
export type Parts = Generator<Part, never, Buffer>

/** Runs a reader of messages over bytes that come in any pieces. `onPass` is handed what is let through. Throws what the reader throws. */
export function createPartReader(parts: Parts, onPass: (bytes: Buffer) => void): (chunk: Buffer) => void {
  const nothing = Buffer.alloc(0)
  let held = nothing
  let part: Part = { read: 0 }
  let left = 0
  const next = (bytes: Buffer): void => {
    part = parts.next(bytes).value
    left = 'pass' in part ? part.pass : 0
    if ('drop' in part) left = part.drop
  }
  next(nothing)

  /** @returns the rest; null where more is needed */
  const takeWhole = (length: number, rest: Buffer): Buffer | null => {
    const all = held.length === 0 ? rest : Buffer.concat([held, rest])
    held = nothing
    if (all.length < length) {
      held = Buffer.from(all)
      return null
    }
    next(all.subarray(0, length))
    return all.subarray(length)
  }
  const takeStream = (rest: Buffer): Buffer | null => {
    const piece = rest.subarray(0, left)
    if ('pass' in part && piece.length > 0) onPass(piece)
    left -= piece.length
    if (left > 0) return null
    next(nothing)
    return rest.subarray(piece.length)
  }
  const isHungry = () => 'read' in part && part.read > 0

  return (chunk) => {
    let rest: Buffer | null = chunk
    while (rest !== null && (rest.length > 0 || !isHungry())) rest = 'read' in part ? takeWhole(part.read, rest) : takeStream(rest)
  }
}
