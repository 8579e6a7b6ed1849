import type { hostname as original } from '../../en/checks/hostname.ts'
import type { Translated } from '../../translated.ts'

export const hostname: Translated<typeof original> = {
  form: { name: 'Nome da máquina', sentence: '{device} tem o nome {name}', fields: { name: 'Nome da máquina' } },
  reasons: {
    HOSTNAME_RIGHT: { why: '{device} tem o nome certo.', found: '{wanted}' },
    HOSTNAME_CASE: { why: 'O nome de {device} tem outras maiúsculas: {found} em vez de {wanted}.', found: '{found}' },
    HOSTNAME_OF_SESSION: {
      why: 'O nome no vtysh de {device} é {found} em vez de {wanted}. Um nome escrito aí esquece-se ao sair do vtysh; o nome da máquina fica.',
      found: '{found}',
    },
    HOSTNAME_WRONG: { why: 'O nome de {device} é {found} em vez de {wanted}.', found: '{found}' },
  },
  expected: { HOSTNAME: 'o nome de {device} é {wanted}' },
}
