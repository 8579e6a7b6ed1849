import { z } from 'zod'

/**
 * Something to be said that is not in words yet: a key of the string catalogue and the values of its placeholders. Plain JSON, so that
 * it can be stored, and turned into words where a person reads it, in the reader's language. A value may be a sentence itself.
 */
export interface Sentence {
  readonly key: string
  readonly values?: SentenceValues | undefined
}
export type SentenceValue = string | number | boolean | Sentence | readonly (string | number | Sentence)[]
export type SentenceValues = Readonly<Record<string, SentenceValue>>

/** @param key dotted, such as `exerciseProblems.vlanId`; a test looks up every one that stands in the sources */
export const say = (key: string, values?: SentenceValues): Sentence => (values === undefined ? { key } : { key, values })

/** What others wrote (a YAML parser, the operating system, Proxmox) and we hand on as it is. */
export const quote = (text: string): Sentence => say('quoted', { text })

const valueSchema: z.ZodType<SentenceValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), sentenceSchema, z.array(z.union([z.string(), z.number(), sentenceSchema]))]),
)

/** Values of a sentence as they were stored. */
export const sentenceValuesSchema: z.ZodType<SentenceValues> = z.record(z.string(), valueSchema)

const sentenceSchema: z.ZodType<Sentence> = z.object({ key: z.string(), values: sentenceValuesSchema.optional() })
