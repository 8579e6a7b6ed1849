import { constants, createDeflate } from 'node:zlib'
import { screenSize } from './text-screen.ts'

const side = 64

/** A tile of one colour, or all its points: three bytes each, red first. */
function tile(points: Uint32Array, left: number, top: number, width: number, height: number): Buffer {
  const colours: number[] = []
  for (let y = top; y < top + height; y += 1)
    for (let x = left; x < left + width; x += 1) colours.push(points[y * screenSize.width + x] ?? 0)
  const isPlain = colours.every((colour) => colour === colours[0])
  const shown = isPlain ? colours.slice(0, 1) : colours
  return Buffer.from([isPlain ? 1 : 0, ...shown.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])])
}

/** Packs bands of the whole width as ZRLE (RFC 6143, 7.7.6), one stream for a connection. */
export function createZrle() {
  const deflate = createDeflate()
  let packed: Buffer[] = []
  deflate.on('data', (chunk: Buffer) => packed.push(chunk))
  return {
    pack: (points: Uint32Array, height: number): Promise<Buffer> => {
      const tiles: Buffer[] = []
      for (let top = 0; top < height; top += side)
        for (let left = 0; left < screenSize.width; left += side)
          tiles.push(tile(points, left, top, Math.min(side, screenSize.width - left), Math.min(side, height - top)))
      return new Promise((resolve) => {
        deflate.write(Buffer.concat(tiles))
        deflate.flush(constants.Z_SYNC_FLUSH, () => {
          const bytes = Buffer.concat(packed)
          packed = []
          const length = Buffer.alloc(4)
          length.writeUInt32BE(bytes.length)
          resolve(Buffer.concat([length, bytes]))
        })
      })
    },
    end: (): void => {
      deflate.destroy()
    },
  }
}
