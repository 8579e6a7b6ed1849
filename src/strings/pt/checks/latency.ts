import type { latency as original } from '../../en/checks/latency.ts'
import type { Translated } from '../../translated.ts'

export const latency: Translated<typeof original> = {
  form: {
    name: 'Latência',
    sentence: 'Um pacote de {device} até {to} e de volta demora no máximo {maxMs} ms',
    fields: { to: 'Endereço, ou dispositivo e porto', maxMs: 'Milissegundos no máximo', minMs: 'Milissegundos no mínimo' },
  },
  reasons: {
    LATENCY_RIGHT: {
      why: 'Os pacotes entre {device} e {to} demoram o que devem.',
      found: '{median} ms, a mediana de {received}',
    },
    LATENCY_HIGH: { why: 'Os pacotes entre {device} e {to} demoram demasiado.', found: '{median} ms, a mediana de {received}' },
    LATENCY_LOW: {
      why: 'Os pacotes entre {device} e {to} são mais rápidos do que deviam.',
      found: '{median} ms, a mediana de {received}',
    },
    LATENCY_LOST: { why: 'Voltaram poucas sondas de {device} para {to}.', found: '{received} de {sent} sondas respondidas' },
    LATENCY_OWN_ADDRESS: {
      why: '{to} é um endereço do próprio {device}, por isso o seu tempo não diz nada.',
      found: '{device} tem ele próprio {to}',
    },
  },
  expected: {
    LATENCY_AT_MOST: 'no máximo {maxMs} ms de {device} até {to} e de volta',
    LATENCY_AT_LEAST: 'pelo menos {minMs} ms de {device} até {to} e de volta',
    LATENCY_BETWEEN: '{minMs} a {maxMs} ms de {device} até {to} e de volta',
  },
}
