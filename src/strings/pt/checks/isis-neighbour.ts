import type { isisNeighbour as original } from '../../en/checks/isis-neighbour.ts'
import type { Translated } from '../../translated.ts'

export const isisNeighbour: Translated<typeof original> = {
  form: {
    name: 'Vizinho IS-IS',
    sentence: '{device} tem o vizinho IS-IS {neighbour} em {interface}, e está {state}',
    fields: {
      neighbour: 'Dispositivo, ou identificador de sistema como 0000.0000.0002',
      state: 'Estado',
      level: 'Nível',
      area: 'Área do vizinho, como 49.0001',
      interface: 'Interface (qualquer uma se vazio)',
      absent: 'Vizinho',
    },
    choices: {
      state: { up: 'em cima', initializing: 'apenas a iniciar' },
      level: { 'level-1': 'nível 1', 'level-2': 'nível 2', 'level-1-2': 'ambos os níveis' },
      absent: { false: 'tem de existir', true: 'não pode existir' },
    },
  },
  reasons: {
    ISIS_NEIGHBOUR_UP: { why: '{device} tem o vizinho IS-IS {neighbour} como deve ser.', found: '{shown}' },
    ISIS_NEIGHBOUR_AWAY: { why: '{device} não tem o vizinho IS-IS {neighbour}, como deve ser.', found: 'nenhum vizinho assim' },
    ISIS_NOT_RUNNING: { why: 'Não corre IS-IS em {device}.', found: 'sem IS-IS' },
    ISIS_NO_NEIGHBOURS: { why: '{device} não tem nenhum vizinho IS-IS.', found: 'sem vizinhos' },
    ISIS_NEIGHBOUR_MISSING: {
      why: '{neighbour} não está entre os vizinhos IS-IS de {device}.',
      found: 'os vizinhos são {neighbours}',
    },
    ISIS_OTHER_INTERFACE: {
      why: '{device} tem o vizinho IS-IS {neighbour} noutra interface que não {interface}.',
      found: 'em {ports}',
    },
    ISIS_OTHER_STATE: {
      why: 'O vizinho IS-IS {neighbour} de {device} está no estado {states} em vez de {state}.',
      found: '{shown}',
    },
    ISIS_OTHER_LEVEL: {
      why: 'O vizinho IS-IS {neighbour} de {device} existe em {levels}, mas é pedido {level}.',
      found: '{levels}',
    },
    ISIS_OTHER_AREA: {
      why: 'O vizinho IS-IS {neighbour} de {device} está na área {areas} em vez de {area}.',
      found: '{areas}',
    },
    ISIS_AREA_UNKNOWN: { why: '{device} não mostra a área de {neighbour}.', found: 'não mostrada' },
    ISIS_WHO_IS_WHO: {
      why: '{device} mostra os seus vizinhos IS-IS por nomes que não dizem qual deles é {neighbour}.',
      found: 'os vizinhos são {neighbours}',
    },
    ISIS_NEIGHBOUR_PRESENT: {
      why: '{device} tem o vizinho IS-IS {neighbour}, que não devia existir.',
      found: '{shown}',
    },
  },
  expected: {
    ISIS_NEIGHBOUR_IN_STATE: '{device} tem o vizinho IS-IS {neighbour} no estado {state}',
    ISIS_NEIGHBOUR_WITH: '{device} tem o vizinho IS-IS {neighbour} no estado {state}, com {more}',
    ISIS_NEIGHBOUR_AWAY: '{device} não tem o vizinho IS-IS {neighbour}',
  },
}
