import type { bandwidth as original } from '../../en/checks/bandwidth.ts'
import type { Translated } from '../../translated.ts'

export const bandwidth: Translated<typeof original> = {
  form: {
    name: 'Largura de banda',
    sentence: 'De {device} para {to} passam pelo menos {atLeast} Mbit/s',
    fields: {
      to: 'Dispositivo, ou dispositivo e porto',
      atLeast: 'Mbit/s no mínimo',
      atMost: 'Mbit/s no máximo',
      comparedWith: 'Comparado com este dispositivo, ou dispositivo e porto',
      ratioAtLeast: 'Vezes o outro, no mínimo',
      ratioAtMost: 'Vezes o outro, no máximo',
      port: 'Porto TCP da medição',
      seconds: 'Segundos de medição',
    },
  },
  reasons: {
    BANDWIDTH_RIGHT: { why: 'De {device} para {to} passa tanto quanto deve.', found: '{mbits} Mbit/s' },
    BANDWIDTH_LOW: { why: 'De {device} para {to} passa muito pouco por segundo.', found: '{mbits} Mbit/s' },
    BANDWIDTH_HIGH: { why: 'De {device} para {to} passa mais por segundo do que devia.', found: '{mbits} Mbit/s' },
    BANDWIDTH_RATIO_LOW: {
      why: 'O caminho de {device} para {to} é demasiado lento, comparado com o caminho para {comparedWith}.',
      found: '{mbits} Mbit/s, {ratio} vezes os {otherMbits} Mbit/s para {comparedWith}',
    },
    BANDWIDTH_RATIO_HIGH: {
      why: 'O caminho de {device} para {to} é demasiado rápido, comparado com o caminho para {comparedWith}.',
      found: '{mbits} Mbit/s, {ratio} vezes os {otherMbits} Mbit/s para {comparedWith}',
    },
    BANDWIDTH_UNREACHED: { why: '{device} não consegue ligar-se a {to}, por isso nada passa.', found: 'sem ligação' },
    BANDWIDTH_OWN_ADDRESS: {
      why: 'A máquina {to} é um endereço do próprio {device}, por isso isto não diz nada da rede.',
      found: '{device} tem ele próprio {to}',
    },
    BANDWIDTH_REFUSED: {
      why: 'Foi iniciado em {to} um servidor para a medição, mas a ligação de {device} foi recusada.',
      found: 'ligação recusada',
    },
    BANDWIDTH_BUSY: { why: 'Está outra medição a decorrer em {to}, por isso {device} não pôde medir.', found: 'o servidor está ocupado' },
    BANDWIDTH_NOT_COMPARED: {
      why: 'A largura de banda de {device} para {comparedWith} não pôde ser medida, por isso não há com que comparar.',
      found: 'nenhuma medição para {comparedWith}',
    },
  },
  expected: {
    BANDWIDTH_AT_LEAST: 'pelo menos {atLeast} Mbit/s de {device} para {to}',
    BANDWIDTH_AT_MOST: 'no máximo {atMost} Mbit/s de {device} para {to}',
    BANDWIDTH_BETWEEN: '{atLeast} a {atMost} Mbit/s de {device} para {to}',
    BANDWIDTH_RATIO_AT_LEAST: 'de {device} para {to} pelo menos {ratioAtLeast} vezes a largura de banda para {comparedWith}',
    BANDWIDTH_RATIO_AT_MOST: 'de {device} para {to} no máximo {ratioAtMost} vezes a largura de banda para {comparedWith}',
    BANDWIDTH_RATIO_BETWEEN: 'de {device} para {to} {ratioAtLeast} a {ratioAtMost} vezes a largura de banda para {comparedWith}',
  },
}
