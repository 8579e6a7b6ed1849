import type { CheckWords } from './words.ts'

export const http = {
  form: {
    name: 'Web page (HTTP)',
    sentence: 'From {device}, {method} {url} is answered with the status {status}',
    fields: {
      url: 'Address of the page',
      method: 'Method',
      status: 'Status',
      bodyContains: 'Text on the page',
      bodyRegex: 'Regular expression for the page',
      header: 'Header',
      maxMs: 'Milliseconds at most',
      tls: 'Certificate',
      redirect: 'Redirections',
    },
    choices: {
      method: { GET: 'GET', HEAD: 'HEAD', POST: 'POST', OPTIONS: 'OPTIONS' },
      tls: { ignore: 'any will do', verify: 'must be trusted' },
      redirect: { follow: 'are followed', no: 'are not followed' },
    },
  },
  reasons: {
    HTTP_ANSWERED: { why: '{device} gets {url} as it must.', found: 'status {status}' },
    HTTP_NAME_UNKNOWN: { why: '{device} cannot resolve the name {host}.', found: 'no address for {host}' },
    HTTP_REFUSED: { why: 'The server {host} refuses {device}: no server listens on port {port}.', found: 'connection refused' },
    HTTP_SILENT: { why: '{device} got no answer from port {port} of {host} in time.', found: 'no answer in time' },
    HTTP_REJECTED: { why: 'The network or a filter keeps {device} from port {port} of {host}.', found: 'host unreachable' },
    HTTP_UNSENT: {
      why: '{device} itself could not send to {host}: it has no address, no route, or its neighbour does not answer.',
      found: 'nothing could be sent',
    },
    HTTP_UNCONNECTED: { why: '{device} could not connect to port {port} of {host}.', found: 'no connection' },
    HTTP_TLS: { why: '{device} and {host} could not agree on a secure connection.', found: 'TLS failed' },
    HTTP_EMPTY: { why: 'Seen from {device}, the server {host} took the connection, but answered nothing.', found: 'an empty answer' },
    HTTP_REDIRECTS: { why: 'The page {url} sends {device} from page to page without end.', found: 'too many redirections' },
    HTTP_BROKEN_OFF: { why: 'Seen from {device}, the answer of {host} broke off.', found: 'half an answer' },
    HTTP_OTHER_STATUS: { why: 'Seen from {device}, the page {url} is answered with another status.', found: 'status {status}' },
    HTTP_HEADER_ABSENT: { why: 'Seen from {device}, the answer for {url} has no header {header}.', found: 'no {header}' },
    HTTP_OTHER_HEADER: {
      why: 'Seen from {device}, the header {header} of the answer for {url} is another one.',
      found: '{header}: {value}',
    },
    HTTP_HEADERS_HIDDEN: { why: 'The program on {device} does not show the headers of {url}.', found: 'no headers' },
    HTTP_OTHER_BODY: { why: 'Seen from {device}, the page {url} does not say what it must.', found: '{body}' },
    HTTP_BODY_HIDDEN: { why: 'The page {url} could not be read whole on {device}.', found: 'not the whole page' },
    HTTP_REGEX_TOO_SLOW: {
      why: 'Seen from {device}, the regular expression of this check takes too long on {url}.',
      found: 'not decided in time',
    },
    HTTP_TOO_SLOW: { why: 'Seen from {device}, the page {url} takes too long.', found: '{milliseconds} ms' },
    HTTP_TIME_UNKNOWN: { why: 'The program on {device} does not measure how long {url} takes.', found: 'no time' },
  },
  expected: { HTTP_STATUS: '{device} gets {url} with the status {status}' },
} as const satisfies CheckWords
