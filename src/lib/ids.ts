import { randomBytes, randomInt } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32: no letters that are read as digits

/** A new random id: 16 characters, 80 bits, safe in addresses and host names. */
export function newId(): string {
  let id = ''
  for (const byte of randomBytes(16)) id += alphabet[byte & 31]
  return id
}

/** A secret for a machine: 43 characters, 256 bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** A password for a person to type once: three groups of four, about 60 bits. */
export function newOneTimePassword(): string {
  const letters = alphabet.slice(2)
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group()].join('-')
}
