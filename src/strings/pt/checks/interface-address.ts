import type { interfaceAddress as original } from '../../en/checks/interface-address.ts'
import type { Translated } from '../../translated.ts'

export const interfaceAddress: Translated<typeof original> = {
  form: {
    name: 'Endereço de uma interface',
    sentence: '{interface} de {device} {mode} {addresses}, e a interface {up}',
    fields: {
      interface: 'Interface (qualquer uma se vazio)',
      addresses: 'Endereços com o seu comprimento, como 10.0.1.1/24',
      mode: 'Outros',
      family: 'Contam',
      up: 'Estado',
    },
    choices: {
      mode: { contains: 'tem, talvez com outros,', exact: 'tem exatamente' },
      family: { ipv4: 'só IPv4', ipv6: 'só IPv6' },
      up: { true: 'está em cima', false: 'pode estar em baixo' },
    },
  },
  reasons: {
    ADDRESS_RIGHT: { why: '{device} tem o endereço certo.', found: '{addresses}' },
    ADDRESS_NONE_AS_WANTED: { why: '{device} não tem ali endereço, como deve ser.', found: 'sem endereço' },
    ADDRESS_ABSENT: { why: '{device} não tem endereço onde devia estar {wanted}.', found: 'sem endereço' },
    ADDRESS_WRONG_MASK: {
      why: 'O endereço {address} de {device} está certo, mas a máscara é /{length} em vez de /{wantedLength}.',
      found: '{address}/{length}',
    },
    ADDRESS_OTHER: { why: '{device} tem outro endereço onde devia estar {wanted}.', found: '{found}' },
    ADDRESS_ON_OTHER_PORT: { why: '{device} tem {wanted} em {other} em vez de {interface}.', found: 'o endereço está em {other}' },
    ADDRESS_EXTRA: { why: '{device} tem ali endereços que não podem lá estar: {extra}.', found: '{extra}' },
    ADDRESS_PORT_OFF: {
      why: 'O endereço está certo, mas {interface} de {device} está desativada.',
      found: '{addresses} em {interface}, desativada',
    },
    ADDRESS_PORT_DOWN: {
      why: 'O endereço está certo, mas {interface} de {device} está em baixo.',
      found: '{addresses} em {interface}, em baixo',
    },
    ADDRESS_DUPLICATE: {
      why: '{device} não pode usar {address}: outro dispositivo tem o mesmo endereço.',
      found: 'endereço duplicado {address}',
    },
    ADDRESS_TENTATIVE: {
      why: '{device} ainda está a ver se outro dispositivo também tem {address}.',
      found: '{address}, ainda não em uso',
    },
    ADDRESS_STATE_UNKNOWN: { why: '{device} não diz se a sua interface está em cima.', found: '{addresses}' },
    INTERFACE_ABSENT: { why: '{device} não tem a interface {interface}.', found: 'as suas interfaces são {found}' },
  },
  expected: {
    ADDRESS_CONTAINS: '{device} tem {addresses}',
    ADDRESS_CONTAINS_ON_PORT: '{interface} de {device} tem {addresses}',
    ADDRESS_EXACT: '{device} tem {addresses} e nenhum outro endereço',
    ADDRESS_EXACT_ON_PORT: '{interface} de {device} tem {addresses} e nenhum outro endereço',
    ADDRESS_NONE: '{device} não tem endereço',
    ADDRESS_NONE_ON_PORT: '{interface} de {device} não tem endereço',
  },
}
