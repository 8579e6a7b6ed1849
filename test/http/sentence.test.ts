import { describe, expect, it } from 'vitest'
import { makeSentence, type SentenceField } from '../../src/http/sentence.ts'

const field = (name: string): SentenceField => ({
  name,
  label: name,
  control: 'text',
  hint: '',
  choices: [],
  placeholder: '',
  isRequired: true,
})
const inputOf = (name: string) => `criteria.0.params.${name}`

describe('makeSentence', () => {
  it('puts controls where the sentence names their fields', () => {
    const parts = makeSentence('{device} pings {to} twice', [field('device'), field('to')], { to: '10.0.0.1' }, inputOf)
    expect(parts.map((part) => (part.kind === 'words' ? part.words : `${part.input}=${part.value}`))).toEqual([
      'criteria.0.params.device=',
      'pings',
      'criteria.0.params.to=10.0.0.1',
      'twice',
    ])
  })

  it('keeps a field that the sentence does not name as an extra, so that no parameter is lost', () => {
    const parts = makeSentence('{device} answers', [field('device'), field('size')], {}, inputOf)
    expect(parts.at(-1)).toMatchObject({ kind: 'extra', input: 'criteria.0.params.size' })
  })

  it('leaves braces that name no field as words, and shows a field once', () => {
    const parts = makeSentence('{device} says {hello} to {device}', [field('device')], {}, inputOf)
    expect(parts.filter((part) => part.kind === 'field')).toHaveLength(1)
    expect(parts.filter((part) => part.kind === 'words').map((part) => part.words)).toContain('{hello}')
  })
})
