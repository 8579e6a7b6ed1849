import { matchOne } from '../../../lib/bounded-regex.ts'
import { isAddress } from '../../addresses.ts'
import { endpointOf, type HttpFacts, type HttpOutcome, type HttpParams, http } from '../../command-modules/http.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { readBase64 } from './base64.ts'
import { askFirst, shellWord, type Way } from './programs.ts'
import { probeTcp } from './tcp-port.ts'

const capBytes = 64 * 1024
const shownLength = 2_000
const seconds = 10
const options = { timeoutMs: 40_000 }

/**
 * The program's own messages come first, then its exit status, then what it fetched, as base64: a page may hold anything, also what
 * looks like a prompt. `cat` takes what is above the cap, so that the program ends by itself.
 */
const wrapped = (program: string): string =>
  `( b=$({ ${program}; echo "np-exit $?" >&2; } | { head -c ${capBytes} | base64; cat >/dev/null; }); echo "$b" )`

interface Fetched {
  readonly said: readonly string[]
  readonly exit: number
  readonly bytes: Buffer
}

function readWrapped(answer: Observation): Fetched | undefined {
  const lines = linesOf(answer)
  const at = lines.findIndex((line) => /^np-exit \d+$/.test(line))
  const bytes = readBase64(lines.slice(at + 1).join('\n'))
  if (at === -1 || bytes === undefined) return undefined
  return { said: lines.slice(0, at), exit: Number(lines[at]?.split(' ')[1]), bytes }
}

const isOther = (answer: Observation): boolean =>
  /^np-exit 127$/m.test(answer.text) ||
  (/(?:unrecognized|invalid|is unknown) ?option|option .* is unknown/m.test(answer.text) && !/^np-exit 0$/m.test(answer.text))

type Page = Pick<HttpFacts, 'status' | 'redirects' | 'headers' | 'seconds'> & { readonly body: Buffer | null; readonly isCut: boolean }

const headersIn = (lines: readonly string[]): NonNullable<HttpFacts['headers']> =>
  lines.flatMap((line) => {
    const [, name, value = ''] = /^([\w-]+):\s*(.*)$/.exec(line.trim()) ?? []
    return name === undefined ? [] : [{ name: name.toLowerCase(), value: value.trim() }]
  })

const statusPattern = /^HTTP\/[\d.]+ (\d{3})/

/** curl's exit statuses (curl.se/docs/manpage.html): name, connect, time-out, TLS, nothing, too many redirects, broken off. */
const curlOutcomes: Readonly<Record<number, HttpOutcome>> = {
  6: 'name',
  7: 'unconnected',
  28: 'silent',
  35: 'tls',
  47: 'redirects',
  51: 'tls',
  52: 'empty',
  56: 'cut',
  18: 'cut',
  60: 'tls',
}

/** `np-curl 200 0.0017 0 172 37`: status, seconds, redirects, bytes of headers, bytes of the body. Fixtures: linux/http. */
function readCurl(answer: Observation): Page | HttpOutcome | Unreadable {
  const fetched = readWrapped(answer)
  if (fetched === undefined) return unknownAnswer(answer)
  if (fetched.exit !== 0) return curlOutcomes[fetched.exit] ?? unknownAnswer(answer)
  const numbers = fetched.said.flatMap((line) => /^np-curl (\d{3}) ([\d.]+) (\d+) (\d+) (\d+)$/.exec(line)?.slice(1) ?? []).map(Number)
  const [status, took, redirects, headBytes = 0] = numbers
  if (numbers.length !== 5 || status === undefined || took === undefined || redirects === undefined) return unknownAnswer(answer)
  const blocks = fetched.bytes
    .subarray(0, headBytes)
    .toString('latin1')
    .split(/\r?\n\r?\n/)
    .filter((block) => statusPattern.test(block))
  const headers = headersIn((blocks.at(-1) ?? '').split('\n').slice(1))
  const isCut = fetched.bytes.length >= capBytes
  return { status, seconds: took, redirects, headers, body: fetched.bytes.subarray(headBytes), isCut }
}

const wgetFailures: readonly (readonly [RegExp, HttpOutcome])[] = [
  [/unable to resolve host address|bad address/, 'name'],
  [/Connection refused|No route to host|Network is unreachable/, 'unconnected'],
  [/Connection timed out|Read error|download timed out/, 'silent'],
  [/certificate|Unable to establish SSL|SSL_connect|TLS|handshake/, 'tls'],
  [/redirections exceeded|too many redirections/, 'redirects'],
  [/No data received|error getting response/, 'empty'],
]

/** Headers stand two blanks in, each answer begun by its status. busybox shows nothing of an error's page but its status. */
function readWget(answer: Observation, { redirect }: HttpParams): Page | HttpOutcome | Unreadable {
  const fetched = readWrapped(answer)
  if (fetched === undefined) return unknownAnswer(answer)
  const failure = wgetFailures.find(([pattern]) => fetched.said.some((line) => !line.startsWith('  ') && pattern.test(line)))
  // the redirection itself is what is asked for
  const isAwaited = redirect === 'no' && failure?.[1] === 'redirects'
  if (failure !== undefined && fetched.exit !== 0 && !isAwaited) return failure[1]
  if (fetched.exit === 124 || fetched.exit === 143) return 'silent'
  const shown = fetched.said.filter((line) => line.startsWith('  ')).map((line) => line.trim())
  const starts = shown.flatMap((line, index) => (statusPattern.test(line) ? [index] : []))
  const at = redirect === 'no' ? starts[0] : starts.at(-1)
  const status = at === undefined ? undefined : statusPattern.exec(shown[at] ?? '')?.[1]
  if (at === undefined || status === undefined) return unknownAnswer(answer)
  const next = starts.find((index) => index > at)
  const headers = headersIn(shown.slice(at + 1, next))
  const isShown = next === undefined && (fetched.exit === 0 || fetched.bytes.length > 0)
  const body = isShown ? fetched.bytes : null
  return {
    status: Number(status),
    seconds: null,
    redirects: starts.length - 1,
    headers: headers.length === 0 ? null : headers,
    body,
    isCut: fetched.bytes.length >= capBytes,
  }
}

type Reading = { readonly page: Page | HttpOutcome; readonly tookMs: number }

const keep =
  (read: (answer: Observation) => Page | HttpOutcome | Unreadable) =>
  (answer: Observation): Reading | Unreadable => {
    const page = read(answer)
    return typeof page === 'object' && isUnreadable(page) ? page : { page, tookMs: answer.tookMs }
  }

function ways(params: HttpParams): readonly Way<Reading>[] {
  const { url, method, tls, redirect } = params
  const word = shellWord(url)
  const curl = [
    `curl -q -g -sS -i --noproxy '*' --connect-timeout 4 -m ${seconds}`,
    method === 'HEAD' ? '-I' : `-X ${method}`,
    tls === 'ignore' ? '-k' : [],
    redirect === 'follow' ? '-L --max-redirs 5' : [],
    "-w '%{stderr}np-curl %{http_code} %{time_total} %{num_redirects} %{size_header} %{size_download}\\n'",
    word,
  ]
  const wget = [
    'wget --no-config -S -nv --content-on-error -t 1 -T 5 --no-proxy',
    method === 'GET' ? [] : `--method=${method}`,
    tls === 'ignore' ? '--no-check-certificate' : [],
    `--max-redirect=${redirect === 'follow' ? 5 : 0} -O - ${word}`,
  ]
  const all: Way<Reading>[] = [
    { command: wrapped(curl.flat().join(' ')), options, read: keep(readCurl) },
    { command: wrapped(wget.flat().join(' ')), options, read: keep((answer) => readWget(answer, params)) },
  ]
  // busybox knows GET alone and trusts every certificate
  if (method !== 'GET' || (tls === 'verify' && url.startsWith('https'))) return all
  return [
    ...all,
    { command: wrapped(`timeout ${seconds + 5} wget -S -O - ${word}`), options, read: keep((answer) => readWget(answer, params)) },
  ]
}

/** Text that shows nothing while the page was cut may still come. */
function matchBody(body: Buffer | null, isCut: boolean, { bodyContains, bodyRegex }: HttpParams): HttpFacts['bodyMatches'] {
  if (body === null || (bodyContains === undefined && bodyRegex === undefined)) return null
  const text = body.toString('utf8')
  const matched = bodyRegex === undefined ? true : matchOne(bodyRegex, text, 'm')
  if (matched === 'too-slow') return matched
  const isFound = matched !== null && (bodyContains === undefined || text.includes(bodyContains))
  return isFound || !isCut ? isFound : null
}

const nothing = { status: null, redirects: null, headers: null, seconds: null, body: null, bodyMatches: null }

/** Why no connection came about: the programs do not say, so the port is tried once more by itself. */
async function explain(context: ReadContext, url: string, outcome: HttpOutcome): Promise<HttpOutcome> {
  const { host, port } = endpointOf(url)
  if (outcome !== 'unconnected' || !isAddress(host)) return outcome
  const seen = await probeTcp(context, host, port)
  return isUnreadable(seen) || seen.result === 'open' ? outcome : seen.result
}

async function observe(context: ReadContext, params: HttpParams): Promise<HttpFacts | Unreadable> {
  const reading = await askFirst<Reading>(context, ways(params), isOther)
  if (isUnreadable(reading)) return reading
  const { page, tookMs } = reading
  const atMostSeconds = tookMs / 1_000
  if (typeof page === 'string') return { ...nothing, outcome: await explain(context, params.url, page), atMostSeconds }
  const { body, isCut, ...shown } = page
  return {
    outcome: 'answered',
    ...shown,
    atMostSeconds,
    body: body === null ? null : body.toString('utf8').slice(0, shownLength),
    bodyMatches: matchBody(body, isCut, params),
  }
}

export const pages: readonly BoundReader[] = [reads(http, { observe }, 'device')]
