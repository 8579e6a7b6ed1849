import type { ConsoleLimits } from './contract.ts'
import { createEmulator, type Emulator } from './emulator.ts'
import { terminalSize } from './telnet-codec.ts'

/** What a person would see: whole lines above the cursor, and the cursor's own line up to the cursor. */
export interface Screen {
  /** Feeds bytes; resolves when they are applied. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Forgets everything (also a half-received control sequence) and stands behind `prefix`. */
  begin(prefix: string): Promise<void>
  tail(): string
  lines(from: number): string[]
  lineCount(): number
  /** More lines than the cap left the screen; the rest was not kept. */
  readonly overflowed: boolean
  dispose(): void
}

/**
 * Most of what devices print is plain lines, which need no emulation: they are split, and that is all. The first byte that is anything
 * else (a control sequence, a backspace, a CR that overwrites, a letter that is not ASCII) brings the emulator in, which is shown the
 * lines that would be on its screen and takes over until the next beginning.
 */
export function createScreen(limits: ConsoleLimits): Screen {
  const plain = createPlainLines(limits)
  let emulator: Emulator | undefined
  let isEmulated = false

  const handOver = async (bytes: Uint8Array | string) => {
    emulator ??= createEmulator(limits)
    isEmulated = true
    const { lines, open } = plain.taken()
    const onScreen = lines.slice(-(terminalSize.rows - 1))
    await emulator.restart(lines.slice(0, lines.length - onScreen.length))
    await emulator.write(onScreen.map((line) => `${line}\r\n`).join('') + open)
    await emulator.write(bytes)
  }
  const write = async (bytes: Uint8Array | string): Promise<void> => {
    if (isEmulated && emulator) return emulator.write(bytes)
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    if (!plain.take(text)) await handOver(bytes)
  }
  const shown = () => (isEmulated && emulator ? emulator : plain)
  return {
    write,
    begin: async (prefix) => {
      isEmulated = false
      plain.clear()
      await write(prefix)
    },
    tail: () => shown().tail(),
    lines: (from) => shown().lines(from),
    lineCount: () => shown().lineCount(),
    get overflowed() {
      return shown().overflowed
    },
    dispose: () => emulator?.dispose(),
  }
}

const plainText = /^[\x20-\x7e\r\n]*$/u
/** A CR or LF that does not end a line as most do. */
const oddEnd = /\r(?!\n)|(?<!\r)\n/u

/** Lines without a terminal: printable ASCII, each ended by CR LF; CRs that have nothing to overwrite do nothing. */
function createPlainLines(limits: ConsoleLimits) {
  let done: string[] = []
  let open = ''
  /** A CR came last: the cursor stands at the beginning of the open line. */
  let isReturned = false
  let overflowed = false

  /** Where the text ends lines; undefined when it does more than that. */
  const parse = (text: string): { parts: string[]; endsReturned: boolean } | undefined => {
    if (!plainText.test(text)) return undefined
    if (!isReturned && !oddEnd.test(text)) return { parts: text.split('\r\n'), endsReturned: false }
    const all = (isReturned ? `\r${text}` : text).split('\r\n')
    const last = all.length - 1
    const parts = all.map((part, index) => {
      const inner = index > 0 || open === '' ? part.replace(/^\r+/u, '') : part
      return index < last || inner !== '' ? inner.replace(/\r+$/u, '') : inner
    })
    if (parts.some((part) => /[\r\n]/u.test(part))) return undefined
    return { parts, endsReturned: (all[last] ?? '').endsWith('\r') }
  }
  return {
    /** @returns false when an emulator is needed; nothing was taken then */
    take: (text: string): boolean => {
      const parsed = parse(text)
      if (!parsed) return false
      for (const [index, part] of parsed.parts.entries()) {
        open += part
        if (index === parsed.parts.length - 1) break
        if (done.length < limits.answerLines) done.push(open)
        else overflowed = true
        open = ''
      }
      isReturned = parsed.endsReturned
      return true
    },
    taken: () => ({ lines: done, open: isReturned ? `${open}\r` : open }),
    clear: () => {
      done = []
      open = ''
      isReturned = false
      overflowed = false
    },
    tail: () => (isReturned ? '' : open),
    lines: (from: number) => done.slice(from),
    lineCount: () => done.length,
    get overflowed() {
      return overflowed
    },
  }
}
