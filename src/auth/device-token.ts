import { createHmac, timingSafeEqual } from 'node:crypto'
import { newSecret } from '../lib/ids.ts'

const sign = (secret: string, device: string, username: string): Buffer =>
  createHmac('sha256', secret).update(`device ${device} ${username.toLowerCase()}`).digest()

/** What a browser keeps that has signed in to this account: says nothing, and lets nobody in. */
export function makeDeviceToken(secret: string, username: string): string {
  const device = newSecret()
  return `${device}.${sign(secret, device, username).toString('base64url')}`
}

/** The device of a token that was made for this account; null for any other. */
export function readDeviceToken(secret: string, token: string | undefined, username: string): string | null {
  const [device = '', signature = ''] = token?.split('.') ?? []
  const given = Buffer.from(signature, 'base64url')
  const expected = sign(secret, device, username)
  return device !== '' && given.length === expected.length && timingSafeEqual(given, expected) ? device : null
}
