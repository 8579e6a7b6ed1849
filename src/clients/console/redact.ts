import type { Redaction } from './contract.ts'

export interface Redactor {
  text(text: string): string
  /** The very same where there is nothing to replace. */
  bytes(bytes: Buffer): Buffer
}

const escapeForPattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&')

/**
 * Replaces each secret by `[secret NAME]`, longest first. In raw bytes a secret may carry readline's wrap artefact
 * (`c CR c` at the edge of an 80-column terminal: capture frr/long_line), which is allowed for.
 */
export function createRedactor(secrets: readonly Redaction[]): Redactor {
  const ordered = secrets.filter((secret) => secret.value !== '').sort((a, b) => b.value.length - a.value.length)
  const rules = ordered.map(({ name, value }) => ({
    value,
    replacement: `[secret ${name}]`,
    wrapped: new RegExp(
      Array.from(
        Buffer.from(value, 'utf8').toString('latin1'),
        (char) => `${escapeForPattern(char)}(?:\\r${escapeForPattern(char)})?`,
      ).join(''),
      'gu',
    ),
  }))
  return {
    text: (text) => rules.reduce((done, rule) => done.replaceAll(rule.value, rule.replacement), text),
    bytes: (bytes) => {
      if (rules.length === 0) return bytes
      const latin1 = bytes.toString('latin1')
      return Buffer.from(
        rules.reduce((done, rule) => done.replace(rule.wrapped, () => rule.replacement), latin1),
        'latin1',
      )
    },
  }
}
