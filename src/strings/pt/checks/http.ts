import type { http as original } from '../../en/checks/http.ts'
import type { Translated } from '../../translated.ts'

export const http: Translated<typeof original> = {
  form: {
    name: 'Página web (HTTP)',
    sentence: 'De {device}, {method} {url} é respondido com o estado {status}',
    fields: {
      url: 'Endereço da página',
      method: 'Método',
      status: 'Estado',
      bodyContains: 'Texto na página',
      bodyRegex: 'Expressão regular para a página',
      header: 'Cabeçalho',
      maxMs: 'Milissegundos no máximo',
      tls: 'Certificado',
      redirect: 'Redirecionamentos',
    },
    choices: {
      method: { GET: 'GET', HEAD: 'HEAD', POST: 'POST', OPTIONS: 'OPTIONS' },
      tls: { ignore: 'qualquer um serve', verify: 'tem de ser de confiança' },
      redirect: { follow: 'são seguidos', no: 'não são seguidos' },
    },
  },
  reasons: {
    HTTP_ANSWERED: { why: '{device} obtém {url} como deve ser.', found: 'estado {status}' },
    HTTP_NAME_UNKNOWN: { why: '{device} não consegue resolver o nome {host}.', found: 'nenhum endereço para {host}' },
    HTTP_REFUSED: { why: 'O servidor {host} recusa {device}: nenhum servidor escuta no porto {port}.', found: 'ligação recusada' },
    HTTP_SILENT: { why: '{device} não obteve a tempo resposta do porto {port} de {host}.', found: 'sem resposta a tempo' },
    HTTP_REJECTED: { why: 'A rede ou um filtro impede {device} de chegar ao porto {port} de {host}.', found: 'máquina inacessível' },
    HTTP_UNSENT: {
      why: 'O próprio {device} não conseguiu enviar para {host}: não tem endereço, não tem rota, ou o vizinho não responde.',
      found: 'nada pôde ser enviado',
    },
    HTTP_UNCONNECTED: { why: '{device} não conseguiu ligar-se ao porto {port} de {host}.', found: 'sem ligação' },
    HTTP_TLS: { why: '{device} e {host} não conseguiram acordar uma ligação segura.', found: 'o TLS falhou' },
    HTTP_EMPTY: { why: 'Visto de {device}, o servidor {host} aceitou a ligação, mas não respondeu nada.', found: 'uma resposta vazia' },
    HTTP_REDIRECTS: { why: 'A página {url} manda {device} de página em página sem fim.', found: 'demasiados redirecionamentos' },
    HTTP_BROKEN_OFF: { why: 'Visto de {device}, a resposta de {host} interrompeu-se.', found: 'meia resposta' },
    HTTP_OTHER_STATUS: { why: 'Visto de {device}, a página {url} é respondida com outro estado.', found: 'estado {status}' },
    HTTP_HEADER_ABSENT: { why: 'Visto de {device}, a resposta a {url} não tem o cabeçalho {header}.', found: 'sem {header}' },
    HTTP_OTHER_HEADER: {
      why: 'Visto de {device}, o cabeçalho {header} da resposta a {url} é outro.',
      found: '{header}: {value}',
    },
    HTTP_HEADERS_HIDDEN: { why: 'O programa em {device} não mostra os cabeçalhos de {url}.', found: 'sem cabeçalhos' },
    HTTP_OTHER_BODY: { why: 'Vista de {device}, a página {url} não diz o que deve.', found: '{body}' },
    HTTP_BODY_HIDDEN: { why: 'A página {url} não pôde ser lida por inteiro em {device}.', found: 'não a página inteira' },
    HTTP_REGEX_TOO_SLOW: {
      why: 'Visto de {device}, a expressão regular desta verificação demora demasiado com {url}.',
      found: 'não decidido a tempo',
    },
    HTTP_TOO_SLOW: { why: 'Vista de {device}, a página {url} demora demasiado.', found: '{milliseconds} ms' },
    HTTP_TIME_UNKNOWN: { why: 'O programa em {device} não mede quanto tempo {url} demora.', found: 'sem tempo' },
  },
  expected: { HTTP_STATUS: '{device} obtém {url} com o estado {status}' },
}
