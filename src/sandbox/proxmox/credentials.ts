import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Caller } from './access.ts'
import { unauthorised } from './api-error.ts'
import type { Cluster } from './state.schemas.ts'

/** Tickets and CSRF tokens live two hours (AccessControl.pm); their age is real time, whatever the speed. */
const lifetimeSeconds = 7_200

const sign = (cluster: Cluster, content: string): string =>
  createHmac('sha256', cluster.authKey).update(content).digest('base64').replace(/=+$/, '')
const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
const stamp = (seconds: number): string => seconds.toString(16).toUpperCase().padStart(8, '0')

export const hashPassword = (cluster: Cluster, user: string, password: string): string => sign(cluster, `password:${user}:${password}`)

/** `PVE:user@realm:HEXTIME::SIGNATURE` and the CSRF token made with it. */
export function issueTicket(cluster: Cluster, user: string, seconds: number): { ticket: string; CSRFPreventionToken: string } {
  const plain = `PVE:${user}:${stamp(seconds)}`
  return {
    ticket: `${plain}::${sign(cluster, plain)}`,
    CSRFPreventionToken: `${stamp(seconds)}:${sign(cluster, `csrf:${user}:${stamp(seconds)}`)}`,
  }
}

const isFresh = (hexTime: string, seconds: number): boolean => {
  const age = seconds - Number.parseInt(hexTime, 16)
  return age >= -300 && age <= lifetimeSeconds
}

/** The user of a valid ticket, or undefined. */
export function readTicket(cluster: Cluster, ticket: string, seconds: number): string | undefined {
  const match = /^(PVE:([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket)
  if (!match) return undefined
  const [, plain = '', user = '', time = '', signature = ''] = match
  if (!same(signature, sign(cluster, plain)) || !isFresh(time, seconds)) return undefined
  return isEnabled(cluster, user, seconds) ? user : undefined
}

function isCsrfToken(cluster: Cluster, user: string, value: string, seconds: number): boolean {
  const [time = '', signature = ''] = value.split(':')
  return /^[0-9A-F]{8}$/.test(time) && isFresh(time, seconds) && same(signature, sign(cluster, `csrf:${user}:${time}`))
}

export function isEnabled(cluster: Cluster, user: string, seconds: number): boolean {
  const found = cluster.users[user]
  return found !== undefined && found.enable === 1 && (found.expire === 0 || found.expire > seconds)
}

function readToken(cluster: Cluster, header: string, seconds: number): Caller | undefined {
  const match = /^PVEAPIToken[= ]([^!]+)!([^=]+)=(.+)$/.exec(header)
  if (!match) return undefined
  const [, user = '', token = '', secret = ''] = match
  const known = cluster.tokens[`${user}!${token}`]
  if (!known || !same(known.secret, secret) || !isEnabled(cluster, user, seconds)) return undefined
  if (known.expire !== 0 && known.expire <= seconds) return undefined
  return { user, token }
}

export interface Presented {
  readonly method: string
  readonly cookie: string | undefined
  readonly authorization: string | undefined
  readonly csrf: string | undefined
}

const ticketOf = (presented: Presented): string | undefined => {
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]+)/.exec(presented.cookie ?? '')?.[1]
  const header = /^PVEAuthCookie=(.+)$/.exec(presented.authorization ?? '')?.[1]
  const found = cookie ?? header
  return found === undefined ? undefined : decodeURIComponent(found)
}

/** Who asks. A cookie wins over a token. @throws ApiError 401 without a body */
export function authenticate(cluster: Cluster, presented: Presented, seconds: number): Caller {
  const ticket = ticketOf(presented)
  if (ticket !== undefined) {
    const user = readTicket(cluster, ticket, seconds)
    if (user === undefined) throw unauthorised('Authentication failed!')
    if (presented.method !== 'GET' && !isCsrfToken(cluster, user, presented.csrf ?? '', seconds)) {
      throw unauthorised('Permission denied - invalid csrf token')
    }
    return { user }
  }
  if (!presented.authorization?.startsWith('PVEAPIToken')) throw unauthorised('No ticket')
  const caller = readToken(cluster, presented.authorization, seconds)
  if (!caller) throw unauthorised('Authentication failed!')
  return caller
}

/** What the ticket of a VNC port is good for. */
interface VncPort {
  readonly user: string
  readonly path: string
  readonly port: number
}

const vncPlain = (time: string, { user, path, port }: VncPort): string => `PVEVNC:${time}:${user}:${path}:${port}`

export const issueVncTicket = (cluster: Cluster, about: VncPort, seconds: number): string =>
  `PVEVNC:${stamp(seconds)}::${sign(cluster, vncPlain(stamp(seconds), about))}`

/** Good from 20 s before to 40 s after its time, for its user, VM and port alone. */
export function isVncTicket(cluster: Cluster, ticket: string, about: VncPort, seconds: number): boolean {
  const [, time = '', signature = ''] = /^PVEVNC:([0-9A-F]{8})::(.+)$/.exec(ticket) ?? []
  const age = seconds - Number.parseInt(time, 16)
  return time !== '' && age >= -20 && age <= 40 && same(signature, sign(cluster, vncPlain(time, about)))
}

/** True for the right password, or a ticket of that user that still holds. */
export function isPassword(cluster: Cluster, user: string, password: string, seconds: number): boolean {
  if (!isEnabled(cluster, user, seconds)) return false
  if (readTicket(cluster, password, seconds) === user) return true
  const hash = cluster.users[user]?.passwordHash
  return hash !== undefined && same(hash, hashPassword(cluster, user, password))
}

export const newSecret = (): string => randomUUID()
