import type { Process } from '../../network/process.ts'
import type { VpcsTty } from './vpcs-tty.ts'

const [CTRL_C, LF, CR, BS, DEL, ESC] = [3, 10, 13, 8, 127, 27]
const MOST_HISTORY = 50

/** Lines entered before; shared by all who ever used the console. */
export interface History {
  readonly lines: string[]
}

interface LineState {
  text: string
  position: number
  /** Where the arrow keys are in the history. */
  browse: number
}

/**
 * VPCS's own line editor. Faithful to its flaw: a read is one key press, so whatever follows Enter in the same read is thrown away
 * (recorded: vpcs/typeahead, gns3_vpcs/vpcs-12-type-ahead-lost).
 */
export function* readVpcsLine(tty: VpcsTty, prompt: string, history: History): Process<string> {
  tty.print(prompt)
  const line: LineState = { text: '', position: 0, browse: history.lines.length }
  for (;;) {
    const keys = yield* tty.read()
    for (let index = 0; index < keys.length; ) {
      const byte = keys[index] ?? 0
      if (byte === LF || byte === CR) return enter(line, history)
      if (byte === CTRL_C) return ''
      if (byte === ESC && keys[index + 1] === 0x5b) {
        index += arrow(tty, line, history, keys.slice(index))
        continue
      }
      index += 1
      if (byte === BS || byte === DEL) erase(tty, line)
      else if (byte >= 32 && byte < 127) insert(tty, line, String.fromCharCode(byte))
    }
  }
}

function enter(line: LineState, history: History): string {
  const text = line.text.trim()
  if (text === '') return ''
  history.lines.push(text)
  if (history.lines.length > MOST_HISTORY) history.lines.shift()
  return text
}

function insert(tty: VpcsTty, line: LineState, key: string): void {
  const tail = line.text.slice(line.position)
  line.text = line.text.slice(0, line.position) + key + tail
  line.position += 1
  tty.print(key + tail + '\b'.repeat(tail.length))
}

function erase(tty: VpcsTty, line: LineState): void {
  if (line.position === 0) return
  const tail = line.text.slice(line.position)
  line.text = line.text.slice(0, line.position - 1) + tail
  line.position -= 1
  tty.print(`\b${tail} \b${'\b'.repeat(tail.length)}`)
}

/** Answers how many bytes the key had. */
function arrow(tty: VpcsTty, line: LineState, history: History, keys: readonly number[]): number {
  const key = String.fromCharCode(keys[2] ?? 0)
  if (key === 'A' || key === 'B') browse(tty, line, history, key === 'A' ? -1 : 1)
  if (key === 'C' && line.position < line.text.length) tty.print(line.text[line.position++] ?? '')
  if (key === 'D' && line.position > 0) {
    line.position -= 1
    tty.print('\b')
  }
  return 3
}

function browse(tty: VpcsTty, line: LineState, history: History, step: number): void {
  const next = line.browse + step
  if (next < 0 || next > history.lines.length) return
  line.browse = next
  const shown = line.text
  line.text = history.lines[next] ?? ''
  line.position = line.text.length
  tty.print(' '.repeat(0) + '\b \b'.repeat(shown.length) + line.text)
}
