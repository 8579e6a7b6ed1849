import { crc32 } from 'node:zlib'

export interface HostileEntry {
  readonly name: string
  readonly content?: Buffer
  /** Of the file's kind and rights, as Unix has them: 0o120777 is a symbolic link. */
  readonly mode?: number
  /** What the archive says of its size, whatever is in it. */
  readonly claims?: number
  readonly flags?: number
}

const header = (signature: number, fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer => {
  const all = [[4, signature] as const, ...fields]
  const buffer = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0))
  let at = 0
  for (const [bytes, value] of all) {
    if (bytes === 2) buffer.writeUInt16LE(value, at)
    else buffer.writeUInt32LE(value, at)
    at += bytes
  }
  return buffer
}

/** An archive as no honest program writes it: names and sizes stand in it as they are given. */
export function hostileZip(entries: readonly HostileEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content = Buffer.from('x'), mode = 0o100644, claims = content.length, flags = 0 } of entries) {
    const text = Buffer.from(name)
    const common = [
      ...([
        [2, 20],
        [2, flags],
        [2, 0],
        [2, 0],
        [2, 0x21],
      ] as const),
      ...([
        [4, crc32(content)],
        [4, content.length],
        [4, claims],
        [2, text.length],
        [2, 0],
      ] as const),
    ] as const
    const local = Buffer.concat([header(0x04034b50, common), text, content])
    directory.push(header(0x02014b50, [[2, 0x0314], ...common, [2, 0], [2, 0], [2, 0], [4, (mode << 16) >>> 0], [4, offset]]), text)
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = header(0x06054b50, [
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, central.length],
    [4, offset],
    [2, 0],
  ])
  return Buffer.concat([...parts, central, end])
}
