import type { tcpPort as original } from '../../en/checks/tcp-port.ts'
import type { Translated } from '../../translated.ts'

export const tcpPort: Translated<typeof original> = {
  form: {
    name: 'Porto TCP',
    sentence: 'De {device}, o porto {port} de {to} está {expect}',
    fields: {
      to: 'Endereço, ou dispositivo e porto',
      port: 'Porto TCP',
      expect: 'Esperado',
      control: 'Tem de estar aberto entretanto: endereço ou dispositivo',
      controlPort: 'Tem de estar aberto entretanto: porto',
    },
    choices: { expect: { open: 'aberto', refused: 'recusado', filtered: 'filtrado', blocked: 'recusado ou filtrado' } },
  },
  reasons: {
    TCP_OPEN: { why: '{device} consegue ligar-se ao porto {port} de {to}.', found: 'o porto {port} está aberto' },
    TCP_OPEN_FORBIDDEN: { why: '{device} consegue ligar-se ao porto {port} de {to}, e não devia.', found: 'o porto {port} está aberto' },
    TCP_REFUSED: {
      why: 'A máquina {to} recusou a ligação de {device}: nada lá escuta no porto {port}.',
      found: 'ligação recusada',
    },
    TCP_SILENT: { why: '{device} tentou ligar-se ao porto {port} de {to}, mas nada voltou.', found: 'sem resposta' },
    TCP_FILTERED: {
      why: 'Um filtro no caminho impede {device} de chegar ao porto {port} de {to}.',
      found: 'proibido administrativamente',
    },
    TCP_REJECTED: { why: 'A rede não consegue entregar o que {device} envia para {to}.', found: 'máquina ou rede inacessível' },
    TCP_UNSENT: {
      why: 'O próprio {device} não conseguiu enviar para {to}: não tem endereço, não tem rota, ou o vizinho não responde.',
      found: 'nada pôde ser enviado',
    },
    TCP_OWN_ADDRESS: {
      why: 'A máquina {to} é um endereço do próprio {device}, por isso isto não diz nada da rede.',
      found: '{device} tem ele próprio {to}',
    },
    TCP_CONTROL_CLOSED: {
      why: '{device} também não consegue ligar-se ao porto {controlPort} de {control}, por isso não prova nada que o porto {port} de {to} esteja fechado.',
      found: 'o porto {controlPort} de {control} não está aberto',
    },
    TCP_REFUSED_NOT_FILTERED: {
      why: 'Visto de {device}, a ligação ao porto {port} de {to} foi recusada, mas nenhum filtro a impediu de chegar.',
      found: 'ligação recusada',
    },
    TCP_SILENT_NOT_REFUSED: { why: 'Visto de {device}, o porto {port} de {to} não respondeu, mas tem de recusar.', found: 'sem resposta' },
    TCP_REJECTED_NOT_REFUSED: {
      why: 'Visto de {device}, a ligação ao porto {port} de {to} foi parada no caminho, mas tem de ser o próprio {to} a recusar.',
      found: 'máquina inacessível ou proibido administrativamente',
    },
    TCP_REJECTED_UNCLEAR: {
      why: 'Visto de {device}, algo no caminho diz que não se chega a {to}: pode ser um filtro, ou pode faltar {to}.',
      found: 'máquina inacessível',
    },
    TCP_CLOSED: { why: '{device} não consegue ligar-se ao porto {port} de {to}, como deve ser.', found: 'o porto {port} está fechado' },
    TCP_CLOSED_REFUSED: { why: 'O porto {port} de {to} recusa {device}, como deve ser.', found: 'ligação recusada' },
    TCP_CLOSED_SILENT: { why: 'O porto {port} de {to} não responde a {device}, como deve ser.', found: 'sem resposta' },
    TCP_CLOSED_REJECTED: {
      why: 'A ligação de {device} ao porto {port} de {to} é parada no caminho, como deve ser.',
      found: 'parada no caminho',
    },
  },
  expected: {
    TCP_PORT_OPEN: '{device} consegue ligar-se ao porto {port} de {to}',
    TCP_PORT_REFUSED: '{to} recusa {device} no porto {port}',
    TCP_PORT_FILTERED: 'um filtro impede {device} de chegar ao porto {port} de {to}',
    TCP_PORT_BLOCKED: '{device} não consegue ligar-se ao porto {port} de {to}',
  },
}
