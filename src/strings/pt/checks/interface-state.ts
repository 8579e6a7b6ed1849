import type { interfaceState as original } from '../../en/checks/interface-state.ts'
import type { Translated } from '../../translated.ts'

export const interfaceState: Translated<typeof original> = {
  form: {
    name: 'Estado de uma interface',
    sentence: '{interface} de {device} está {admin} e o seu funcionamento: {oper}',
    fields: {
      interface: 'Interface',
      admin: 'Configurada',
      oper: 'Funcionamento',
      mtu: 'MTU em bytes',
      mac: 'Endereço MAC',
      speed: 'Velocidade em Mbit/s',
      description: 'Descrição',
    },
    choices: { admin: { up: 'ligada', down: 'desligada (shutdown)' }, oper: { up: 'em cima', down: 'em baixo' } },
  },
  reasons: {
    PORT_RIGHT: { why: 'Em {device}, {interface} está como deve ser.', found: '{found}' },
    PORT_SHUT_DOWN: { why: 'Em {device}, {interface} está desativada.', found: 'desativada por configuração' },
    PORT_ADMIN: { why: 'Em {device}, {interface} está por configuração {found} em vez de {wanted}.', found: '{found}' },
    PORT_OPER: { why: 'Em {device}, {interface} está {found} em vez de {wanted}.', found: '{found}' },
    PORT_MTU: { why: 'O MTU de {interface} de {device} é {found} em vez de {wanted}.', found: '{found} bytes' },
    PORT_MAC: { why: 'O endereço MAC de {interface} de {device} é {found} em vez de {wanted}.', found: '{found}' },
    PORT_SPEED: { why: 'Em {device}, {interface} está a {found} Mbit/s em vez de {wanted} Mbit/s.', found: '{found} Mbit/s' },
    PORT_DESCRIPTION: { why: 'Em {device}, {interface} tem outra descrição.', found: '{found}' },
    PORT_NO_DESCRIPTION: { why: 'Em {device}, {interface} não tem descrição.', found: 'sem descrição' },
    PORT_NOT_SHOWN: { why: '{device} não mostra {field} de {interface}.', found: 'não mostrado' },
  },
  expected: { PORT_STATE: '{interface} de {device} tem {wanted}' },
}
