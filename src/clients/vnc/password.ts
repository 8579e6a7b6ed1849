import { createCipheriv } from 'node:crypto'

/** VNC takes the bits of each byte of a password in the other order. */
const mirrored = (byte: number): number => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2)

/**
 * The answer to a server's challenge (RFC 6143, 7.2.2): DES with the first eight characters of the password. Three times the same key
 * makes single DES of the triple one, which OpenSSL still has.
 */
export function answerChallenge(challenge: Buffer, password: string): Buffer {
  const key = Buffer.from([...Buffer.concat([Buffer.from(password, 'latin1'), Buffer.alloc(8)]).subarray(0, 8)].map(mirrored))
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}
