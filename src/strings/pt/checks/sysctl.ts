import type { sysctl as original } from '../../en/checks/sysctl.ts'
import type { Translated } from '../../translated.ts'

export const sysctl: Translated<typeof original> = {
  form: {
    name: 'Definição do núcleo (sysctl)',
    sentence: 'Em {device}, {key} é {value}',
    fields: { key: 'Definição', value: 'Valor', persisted: 'No próximo arranque' },
    choices: { persisted: { true: 'tem de estar definida também', false: 'não conta' } },
  },
  reasons: {
    SYSCTL_SET: { why: 'A definição {key} em {device} está como deve ser.', found: '{value}' },
    SYSCTL_SET_AND_SAVED: {
      why: 'A definição {key} em {device} está como deve ser, agora e no próximo arranque.',
      found: '{value}, guardado em {file}',
    },
    SYSCTL_WRONG: { why: 'A definição {key} em {device} tem outro valor.', found: '{value}' },
    SYSCTL_UNKNOWN: { why: 'O núcleo de {device} não tem a definição {key}.', found: 'nenhuma definição assim' },
    SYSCTL_NOT_SAVED: {
      why: 'A definição {key} está feita agora em {device}, mas não estará depois de reiniciar.',
      found: '{value}, em nenhum ficheiro',
    },
    SYSCTL_SAVED_OTHERWISE: {
      why: 'A definição {key} está feita agora em {device}, mas {file} define outro valor no próximo arranque.',
      found: '{value} agora, {saved} em {file}',
    },
  },
  expected: { SYSCTL_VALUE: '{key} = {value} em {device}', SYSCTL_VALUE_SAVED: '{key} = {value} em {device}, agora e depois de reiniciar' },
}
