import { describe, expect, it } from 'vitest'
import { createSecretBox } from '../../src/lib/secret-box.ts'

const box = createSecretBox('k'.repeat(32))

describe('a sealed secret', () => {
  it.each(['cisco', '', 'pãlavra-passe ✓'])('opens again as %j', (text) => {
    expect(box.open(box.seal(text, 'exercise/NAME'), 'exercise/NAME')).toBe(text)
  })

  it('does not show the text, and looks different each time', () => {
    const [one, other] = [box.seal('cisco', 'a'), box.seal('cisco', 'a')]
    expect(one).not.toBe(other)
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString()).not.toContain('cisco')
  })

  it('cannot be moved to another row, opened with another key or changed', () => {
    const sealed = box.seal('cisco', 'exercise-1/NAME')
    expect(() => box.open(sealed, 'exercise-2/NAME')).toThrow()
    expect(() => createSecretBox('j'.repeat(32)).open(sealed, 'exercise-1/NAME')).toThrow()
    const bytes = Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
    bytes[0] = (bytes[0] ?? 0) ^ 1
    expect(() => box.open([...sealed.split('.').slice(0, 2), bytes.toString('base64url')].join('.'), 'exercise-1/NAME')).toThrow()
  })

  it('of the key before still opens, and what is sealed now needs that key no more', () => {
    const old = createSecretBox('o'.repeat(32))
    const changing = createSecretBox('k'.repeat(32), 'o'.repeat(32))
    expect(changing.open(old.seal('cisco', 'a'), 'a')).toBe('cisco')
    expect(box.open(changing.seal('cisco', 'a'), 'a')).toBe('cisco')
    expect(() => changing.open(createSecretBox('x'.repeat(32)).seal('cisco', 'a'), 'a')).toThrow()
  })

  it.each(['', 'v1', 'v1..', 'v2.AAAA.AAAA', 'plain text'])('is not %j', (text) => {
    expect(() => box.open(text, 'a')).toThrow()
  })
})
