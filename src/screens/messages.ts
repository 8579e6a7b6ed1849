/** Told to a page as text, beside the picture, which comes and goes as binary frames of RFB; sentences are ready to be read. */
export type ScreenMessage =
  | {
      readonly type: 'state'
      readonly line: 'connecting' | 'open'
      readonly lineText: string
      /** What the viewer presses reaches the machine. */
      readonly takesInput: boolean
      readonly inputText: string
      /** Since when the lab is being checked, in milliseconds before now; null when it is not. */
      readonly checkedForMs: number | null
      /** Staff that looks on, as a sentence; null for nobody. */
      readonly watchersText: string | null
    }
  /** The last one, before the socket is closed. */
  | { readonly type: 'closed'; readonly text: string }

/** Why a socket is closed: for good, or `lost`, after which a page comes back by itself. */
export const closeCodes = { signedOut: 4001, labGone: 4002, tooMany: 4003, badMessage: 4004, lost: 1013 } as const
