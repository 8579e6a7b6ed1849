import { hasDot } from './font.ts'

/** A screen of characters as a graphics card shows it: 80 x 25 in cells of 8 x 16 points. */
const columns = 80
const rows = 25
const cell = { width: 8, height: 16 } as const
export const screenSize = { width: columns * cell.width, height: rows * cell.height } as const

const colours = { paper: 0x0f141b, ink: 0xe6ebf2, cursor: 0xf2c14e, pointer: 0x56d4dd, pressed: 0xff7b72 } as const

export interface Pointer {
  readonly x: number
  readonly y: number
  readonly isPressed: boolean
}

/**
 * What a device prints, drawn: line feeds, tabs and backspaces are followed, of escape sequences only those that erase and go home.
 * The pointer is a cross, of another colour while a button is held, so that one sees that it arrives.
 */
export function createTextScreen() {
  let lines = Array.from({ length: rows }, () => Buffer.alloc(columns, 32))
  let at = { column: 0, row: 0 }
  let pointer: Pointer | null = null
  let begun: string | null = null
  let version = 1
  const changedAt = Array.from({ length: rows }, () => 1)
  const listeners = new Set<() => void>()

  const touch = (row: number): void => {
    if (row >= 0 && row < rows) changedAt[row] = version
  }
  const touchAll = (): void => {
    for (let row = 0; row < rows; row += 1) touch(row)
  }
  const feed = (): void => {
    if (at.row < rows - 1) {
      at = { ...at, row: at.row + 1 }
      return
    }
    lines = [...lines.slice(1), Buffer.alloc(columns, 32)]
    touchAll()
  }
  const put = (character: number): void => {
    if (at.column >= columns) {
      at = { ...at, column: 0 }
      feed()
    }
    lines[at.row]?.writeUInt8(character, at.column)
    at = { ...at, column: at.column + 1 }
  }
  const follow = (sequence: string): void => {
    const line = lines[at.row]
    if (sequence.endsWith('K')) line?.fill(32, Math.min(at.column, columns - 1))
    if (sequence.endsWith('H')) at = { column: 0, row: 0 }
    if (!sequence.endsWith('J')) return
    for (const one of lines) one.fill(32)
    touchAll()
  }
  const take = (byte: number): void => {
    if (begun !== null) {
      begun += String.fromCharCode(byte)
      const isOver = begun.length > 1 ? byte >= 64 && byte < 127 : begun !== '['
      if (isOver) follow(begun)
      if (isOver || begun.length > 30) begun = null
      return
    }
    if (byte === 27) begun = ''
    else if (byte === 10) feed()
    else if (byte === 13) at = { ...at, column: 0 }
    else if (byte === 8) at = { ...at, column: Math.max(0, at.column - 1) }
    else if (byte === 9) at = { ...at, column: Math.min(columns - 1, (Math.floor(at.column / 8) + 1) * 8) }
    else if (byte >= 32 && byte < 127) put(byte)
  }
  const changed = (): void => {
    version += 1
    for (const listener of [...listeners]) listener()
  }

  const pointOf = (x: number, y: number): number => {
    if (pointer && ((Math.abs(x - pointer.x) <= 6 && y === pointer.y) || (Math.abs(y - pointer.y) <= 6 && x === pointer.x)))
      return pointer.isPressed ? colours.pressed : colours.pointer
    const [column, row] = [Math.floor(x / cell.width), Math.floor(y / cell.height)]
    const [dx, dy] = [x % cell.width, y % cell.height]
    if (column === at.column && row === at.row && dy >= 13) return colours.cursor
    const isInk = dx >= 1 && dx <= 5 && hasDot(lines[row]?.[column] ?? 32, dx - 1, dy >> 1)
    return isInk ? colours.ink : colours.paper
  }

  return {
    write: (bytes: Uint8Array): void => {
      touch(at.row)
      for (const byte of bytes) {
        take(byte)
        touch(at.row)
      }
      changed()
    },
    point: (next: Pointer): void => {
      for (const one of [pointer, next]) {
        const row = Math.floor((one?.y ?? 0) / cell.height)
        for (const near of [row - 1, row, row + 1]) touch(near)
      }
      pointer = next
      changed()
    },
    /** What is written there, for who cannot look. */
    text: (): string =>
      lines
        .map((line) => line.toString('latin1').trimEnd())
        .join('\n')
        .trimEnd(),
    version: (): number => version,
    /** Bands of the picture that changed since a version, as places from the top. */
    changedSince: (since: number): { y: number; height: number }[] =>
      changedAt.flatMap((one, row) => (one >= since ? [{ y: row * cell.height, height: cell.height }] : [])),
    /** Points of a band as 0xRRGGBB, row by row. */
    points: (y: number, height: number): Uint32Array =>
      Uint32Array.from({ length: screenSize.width * height }, (_, index) =>
        pointOf(index % screenSize.width, y + Math.floor(index / screenSize.width)),
      ),
    onChange: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type TextScreen = ReturnType<typeof createTextScreen>
