import { expect } from 'vitest'
import type { SentenceValue } from '../../src/lib/sentence.ts'
import { createTranslator } from '../../src/strings/index.ts'

const t = createTranslator()

/** A value of an error in words: a text as it is, a sentence of the catalogue as people read it. */
export const inWords = (value: SentenceValue | undefined): string => t('quoted', { text: value ?? '' })

/** Matches a value of an error by its words. */
export const saying = (pattern: RegExp | string): unknown =>
  expect.toSatisfy((value: SentenceValue) =>
    typeof pattern === 'string' ? inWords(value).includes(pattern) : pattern.test(inWords(value)),
  )
