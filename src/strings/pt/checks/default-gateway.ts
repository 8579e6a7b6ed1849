import type { defaultGateway as original } from '../../en/checks/default-gateway.ts'
import type { Translated } from '../../translated.ts'

export const defaultGateway: Translated<typeof original> = {
  form: {
    name: 'Gateway predefinido',
    sentence: 'O gateway predefinido de {device} é {gateway}, que é {answersArp}',
    fields: { gateway: 'Endereço, dispositivo e porto, ou none', answersArp: 'Verificado' },
    choices: { answersArp: { true: 'interrogado e tem de responder', false: 'apenas comparado' } },
  },
  reasons: {
    GATEWAY_RIGHT: { why: '{device} tem o gateway predefinido certo.', found: '{found}' },
    GATEWAY_ANSWERS: { why: '{device} tem o gateway predefinido certo, e o gateway responde.', found: '{found}' },
    GATEWAY_ABSENT: { why: '{device} não tem gateway predefinido.', found: 'sem gateway predefinido' },
    GATEWAY_WRONG: { why: 'O gateway predefinido de {device} é {found} em vez de {gateway}.', found: '{found}' },
    GATEWAY_SEVERAL: { why: '{device} usa vários gateways predefinidos ao mesmo tempo.', found: '{found}' },
    GATEWAY_SILENT: {
      why: 'O gateway predefinido de {device} está certo, mas ninguém responde por esse endereço.',
      found: '{found} não responde ao ARP',
    },
    GATEWAY_ANSWER_OLD: {
      why: '{device} já conheceu o seu gateway predefinido, mas este agora não responde.',
      found: '{found} é conhecido, mas está em silêncio',
    },
    GATEWAY_SET: { why: '{device} tem um gateway predefinido, e não devia ter nenhum.', found: '{found}' },
    GATEWAY_NONE_AS_WANTED: { why: '{device} não tem gateway predefinido, como deve ser.', found: 'sem gateway predefinido' },
  },
  expected: {
    GATEWAY_IS: 'o gateway predefinido de {device} é {gateway}',
    GATEWAY_IS_AND_ANSWERS: 'o gateway predefinido de {device} é {gateway}, e responde',
    GATEWAY_NONE: '{device} não tem gateway predefinido',
  },
}
