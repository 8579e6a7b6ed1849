import { z } from 'zod'

/** Longest text of keys in one message; a terminal in a page sends a few characters at a time. */
export const maxKeys = 4_096
export const pasteLimits = { characters: 65_536, lines: 2_000 } as const
/** Columns and rows a terminal may have: below 80 x 24 devices break their own lines, above these nobody reads. */
export const sizeLimits = { columns: { least: 80, most: 300 }, rows: { least: 10, most: 100 } } as const

/** What a page says about its terminal. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('keys'), data: z.string().min(1).max(maxKeys) }),
  z.strictObject({ type: z.literal('paste'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('paste-next') }),
  z.strictObject({ type: z.literal('paste-cancel') }),
  z.strictObject({ type: z.literal('break') }),
  z.strictObject({ type: z.literal('take') }),
  z.strictObject({ type: z.literal('resize'), columns: z.int(), rows: z.int() }),
])
export type ClientMessage = z.infer<typeof clientMessage>

/** Everything around the screen, told again whenever it changes; sentences are ready to be read. */
export interface TerminalStateMessage {
  readonly type: 'state'
  readonly line: 'waiting' | 'connecting' | 'open' | 'closed'
  /** Why nothing can be typed, or that all is well. */
  readonly lineText: string
  /** Who types: this viewer, another one, nobody; `watch` for a viewer that never may. */
  readonly typing: 'you' | 'other' | 'nobody' | 'watch'
  readonly typingText: string
  /** Since when the lab is being checked, in milliseconds before now; null when it is not. */
  readonly checkedForMs: number | null
  readonly paste: { readonly text: string; readonly sent: number; readonly total: number } | null
  /** Staff that looks on, as a sentence; null for nobody. */
  readonly watchersText: string | null
}

/** The output itself comes as binary frames of UTF-8; `screen` says that the next one is a whole picture for an empty terminal. */
export type ServerMessage =
  | TerminalStateMessage
  | { readonly type: 'screen'; readonly columns: number; readonly rows: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The last one, before the socket is closed with one of `closeCodes`. */
  | { readonly type: 'closed'; readonly text: string }

/** Why a socket is closed for good; the page does not come back by itself. */
export const closeCodes = { signedOut: 4001, labGone: 4002, tooMany: 4003, badMessage: 4004 } as const
