import { expect, it } from 'vitest'
import { en } from '../../src/strings/en/index.ts'
import type { Message, Messages } from '../../src/strings/index.ts'
import { pt } from '../../src/strings/pt/index.ts'

const isMessage = (entry: Message | Messages): entry is Message => typeof entry === 'string' || typeof entry.one === 'string'

/** Every sentence by its key; forms of the plural as `key.one` and `key.other`. */
function sentences(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([name, entry]): [string, string][] => {
    if (typeof entry === 'string') return [[`${prefix}${name}`, entry]]
    if (isMessage(entry))
      return [
        [`${prefix}${name}.one`, entry.one],
        [`${prefix}${name}.other`, entry.other],
      ]
    return sentences(entry, `${prefix}${name}.`)
  })
}

const placeholders = (sentence: string): string[] => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort()

const english = new Map(sentences(en))
const portuguese = new Map(sentences(pt))

it('has every sentence in every language, and none that only one has', () => {
  expect([...english.keys()].filter((key) => !portuguese.has(key))).toEqual([])
  expect([...portuguese.keys()].filter((key) => !english.has(key))).toEqual([])
})

it('puts the same values into a sentence, whatever the language', () => {
  // the singular may say the number in words
  const differing = [...english].filter(([key, sentence]) => {
    const [here, there] = [placeholders(sentence), placeholders(portuguese.get(key) ?? '')]
    const isAllowed =
      key.endsWith('.one') && [...here, ...there].every((name) => name === '{count}' || (here.includes(name) && there.includes(name)))
    return !isAllowed && here.join() !== there.join()
  })
  expect(differing.map(([key]) => key)).toEqual([])
})

it('leaves no sentence of more than a few words as it is in English, but those of the shell', () => {
  const untranslated = [...english].filter(([key, sentence]) => {
    const words = sentence.replace(/\{\w+\}/g, '').match(/[A-Za-z]{2,}/g) ?? []
    return words.length > 4 && !key.startsWith('commands.') && portuguese.get(key) === sentence
  })
  expect(untranslated.map(([key]) => key)).toEqual([])
})
