import type { topology as original } from '../../en/checks/topology.ts'
import type { Translated } from '../../translated.ts'

export const topology: Translated<typeof original> = {
  form: {
    name: 'Dispositivos e cabos',
    sentence: 'Dispositivos e cabos estão {untouched}; existem os cabos {links} e não {noLinks}',
    fields: {
      untouched: 'Como foram entregues',
      links: 'Cabos que têm de existir (R1:Gi0/0--SW1:Ethernet1)',
      noLinks: 'Cabos que não podem existir',
    },
    choices: { untouched: { true: 'como foram entregues', false: 'livres de mudar' } },
  },
  reasons: {
    TOPOLOGY_UNTOUCHED: { why: 'Os dispositivos e os cabos estão como foram entregues.', found: 'nada mudou' },
    TOPOLOGY_CHANGED: {
      why: 'Os dispositivos ou os cabos não estão como foram entregues: {change}.',
      found: { one: '{count} alteração: {change}', other: '{count} alterações, a primeira: {change}' },
    },
    TOPOLOGY_NOT_RECORDED: {
      why: 'Não se sabe como os dispositivos e os cabos foram entregues, por isso não se podem comparar.',
      found: 'nada com que comparar',
    },
    TOPOLOGY_LINKS_FIT: { why: 'Os dispositivos estão ligados como devem.', found: 'os cabos pedidos' },
    TOPOLOGY_DEVICE_ABSENT: { why: 'O laboratório não tem o dispositivo {missing}.', found: 'não há {missing}' },
    TOPOLOGY_LINK_ABSENT: { why: 'Falta o cabo {link}.', found: 'cabos destes dispositivos: {found}' },
    TOPOLOGY_LINK_SUSPENDED: { why: 'O cabo {link} existe, mas está suspenso: nada passa por ele.', found: '{link} está suspenso' },
    TOPOLOGY_LINK_FORBIDDEN: { why: 'O cabo {link} existe, e não devia.', found: '{link}' },
  },
  expected: {
    TOPOLOGY_UNTOUCHED: 'dispositivos e cabos como foram entregues',
    TOPOLOGY_LINKS: 'os cabos {links}',
    TOPOLOGY_NO_LINKS: 'nenhum cabo {links}',
  },
}
