import type { Message } from '../../index.ts'

/** One plain sentence each. `why` is the finding in the student's words, `found` what was seen, as short as it can be. */
export interface ReasonSentences {
  readonly why: Message
  readonly found: Message
}

/** Everything that is said of one kind of check. */
export interface CheckWords {
  /**
   * The kind in the exercise editor: `sentence` names every parameter that is asked for in the sentence itself, `fields` labels each
   * parameter, `choices` words its values. A parameter that the sentence leaves out is shown after it.
   */
  readonly form: {
    readonly name: string
    readonly sentence: string
    readonly fields: Readonly<Record<string, string>>
    readonly choices?: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
  /** Why a criterion got its verdict, by reason code. `{device}` is the device that was asked. */
  readonly reasons: Readonly<Record<string, ReasonSentences>>
  /** What a criterion asks for, by the code that its module gives. */
  readonly expected: Readonly<Record<string, Message>>
}
