/** One question to one device, with its answer. */
export interface AnswerView {
  readonly id: string
  readonly device: string
  /** With the prompt in front where it is known: "R1#show ip route". */
  readonly command: string
  readonly startedAt: string
  readonly tookMs: number
  readonly ended: 'prompt' | 'timeout' | 'closed' | 'cut'
  readonly exitCode: number | null
  /** The cleaned answer, one entry a line; marked are the lines that decided. */
  readonly lines: readonly { readonly text: string; readonly isMarked: boolean }[]
  /** For teachers: the bytes with control characters made visible; null where not kept or not theirs to see. */
  readonly raw: string | null
  readonly rawHref: string | null
  /** For teachers: the parsed facts as indented JSON. */
  readonly facts: string | null
}
