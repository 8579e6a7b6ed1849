import type { listening as original } from '../../en/checks/listening.ts'
import type { Translated } from '../../translated.ts'

export const listening: Translated<typeof original> = {
  form: {
    name: 'Serviço à escuta',
    sentence: 'Em {device}, um serviço no porto {protocol} {port} {state}',
    fields: {
      port: 'Porto',
      protocol: 'Protocolo',
      address: 'Tem de servir este endereço',
      process: 'Nome do processo',
      state: 'Esperado',
    },
    choices: { protocol: { tcp: 'TCP', udp: 'UDP' }, state: { present: 'existe', absent: 'não existe' } },
  },
  reasons: {
    LISTENING: { why: 'Um serviço em {device} escuta no porto {protocol} {port}.', found: '{sockets}' },
    LISTENING_ABSENT: { why: 'Nada em {device} escuta no porto {protocol} {port}.', found: 'portos {protocol} à escuta: {ports}' },
    LISTENING_LOOPBACK_ONLY: {
      why: 'O serviço no porto {protocol} {port} de {device} só escuta para o próprio {device}, por isso nenhum outro dispositivo lá chega.',
      found: '{sockets}',
    },
    LISTENING_OTHER_ADDRESS: {
      why: 'O serviço no porto {protocol} {port} de {device} não escuta para {address}.',
      found: '{sockets}',
    },
    LISTENING_OTHER_PROCESS: {
      why: 'Outro programa que não {process} escuta no porto {protocol} {port} de {device}.',
      found: '{sockets}',
    },
    LISTENING_PROCESS_HIDDEN: {
      why: '{device} não mostra que programa escuta no porto {protocol} {port}; para isso são precisos os direitos de root.',
      found: '{sockets}',
    },
    LISTENING_NOTHING: { why: 'Nada em {device} escuta no porto {protocol} {port}, como deve ser.', found: 'nenhum serviço' },
    LISTENING_FORBIDDEN: { why: 'Um serviço em {device} escuta no porto {protocol} {port}, e não devia.', found: '{sockets}' },
  },
  expected: {
    LISTENING_STATE_PRESENT: 'um serviço em {device} escuta no porto {protocol} {port}',
    LISTENING_STATE_ABSENT: 'nada em {device} escuta no porto {protocol} {port}',
    LISTENING_ON_ADDRESS: 'um serviço em {device} escuta no porto {protocol} {port} para {address}',
    LISTENING_BY_PROCESS: '{process} em {device} escuta no porto {protocol} {port}',
  },
}
