import type { vlan as original } from '../../en/checks/vlan.ts'
import type { Translated } from '../../translated.ts'

export const vlan: Translated<typeof original> = {
  form: {
    name: 'VLAN',
    sentence: '{device} tem a VLAN {id} com os portos de acesso {ports}',
    fields: { id: 'VLAN', name: 'Nome', ports: 'Portos de acesso', portsMode: 'Dos seus portos', state: 'VLAN' },
    choices: {
      portsMode: { contains: 'estes estão entre eles', exact: 'estes e mais nenhum' },
      state: { present: 'tem de existir', absent: 'não pode existir' },
    },
  },
  reasons: {
    VLAN_PRESENT: { why: '{device} tem a VLAN {vlan} como pedido.', found: 'VLAN {vlan}: {found}' },
    VLAN_AWAY: { why: '{device} não tem a VLAN {vlan}, como deve ser.', found: 'nenhuma VLAN {vlan}' },
    VLAN_ABSENT: { why: '{device} não tem a VLAN {vlan}.', found: 'VLANs {found}' },
    VLAN_INACTIVE: { why: 'A VLAN {vlan} de {device} existe, mas está desligada.', found: 'a VLAN {vlan} não está ativa' },
    VLAN_NAME: { why: 'A VLAN {vlan} de {device} tem outro nome que não o pedido.', found: '{foundName}' },
    VLAN_PORT_ELSEWHERE: {
      why: 'O porto {port} de {device} está na VLAN {foundVlan} em vez da VLAN {vlan}.',
      found: '{port}: VLAN {foundVlan}',
    },
    VLAN_PORT_MISSING: {
      why: 'O porto {port} de {device} não é um porto de acesso da VLAN {vlan}: é um trunk, não comuta, ou não existe.',
      found: 'VLAN {vlan}: {found}',
    },
    VLAN_PORT_EXTRA: {
      why: 'A VLAN {vlan} de {device} tem mais portos de acesso do que os pedidos: {extra}.',
      found: 'VLAN {vlan}: {found}',
    },
    VLAN_FORBIDDEN: { why: '{device} tem a VLAN {vlan}, e não devia.', found: 'VLAN {vlan}' },
  },
  expected: {
    VLAN_PRESENT: '{device} tem a VLAN {vlan}',
    VLAN_PORTS: 'a VLAN {vlan} de {device} tem os portos de acesso {ports}',
    VLAN_AWAY: '{device} não tem a VLAN {vlan}',
  },
}
