import type { traceroute as original } from '../../en/checks/traceroute.ts'
import type { Translated } from '../../translated.ts'

export const traceroute: Translated<typeof original> = {
  form: {
    name: 'Traceroute',
    sentence: 'O caminho de {device} para {to} passa por {via} e não por {notVia} em {maxHops} saltos; o destino {reach}',
    fields: {
      to: 'Endereço, ou dispositivo e porto',
      via: 'Saltos por esta ordem',
      notVia: 'Saltos que não podem estar no caminho',
      maxHops: 'Saltos no máximo',
      reach: 'Destino',
    },
    choices: { reach: { true: 'é alcançado', false: 'não é alcançado' } },
  },
  reasons: {
    TRACE_REACHED: { why: 'Os pacotes de {device} chegam a {to}.', found: '{path}' },
    TRACE_NO_ADDRESS: {
      why: '{device} não tem endereço, por isso nada dele pode chegar a {to}.',
      found: 'sem endereço em {device}',
    },
    TRACE_OWN_ADDRESS: {
      why: '{to} é um endereço do próprio {device}, por isso o caminho não prova nada.',
      found: '{device} tem ele próprio {to}',
    },
    TRACE_NO_ROUTE: { why: '{device} não tem rota para {to}.', found: 'sem rota para {to} em {device}' },
    TRACE_NO_GATEWAY: { why: '{device} não tem gateway, e {to} não está na sua própria rede.', found: 'sem gateway em {device}' },
    TRACE_NEIGHBOUR_SILENT: {
      why: '{device} não envia nada para {to}, porque {neighbour}, na sua própria rede, não responde.',
      found: '{neighbour} não responde ao ARP',
    },
    TRACE_DISCARDED: {
      why: '{device} deita fora o que envia para {to}: por uma rota ou uma regra de firewall sua, ou porque toma {to} por um endereço de difusão.',
      found: 'deitado fora em {device}',
    },
    TRACE_GATEWAY_GONE: {
      why: '{to} só responde a {device} porque {device} se lembra do seu gateway {gateway}: já ninguém tem esse endereço.',
      found: 'ninguém responde por {gateway}',
    },
    TRACE_GATEWAY_OLD: {
      why: '{to} responde a {device}, mas o seu gateway {gateway} não responde agora, e o que {device} soube dele antes pode estar desatualizado.',
      found: '{gateway} é conhecido, mas está em silêncio',
    },
    TRACE_SILENT: { why: 'Nenhum router no caminho de {device} para {to} responde.', found: 'nenhum salto respondeu' },
    TRACE_STOPPED: { why: 'Os pacotes de {device} para {to} chegam até {last} e não passam daí.', found: '{path}' },
    TRACE_HOP_MISSING: { why: 'Os pacotes de {device} para {to} não passam por {via}.', found: '{path}' },
    TRACE_FORBIDDEN_HOP: { why: 'Os pacotes de {device} para {to} passam por {via}, e não deviam.', found: '{path}' },
    TRACE_SILENT_HOP: {
      why: 'Um router no caminho de {device} para {to} não responde, por isso não se sabe qual é o caminho.',
      found: '{path}',
    },
    TRACE_ARRIVED: { why: 'Os pacotes de {device} chegam a {to}, e não deviam.', found: '{path}' },
    TRACE_NOT_ARRIVED: { why: 'Os pacotes de {device} não chegam a {to}, como deve ser.', found: '{path}' },
    TRACE_UNREADABLE: {
      why: 'O traceroute em {device} escreveu algo que não se consegue entender.',
      found: 'uma resposta que não se consegue ler',
    },
  },
  expected: {
    TRACE_REACHED: 'os pacotes de {device} chegam a {to}',
    TRACE_VIA: 'os pacotes de {device} chegam a {to} passando por {via}',
    TRACE_NOT_VIA: 'os pacotes de {device} chegam a {to} sem passar por {via}',
    TRACE_UNREACHED: 'os pacotes de {device} não chegam a {to}',
  },
}
