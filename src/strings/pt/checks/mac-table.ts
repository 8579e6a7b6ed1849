import type { macTable as original } from '../../en/checks/mac-table.ts'
import type { Translated } from '../../translated.ts'

export const macTable: Translated<typeof original> = {
  form: {
    name: 'Tabela de endereços MAC',
    sentence: '{device} conhece o endereço de {of} atrás do porto {port}',
    fields: { mac: 'Endereço MAC', of: 'Dispositivo (ou dispositivo e porto)', vlan: 'VLAN', port: 'Porto', absent: 'Entrada' },
    choices: { absent: { false: 'tem de existir', true: 'não pode existir' } },
  },
  reasons: {
    MAC_PRESENT: { why: '{device} sabe onde está {host}.', found: '{found}' },
    MAC_AWAY: { why: '{device} não tem tal entrada de {host}, como deve ser.', found: 'nenhuma entrada assim' },
    MAC_ABSENT: {
      why: '{device} não conhece o endereço de {host}: nada veio de lá ultimamente.',
      found: 'nenhuma entrada de {macs}',
    },
    MAC_ELSEWHERE: { why: '{device} conhece {host}, mas atrás de outro porto que não o pedido.', found: '{found}' },
    MAC_VLAN: { why: '{device} conhece {host} atrás deste porto, mas noutra VLAN que não a pedida.', found: '{found}' },
    MAC_FORBIDDEN: { why: '{device} tem uma entrada de {host}, e não devia.', found: '{found}' },
    MAC_OF_NOBODY: { why: '{host} não mostra um endereço MAC que se possa procurar.', found: 'nenhum endereço MAC de {host}' },
    MAC_NOT_SHOWN: { why: 'Não se pode perguntar a {host} o seu endereço MAC.', found: 'nenhum endereço MAC de {host}' },
  },
  expected: {
    MAC_PRESENT: '{device} tem uma entrada de {host} na sua tabela de endereços MAC',
    MAC_PORT: '{device} tem uma entrada de {host} atrás do porto {port}',
    MAC_AWAY: '{device} não tem tal entrada de {host} na sua tabela de endereços MAC',
  },
}
