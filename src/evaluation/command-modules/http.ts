import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { isRegex } from '../../lib/bounded-regex.ts'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { type FailureClass, fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** `rejected` is an ICMP error, `unsent` = the device itself could not send, `unconnected` = it did not say why. */
export type HttpOutcome =
  | 'answered'
  | 'name'
  | 'refused'
  | 'silent'
  | 'rejected'
  | 'unsent'
  | 'unconnected'
  | 'tls'
  | 'empty'
  | 'redirects'
  | 'cut'

export interface HttpFacts {
  readonly outcome: HttpOutcome
  /** Of the last answer. */
  readonly status: number | null
  readonly redirects: number | null
  /** Of the last answer, names in lower case; null where they are not shown. */
  readonly headers: readonly { readonly name: string; readonly value: string }[] | null
  /** As the program measured it; null where it does not. */
  readonly seconds: number | null
  /** With the way to the device and back. */
  readonly atMostSeconds: number
  /** The first 2 kB; null where the program does not show it. */
  readonly body: string | null
  /** Null where nothing is asked for, or where the body was cut before it showed. */
  readonly bodyMatches: boolean | 'too-slow' | null
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/i.test(text) || !URL.canParse(text)) return false
  const { username, password, hostname } = new URL(text)
  return username === '' && password === '' && hostname !== ''
}

export const httpParams = z
  .strictObject({
    url: z.string().max(500).refine(isHttpUrl, { error: 'exerciseProblems.url' }),
    method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']).default('GET'),
    status: z.int().min(100).max(599).default(200),
    bodyContains: z.string().min(1).max(1_000).optional(),
    bodyRegex: z
      .string()
      .min(1)
      .max(1_000)
      .refine((pattern) => isRegex(pattern), { error: 'exerciseProblems.regex' })
      .optional(),
    /** `Location: /login`, or a name alone. */
    header: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,63}(?:: ?[^\p{Cc}]{0,500})?$/u, { error: 'exerciseProblems.headerLine' })
      .optional(),
    maxMs: z.int().min(1).max(10_000).optional(),
    /** Whether the certificate must be one that the device trusts. */
    tls: z.enum(['ignore', 'verify']).default('ignore'),
    redirect: z.enum(['follow', 'no']).default('follow'),
  })
  .refine(({ method, bodyContains, bodyRegex }) => method !== 'HEAD' || (bodyContains === undefined && bodyRegex === undefined), {
    error: 'exerciseProblems.noBodyOfHead',
    path: ['method'],
  })
export type HttpParams = z.infer<typeof httpParams>

/** Host and port of a URL; the host's brackets removed. */
export function endpointOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host: isIPv6(host) ? host : hostname, port: port === '' ? ({ 'http:': 80, 'https:': 443 }[protocol] ?? 80) : Number(port) }
}

const outcomes: Readonly<Record<Exclude<HttpOutcome, 'answered'>, readonly [string, FailureClass]>> = {
  name: ['HTTP_NAME_UNKNOWN', 'unreachable'],
  refused: ['HTTP_REFUSED', 'absent'],
  silent: ['HTTP_SILENT', 'unreachable'],
  rejected: ['HTTP_REJECTED', 'unreachable'],
  unsent: ['HTTP_UNSENT', 'unreachable'],
  unconnected: ['HTTP_UNCONNECTED', 'unreachable'],
  tls: ['HTTP_TLS', 'wrong-value'],
  empty: ['HTTP_EMPTY', 'wrong-value'],
  redirects: ['HTTP_REDIRECTS', 'wrong-value'],
  cut: ['HTTP_BROKEN_OFF', 'wrong-value'],
}

type Finding = Judgement | undefined

function judgeHeader({ headers }: HttpFacts, { header }: HttpParams, data: ReasonData): Finding {
  if (header === undefined) return undefined
  if (headers === null) return inconclusive('HTTP_HEADERS_HIDDEN', 'exercise', data)
  const [name = '', ...rest] = header.split(':')
  const wanted = rest.join(':').trim()
  const own = headers.filter((one) => one.name === name.toLowerCase()).map(({ value }) => value)
  if (own.length === 0) return fail('HTTP_HEADER_ABSENT', 'absent', { ...data, header: name })
  // `text/html; charset=utf-8` is `text/html` with a parameter
  const isRight = wanted === '' || own.some((value) => value === wanted || value.split(';')[0]?.trim() === wanted)
  return isRight ? undefined : fail('HTTP_OTHER_HEADER', 'wrong-value', { ...data, header: name, value: own.join(', ') })
}

function judgeBody({ body, bodyMatches }: HttpFacts, { bodyContains, bodyRegex }: HttpParams, data: ReasonData): Finding {
  if (bodyContains === undefined && bodyRegex === undefined) return undefined
  if (bodyMatches === 'too-slow') return inconclusive('HTTP_REGEX_TOO_SLOW', 'exercise', data)
  if (bodyMatches === null) return inconclusive('HTTP_BODY_HIDDEN', 'lab', data)
  return bodyMatches ? undefined : fail('HTTP_OTHER_BODY', 'wrong-value', { ...data, body: (body ?? '').slice(0, 200) })
}

function judgeTime({ seconds, atMostSeconds }: HttpFacts, { maxMs }: HttpParams, data: ReasonData): Finding {
  if (maxMs === undefined || Math.min(seconds ?? atMostSeconds, atMostSeconds) * 1_000 <= maxMs) return undefined
  if (seconds === null) return inconclusive('HTTP_TIME_UNKNOWN', 'infrastructure', data)
  return fail('HTTP_TOO_SLOW', 'too-late', { ...data, milliseconds: Math.round(seconds * 1_000), maxMs })
}

/** A web page as a device sees it: status, headers, text, time. */
export const http = defineCommandModule<HttpFacts>()({
  name: 'http',
  layer: 'service',
  params: httpParams,
  defaultWithinSeconds: 10,
  // a second program is tried where the first is not there
  roundSeconds: () => 15,
  isNegative: () => false,
  expected: ({ url, status }) => ({ code: 'HTTP_STATUS', data: { url, status } }),
  judge: (rounds, params) => {
    const facts = lastRound(rounds)
    const { url } = params
    if (facts.outcome !== 'answered') {
      const [code, failureClass] = outcomes[facts.outcome]
      return fail(code, failureClass, { url, host: endpointOf(url).host, port: endpointOf(url).port })
    }
    const data: ReasonData = { url, status: facts.status }
    if (facts.status !== params.status) return fail('HTTP_OTHER_STATUS', 'wrong-value', { ...data, wanted: params.status })
    const finding = judgeHeader(facts, params, data) ?? judgeBody(facts, params, data) ?? judgeTime(facts, params, data)
    return finding ?? pass('HTTP_ANSWERED', data)
  },
})
