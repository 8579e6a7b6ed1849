import type { arp as original } from '../../en/checks/arp.ts'
import type { Translated } from '../../translated.ts'

export const arp: Translated<typeof original> = {
  form: {
    name: 'Vizinho (ARP)',
    sentence: 'Para {address}, {device} tem na sua tabela ARP {state}',
    fields: {
      address: 'Endereço, ou dispositivo e porto',
      mac: 'Endereço MAC',
      interface: 'Na sua própria interface',
      state: 'Na tabela',
    },
    choices: { state: { present: 'uma entrada', absent: 'nenhuma entrada' } },
  },
  reasons: {
    ARP_FOUND: { why: '{device} conhece {address} como vizinho.', found: '{found}' },
    ARP_ABSENT: { why: '{device} não conhece {address} como vizinho.', found: 'conhece {found}' },
    ARP_EMPTY: { why: '{device} não conhece nenhum vizinho.', found: 'uma tabela vazia' },
    ARP_OLD: { why: '{device} já conheceu {address}, mas este agora não responde.', found: '{address} é conhecido, mas está em silêncio' },
    ARP_UNANSWERED: { why: '{device} perguntou por {address}, mas ninguém respondeu.', found: 'uma entrada sem endereço MAC' },
    ARP_OTHER_MAC: { why: 'Para {device}, {address} tem o endereço MAC {found} em vez de {wanted}.', found: '{found}' },
    ARP_OTHER_PORT: { why: '{device} vê {address} em {found} em vez de {wanted}.', found: '{found}' },
    ARP_TABLE_INCOMPLETE: {
      why: '{address} responde a {device}, mas {device} ainda não o mostra entre os seus vizinhos.',
      found: 'uma resposta, mas nenhuma entrada',
    },
    ARP_PORT_UNKNOWN: { why: '{device} não diz em que interface vê {address}.', found: 'nenhuma interface' },
    ARP_PRESENT: { why: '{device} conhece {address} como vizinho, e não devia.', found: '{found}' },
    ARP_ABSENT_AS_WANTED: { why: '{device} não conhece {address} como vizinho, como deve ser.', found: 'nenhuma entrada' },
  },
  expected: {
    ARP_ENTRY: '{device} conhece {address} como vizinho',
    ARP_ENTRY_MAC: '{device} conhece {address} com o endereço MAC {mac}',
    ARP_NO_ENTRY: '{device} não conhece {address} como vizinho',
  },
}
