import { describe, expect, it } from 'vitest'
import { say } from '../../src/lib/sentence.ts'
import { createTranslator, hasMessage, sentenceText } from '../../src/strings/index.ts'

const t = createTranslator()

describe('a translator', () => {
  it('puts values into a sentence, the same one as often as it is named', () => {
    expect(t('errors.WORK_VM_STATE', { state: 'starting' })).toBe('The lab is starting, so this cannot be done now.')
  })

  it('keeps the placeholder of a value that is missing, so that a test sees it', () => {
    expect(t('errors.WORK_VM_STATE')).toContain('{state}')
    expect(t('errors.WORK_VM_STATE', { state: null })).toContain('{state}')
  })

  it('does not look into a value: what a device or a person wrote is no placeholder', () => {
    expect(t('errors.PROXMOX_REFUSED', { reason: '{state} $& $1', state: 'x' })).toBe('Proxmox refused: {state} $& $1')
  })

  it('puts a sentence that is a value into words too, and a list with commas', () => {
    const known = [say('shapes.atLeast', { value: 3 }), 'PC2', 7]
    expect(t('quoted', { text: known })).toBe('must be at least 3, PC2, 7')
  })

  it('shows a sentence that another version stored by its key', () => {
    expect(sentenceText(say('gone.by'), t)).toBe('gone.by')
    expect(t('quoted', { text: say('gone.by') })).toBe('gone.by')
  })

  it.each([
    [0, '0 students were enrolled.'],
    [1, '1 student was enrolled.'],
    [2, '2 students were enrolled.'],
  ])('chooses the plural form for %i', (count, sentence) => {
    expect(t('flash.enrolled', { count })).toBe(sentence)
  })

  it.each(['errors.NOBODY', 'errors', 'errors.NOT_FOUND.more', 'toString', 'errors.constructor', ''])(
    'throws for %j, which is no sentence',
    (key) => {
      expect(hasMessage(key)).toBe(false)
      expect(() => t(key)).toThrow('no message')
    },
  )
})
