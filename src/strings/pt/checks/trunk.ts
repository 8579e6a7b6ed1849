import type { trunk as original } from '../../en/checks/trunk.ts'
import type { Translated } from '../../translated.ts'

export const trunk: Translated<typeof original> = {
  form: {
    name: 'Trunk',
    sentence: '{port} de {device} é um trunk que leva as VLANs {allowed}, VLAN sem etiqueta {native}',
    fields: {
      port: 'Porto',
      allowed: 'VLANs (10,20-25)',
      allowedMode: 'Das suas VLANs',
      native: 'VLAN sem etiqueta (nativa)',
      state: 'Trunk',
    },
    choices: {
      allowedMode: { exact: 'estas e mais nenhuma', contains: 'estas estão entre elas' },
      state: { present: 'tem de ser um', absent: 'não pode ser um' },
    },
  },
  reasons: {
    TRUNK_PRESENT: { why: 'O porto {port} de {device} é um trunk como pedido.', found: 'VLANs {allowed}, nativa {native}' },
    TRUNK_AWAY: { why: 'O porto {port} de {device} não é um trunk, como deve ser.', found: 'sem trunk' },
    TRUNK_ABSENT: { why: 'O porto {port} de {device} não é um trunk.', found: '{port} funciona como porto {mode}' },
    TRUNK_DOWN: { why: 'O porto {port} de {device} está em baixo, por isso não se sabe o que é.', found: '{port} está em baixo' },
    TRUNK_PORT_MISSING: { why: '{device} não tem o porto {port}.', found: 'nenhum porto {port}' },
    TRUNK_VLAN_MISSING: { why: 'O trunk {port} de {device} não leva a VLAN {missing}.', found: 'VLANs {allowed}' },
    TRUNK_VLAN_EXTRA: { why: 'O trunk {port} de {device} leva VLANs que não pode levar: {extra}.', found: 'VLANs {allowed}' },
    TRUNK_NATIVE: {
      why: 'A VLAN sem etiqueta do trunk {port} de {device} é {native} em vez de {wanted}.',
      found: 'VLAN nativa {native}',
    },
    TRUNK_FORBIDDEN: { why: 'O porto {port} de {device} é um trunk, e não devia.', found: 'VLANs {allowed}' },
  },
  expected: {
    TRUNK_PRESENT: '{port} de {device} é um trunk',
    TRUNK_VLANS: '{port} de {device} é um trunk com as VLANs {allowed}',
    TRUNK_AWAY: '{port} de {device} não é um trunk',
  },
}
