import { describe, expect, it } from 'vitest'
import { endpointOf, type HttpFacts, http, httpParams } from '../../../src/evaluation/command-modules/http.ts'

const url = 'http://10.5.2.20/'
const answered: HttpFacts = {
  outcome: 'answered',
  status: 200,
  redirects: 0,
  headers: [{ name: 'content-type', value: 'text/html; charset=utf-8' }],
  seconds: 0.02,
  atMostSeconds: 0.3,
  body: 'Welcome',
  bodyMatches: null,
}

function judge(params: Record<string, unknown>, facts: Partial<HttpFacts> = {}): readonly [string, string] {
  const { verdict, reason } = http.judge([{ startedAfterMs: 0, facts: { ...answered, ...facts } }], httpParams.parse({ url, ...params }))
  return [verdict, reason.code]
}

describe('a web page', () => {
  it.each(['name', 'refused', 'silent', 'rejected', 'unsent', 'unconnected', 'tls', 'empty', 'redirects', 'cut'] as const)(
    'that could not be had (%s) fails with a reason of its own',
    (outcome) => {
      const [verdict, code] = judge({}, { outcome, status: null })
      expect(verdict).toBe('fail')
      expect(code).not.toBe('HTTP_OTHER_STATUS')
    },
  )

  it('has one status: 404 is not 200, and is right where it is asked for', () => {
    expect(judge({}, { status: 404 })).toEqual(['fail', 'HTTP_OTHER_STATUS'])
    expect(judge({ status: 404 }, { status: 404 })).toEqual(['pass', 'HTTP_ANSWERED'])
  })

  it('has headers whose value is compared as a whole, parameters aside', () => {
    expect(judge({ header: 'Content-Type: text/html' })).toEqual(['pass', 'HTTP_ANSWERED'])
    expect(judge({ header: 'Content-Type' })).toEqual(['pass', 'HTTP_ANSWERED'])
    expect(judge({ header: 'Content-Type: text' })).toEqual(['fail', 'HTTP_OTHER_HEADER'])
    expect(judge({ header: 'Type: text/html' })).toEqual(['fail', 'HTTP_HEADER_ABSENT'])
    expect(judge({ header: 'Content-Type' }, { headers: null })).toEqual(['inconclusive', 'HTTP_HEADERS_HIDDEN'])
  })

  it('is undecided where the text that decides was not read', () => {
    const params = { bodyContains: 'end' }
    expect(judge(params, { bodyMatches: null })).toEqual(['inconclusive', 'HTTP_BODY_HIDDEN'])
    expect(judge(params, { bodyMatches: 'too-slow' })).toEqual(['inconclusive', 'HTTP_REGEX_TOO_SLOW'])
    expect(judge(params, { bodyMatches: false })).toEqual(['fail', 'HTTP_OTHER_BODY'])
  })

  it('is too slow by its own measure, never by that of the console', () => {
    expect(judge({ maxMs: 100 })).toEqual(['pass', 'HTTP_ANSWERED'])
    expect(judge({ maxMs: 10 })).toEqual(['fail', 'HTTP_TOO_SLOW'])
    expect(judge({ maxMs: 100 }, { seconds: null })).toEqual(['inconclusive', 'HTTP_TIME_UNKNOWN'])
    expect(judge({ maxMs: 500 }, { seconds: null })).toEqual(['pass', 'HTTP_ANSWERED'])
  })
})

describe('parameters of a web page', () => {
  it.each([
    'ftp://10.0.0.1/',
    'http://u:p@10.0.0.1/',
    'http://10.0.0.1/ -o /etc/passwd',
    'http://10.0.0.1/\n',
    '-K /etc/x',
    'http://a/"',
    'http://a/`id`',
  ])('take no %j', (wrong) => {
    expect(httpParams.safeParse({ url: wrong }).success).toBe(false)
  })

  it('know host and port of an address', () => {
    expect(endpointOf('https://[fd00::1]/')).toEqual({ host: 'fd00::1', port: 443 })
    expect(endpointOf('http://www.lab.example:8080/x')).toEqual({ host: 'www.lab.example', port: 8080 })
  })

  it('want no text of a HEAD', () => {
    expect(httpParams.safeParse({ url, method: 'HEAD', bodyContains: 'x' }).success).toBe(false)
  })
})
