import type { ospfNeighbour as original } from '../../en/checks/ospf-neighbour.ts'
import type { Translated } from '../../translated.ts'

export const ospfNeighbour: Translated<typeof original> = {
  form: {
    name: 'Vizinho OSPF',
    sentence: '{device} tem {neighbour} como vizinho OSPF em {interface} no estado {state}',
    fields: {
      neighbour: 'Vizinho (dispositivo)',
      routerId: 'Identificador de router do vizinho',
      interface: 'Interface do dispositivo interrogado',
      state: 'Estado',
      area: 'Área',
      absent: 'Vizinho',
    },
    choices: {
      state: { full: 'Full', two_way: '2-Way', any_adjacent: 'Full ou 2-Way' },
      absent: { false: 'tem de existir', true: 'não pode existir' },
    },
  },
  reasons: {
    OSPF_NEIGHBOUR: { why: '{device} e {neighbour} são vizinhos OSPF.', found: '{found}' },
    OSPF_NEIGHBOUR_AWAY: { why: '{device} e {neighbour} não são vizinhos OSPF, como deve ser.', found: 'não consta' },
    OSPF_NEIGHBOUR_ABSENT: { why: '{device} não vê {neighbour} como vizinho OSPF.', found: 'vizinhos: {found}' },
    OSPF_NEIGHBOUR_STATE: { why: '{device} e {neighbour} são vizinhos OSPF, mas ficam no estado {state}.', found: '{found}' },
    OSPF_NEIGHBOUR_FORBIDDEN: { why: '{device} e {neighbour} são vizinhos OSPF, e não deviam.', found: '{found}' },
    OSPF_STUCK: {
      why: '{device} e {neighbour} não passam do estado {state}. Na maioria das vezes o MTU das duas interfaces é diferente.',
      found: '{found}',
    },
    OSPF_AREA: {
      why: '{device} e {neighbour} são vizinhos OSPF, mas noutra área que não a pedida.',
      found: 'área {foundArea} em {port}',
    },
    OSPF_AREA_UNKNOWN: { why: '{device} não mostra em que área {neighbour} é seu vizinho.', found: 'nenhuma área mostrada para {port}' },
    OSPF_OFF: { why: 'O OSPF não corre em nenhuma interface de {device}.', found: 'nenhuma interface com OSPF em {device}' },
    OSPF_OTHER_OFF: {
      why: 'O OSPF não corre em nenhuma interface de {neighbour}, por isso {device} não ouve nada de lá.',
      found: 'nenhuma interface com OSPF em {neighbour}',
    },
    OSPF_NOT_ON_INTERFACE: { why: 'O OSPF não corre em {port} de {device}.', found: 'sem OSPF em {port}' },
    OSPF_NOT_ON_LINK: {
      why: 'O OSPF não corre em nenhuma interface de {device} que leve a {neighbour}.',
      found: 'sem OSPF em {device} na direção de {neighbour}',
    },
    OSPF_OTHER_NOT_ON_LINK: {
      why: 'O OSPF não corre na interface de {neighbour} que está ligada a {port} de {device}.',
      found: 'sem OSPF em {neighbour} na direção de {device}',
    },
    OSPF_INTERFACE_DOWN: { why: 'A interface {port} de {device} está em baixo.', found: '{port} está em baixo' },
    OSPF_OTHER_INTERFACE_DOWN: {
      why: 'A interface {otherPort} de {neighbour} está em baixo, por isso {device} não ouve nada de lá.',
      found: '{otherPort} de {neighbour} está em baixo',
    },
    OSPF_PASSIVE: {
      why: 'A interface {port} de {device} é passiva, por isso o OSPF não envia nada por ela.',
      found: '{port} é passiva',
    },
    OSPF_OTHER_PASSIVE: {
      why: 'A interface {otherPort} de {neighbour} é passiva, por isso {device} não ouve nada de lá.',
      found: '{otherPort} de {neighbour} é passiva',
    },
    OSPF_SAME_ROUTER_ID: {
      why: '{device} e {neighbour} têm o mesmo identificador de router, por isso nenhum toma o outro por vizinho.',
      found: 'ambos têm {routerId}',
    },
    OSPF_AREA_DIFFERS: {
      why: 'Os dois extremos estão em áreas diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: 'área {own} em {device}, área {other} em {neighbour}',
    },
    OSPF_MASK_DIFFERS: {
      why: 'Os dois extremos têm máscaras diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '/{own} em {device}, /{other} em {neighbour}',
    },
    OSPF_HELLO_DIFFERS: {
      why: 'Os dois extremos têm intervalos de hello diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '{own} s em {device}, {other} s em {neighbour}',
    },
    OSPF_DEAD_DIFFERS: {
      why: 'Os dois extremos têm intervalos de dead diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '{own} s em {device}, {other} s em {neighbour}',
    },
    OSPF_AUTHENTICATION_DIFFERS: {
      why: 'Os dois extremos autenticam-se de formas diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '{own} em {device}, {other} em {neighbour}',
    },
    OSPF_NETWORK_TYPE_DIFFERS: {
      why: 'Os dois extremos têm tipos de rede diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '{own} em {device}, {other} em {neighbour}',
    },
    OSPF_MTU_DIFFERS: {
      why: 'Os dois extremos têm MTUs diferentes: {port} de {device} e {otherPort} de {neighbour}.',
      found: '{own} bytes em {device}, {other} bytes em {neighbour}',
    },
  },
  expected: {
    OSPF_NEIGHBOUR: '{device} tem {neighbour} como vizinho OSPF no estado {state}',
    OSPF_NEIGHBOUR_AWAY: '{device} não tem o vizinho OSPF {neighbour}',
  },
}
