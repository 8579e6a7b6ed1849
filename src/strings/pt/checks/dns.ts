import type { dns as original } from '../../en/checks/dns.ts'
import type { Translated } from '../../translated.ts'

export const dns: Translated<typeof original> = {
  form: {
    name: 'Registo DNS',
    sentence: 'Para {device}, o registo {type} de {name} é {answers}',
    fields: {
      name: 'Nome',
      type: 'Tipo',
      answers: 'Respostas',
      mode: 'Outras respostas',
      server: 'Perguntar a este servidor',
      authoritative: 'Quem tem de responder',
      nxdomain: 'O nome',
    },
    choices: {
      type: { A: 'A', AAAA: 'AAAA', CNAME: 'CNAME', MX: 'MX', NS: 'NS', PTR: 'PTR', SOA: 'SOA', SRV: 'SRV', TXT: 'TXT' },
      mode: { equal: 'estão erradas', contains: 'não contam' },
      authoritative: { false: 'qualquer servidor', true: 'o servidor da zona' },
      nxdomain: { false: 'existe', true: 'não pode existir' },
    },
  },
  reasons: {
    DNS_RESOLVED: { why: '{device} obtém a resposta certa para {name}.', found: '{type}: {answers}' },
    DNS_SERVER_SILENT: { why: 'Nenhum servidor de nomes responde a {device}.', found: 'nenhuma resposta para {name}' },
    DNS_NO_SERVER: { why: '{device} não tem servidor de nomes a quem perguntar.', found: 'nenhum servidor de nomes definido' },
    DNS_SERVER_FAILED: {
      why: 'O servidor de nomes não conseguiu responder a {device}: há algo errado na sua zona.',
      found: 'SERVFAIL para {name}',
    },
    DNS_SERVER_REFUSED: { why: 'O servidor de nomes recusa responder a {device} por {name}.', found: 'REFUSED para {name}' },
    DNS_NAME_UNKNOWN: { why: 'Visto de {device}, o servidor de nomes diz que não existe {name}.', found: 'NXDOMAIN para {name}' },
    DNS_UNRESOLVED: { why: '{device} não conseguiu resolver {name}.', found: 'nenhum endereço para {name}' },
    DNS_NO_RECORD: {
      why: 'Visto de {device}, o nome {name} existe, mas não tem registo do tipo {type}.',
      found: 'nenhum registo {type}',
    },
    DNS_WRONG_ANSWERS: { why: '{device} obtém uma resposta errada para {name}.', found: '{type}: {answers}' },
    DNS_EXTRA_ANSWERS: { why: '{device} obtém mais respostas para {name} do que devia.', found: 'a mais: {extra}' },
    DNS_NOT_AUTHORITATIVE: {
      why: 'Visto de {device}, a resposta para {name} está certa, mas não vem de um servidor da própria zona.',
      found: 'uma resposta sem o indicador AA',
    },
    DNS_AUTHORITY_UNKNOWN: {
      why: '{device} não mostra se a resposta para {name} é autoritativa.',
      found: 'não é mostrado nenhum indicador AA',
    },
    DNS_STATUS_UNKNOWN: {
      why: 'O servidor de nomes respondeu a {device} com um código que não diz nada sobre {name}.',
      found: 'outro código de resposta',
    },
    DNS_NXDOMAIN: { why: 'Visto de {device}, o nome {name} não existe, como deve ser.', found: 'NXDOMAIN' },
    DNS_NAME_EXISTS: { why: 'Visto de {device}, o nome {name} existe, e não devia.', found: '{type}: {answers}' },
    DNS_NAME_WITHOUT_RECORD: {
      why: 'Visto de {device}, o nome {name} existe, e não devia.',
      found: 'um nome sem registo {type}',
    },
  },
  expected: {
    DNS_ANY: 'um registo {type} de {name}',
    DNS_EQUAL: '{type} de {name}: {answers}',
    DNS_CONTAINS: '{type} de {name}: {answers}, talvez com outras',
    DNS_ABSENT: 'nenhum {name}',
  },
}
