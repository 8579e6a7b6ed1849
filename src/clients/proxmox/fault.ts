import { AppError, type ErrorCode } from '../../errors.ts'
import type { Sentence } from '../../lib/sentence.ts'
import { type Classified, classify, type FaultClass, type Seen } from './classify.ts'

/** What was seen on the wire or at the end of a task, with its class; the `cause` of the AppError that callers get. */
export class ProxmoxFault extends Error {
  readonly seen: Seen
  readonly classified: Classified

  constructor(seen: Seen, cause?: unknown) {
    super(`${seen.where}: ${seen.text}`, { cause })
    this.name = 'ProxmoxFault'
    this.seen = seen
    this.classified = classify(seen)
  }
}

/** The one translation of what Proxmox said into our codes. */
export function faultError(seen: Seen, cause?: unknown): AppError {
  const fault = new ProxmoxFault(seen, cause)
  return new AppError(fault.classified.code, { cause: fault, details: { reason: seen.said ?? seen.text, status: seen.status ?? 0 } })
}

export const faultOf = (error: unknown): ProxmoxFault | undefined =>
  error instanceof AppError && error.cause instanceof ProxmoxFault ? error.cause : undefined

/** Class of an error of this gateway; `undefined` for all others (they are not ours to judge). */
export const classOf = (error: unknown): FaultClass | undefined => faultOf(error)?.classified.class

export const isClass = (error: unknown, ...classes: FaultClass[]): boolean => {
  const found = classOf(error)
  return found !== undefined && classes.includes(found)
}

export const plainError = (code: ErrorCode, reason: Sentence, cause?: unknown): AppError =>
  new AppError(code, { cause, details: { reason } })
