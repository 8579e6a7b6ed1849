import type { LeaveStep } from './contract.ts'
import type { ConsoleStream } from './stream.ts'

/** How far a program has been left. */
export interface Leaving {
  /** Steps that were typed. */
  left: number
  /** Lines there were when the last one was typed. */
  leftAtLine: number
  /** The line that the first was typed for; what came behind it is the other host's, or ours. */
  leftFor: number | undefined
}

type Stream = Pick<ConsoleStream, 'lines' | 'lineCount' | 'tail' | 'send'>

/** Types the next step when a line asks for it; optional ones may be passed over. @returns true when the answer may be over */
export function leaveStep(stream: Stream, steps: readonly LeaveStep[], state: Leaving): boolean {
  const shown = [...stream.lines(state.leftAtLine), stream.tail()]
  const next = steps[state.left]
  const at = next === undefined ? -1 : shown.findIndex((line) => next.when.test(line))
  if (next !== undefined && at >= 0) {
    state.leftFor ??= state.leftAtLine + at
    state.left += 1
    state.leftAtLine = stream.lineCount()
    stream.send(next.send)
    return false
  }
  return mayBeOver(stream, steps, state)
}

/** A prompt counts where nothing had to be left, or after all that has to be typed, on a line of its own. */
export function mayBeOver(
  stream: Pick<Stream, 'lineCount'>,
  steps: readonly LeaveStep[],
  { left, leftAtLine }: Omit<Leaving, 'leftFor'>,
): boolean {
  if (left === 0) return true
  return steps.slice(left).every(({ optional }) => optional === true) && stream.lineCount() > leftAtLine
}
