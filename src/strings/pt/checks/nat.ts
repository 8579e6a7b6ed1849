import type { nat as original } from '../../en/checks/nat.ts'
import type { Translated } from '../../translated.ts'

export const nat: Translated<typeof original> = {
  form: {
    name: 'Tradução de endereços (NAT)',
    sentence: '{device} traduz {inside} para {global} a caminho de {outside}',
    fields: {
      inside: 'Máquina interior',
      global: 'Endereço no exterior',
      outside: 'Parceiro no exterior',
      protocol: 'Protocolo',
      insidePort: 'Encaminhamento de porto: porto do servidor',
      globalPort: 'Encaminhamento de porto: porto no exterior',
      witness: 'Máquina Linux exterior que observa',
      state: 'Esperado',
    },
    choices: {
      protocol: { icmp: 'ICMP', tcp: 'TCP', udp: 'UDP' },
      state: { present: 'é traduzido', absent: 'não é traduzido' },
    },
  },
  reasons: {
    NAT_TRANSLATED: { why: '{device} traduz {inside} como deve ser.', found: '{address}' },
    NAT_NO_ENTRY: { why: '{device} não tem tradução para {inside}.', found: 'nenhuma entrada' },
    NAT_NOT_TRANSLATED: { why: 'Visto de {device}, os pacotes de {inside} saem com o seu próprio endereço.', found: 'não traduzido' },
    NAT_OTHER_ADDRESS: { why: 'Visto de {device}, a máquina {inside} é traduzida para outro endereço.', found: '{addresses}' },
    NAT_NOTHING_ARRIVED: { why: 'Visto de {device}, nada do que {inside} enviou chegou a {witness}.', found: 'nenhum pacote' },
    NAT_NONE: { why: 'Visto de {device}, os pacotes de {inside} saem com o seu próprio endereço, como deve ser.', found: 'não traduzido' },
    NAT_FORBIDDEN: { why: 'Visto de {device}, a máquina {inside} é traduzida, e não devia.', found: '{addresses}' },
  },
  expected: {
    NAT_ANY: '{device} traduz {inside}',
    NAT_TO: '{device} traduz {inside} para {global}',
    NAT_STATE_ABSENT: 'os pacotes de {inside} saem com o seu próprio endereço',
  },
}
