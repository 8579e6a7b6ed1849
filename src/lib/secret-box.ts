import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts short texts at rest: AES-256-GCM under a key that is not in the database. */
export interface SecretBox {
  /** @param context what the text belongs to; a ciphertext opens only with the same (it cannot be moved to another row) */
  seal(text: string, context: string): string
  /** @throws Error when it was sealed with another key or context, or changed */
  open(sealed: string, context: string): string
}

const version = 'v1'

const deriveKey = (secretKey: string): Buffer => Buffer.from(hkdfSync('sha256', secretKey, '', 'netpraxis secrets at rest', 32))

/** @param previousKey still opens what it sealed, while the key is being changed; nothing new is sealed with it */
export function createSecretBox(secretKey: string, previousKey?: string): SecretBox {
  const present = createBox(deriveKey(secretKey))
  if (previousKey === undefined) return present
  const previous = createBox(deriveKey(previousKey))
  return {
    seal: present.seal,
    open: (sealed, context) => {
      try {
        return present.open(sealed, context)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        return previous.open(sealed, context)
      }
    },
  }
}

function createBox(key: Buffer): SecretBox {
  return {
    seal: (text, context) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${nonce.toString('base64url')}.${body.toString('base64url')}`
    },
    open: (sealed, context) => {
      const [found, nonce = '', body = ''] = sealed.split('.')
      const bytes = Buffer.from(body, 'base64url')
      if (found !== version || bytes.length < 16) throw new Error('not a sealed secret')
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(bytes.length - 16))
      return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - 16)), decipher.final()]).toString('utf8')
    },
  }
}
