import type { file as original } from '../../en/checks/file.ts'
import type { Translated } from '../../translated.ts'

export const file: Translated<typeof original> = {
  form: {
    name: 'Ficheiro',
    sentence: 'Em {device}, {path} {state} e contém {contains}',
    fields: {
      path: 'Caminho',
      state: 'Esperado',
      type: 'Tipo',
      mode: 'Permissões',
      owner: 'Dono',
      group: 'Grupo',
      sha256: 'SHA-256',
      contains: 'Textos que contém',
      regex: 'Expressão regular',
      lines: 'Número de linhas',
    },
    choices: { state: { present: 'existe', absent: 'não existe' }, type: { file: 'um ficheiro', directory: 'uma pasta' } },
  },
  reasons: {
    FILE_FOUND: { why: 'O ficheiro {path} em {device} está como deve ser.', found: '{path}' },
    FILE_ABSENT: { why: '{device} não tem {path}.', found: 'nenhum ficheiro assim' },
    FILE_OTHER_TYPE: { why: 'O ficheiro {path} em {device} não é do tipo certo.', found: '{type}' },
    FILE_OTHER_MODE: { why: 'O ficheiro {path} em {device} tem outras permissões.', found: '{mode}' },
    FILE_OTHER_OWNER: { why: 'O ficheiro {path} em {device} pertence a outra conta.', found: '{owner}' },
    FILE_OTHER_GROUP: { why: 'O ficheiro {path} em {device} pertence a outro grupo.', found: '{group}' },
    FILE_TEXT_MISSING: { why: 'Falta um texto em {path} em {device}.', found: '{head}' },
    FILE_NO_MATCH: { why: 'O ficheiro {path} em {device} não diz o que deve.', found: '{head}' },
    FILE_OTHER_LENGTH: { why: 'O ficheiro {path} em {device} tem outro número de linhas.', found: '{lines} linhas' },
    FILE_OTHER_CONTENT: { why: 'O ficheiro {path} em {device} tem outro conteúdo.', found: 'SHA-256 {sha256}' },
    FILE_TOO_LONG: { why: 'O ficheiro {path} em {device} é demasiado longo para ser lido por inteiro.', found: 'mais de 64 kB' },
    FILE_REGEX_TOO_SLOW: {
      why: 'A expressão regular desta verificação demora demasiado com {path} de {device}.',
      found: 'não decidido a tempo',
    },
    FILE_GONE: { why: '{device} não tem {path}, como deve ser.', found: 'nenhum ficheiro assim' },
    FILE_FORBIDDEN: { why: '{device} tem {path}, e não devia.', found: '{path} existe' },
  },
  expected: {
    FILE_STATE_PRESENT: '{path} existe em {device}',
    FILE_STATE_ABSENT: '{device} não tem {path}',
    FILE_AS_EXPECTED: '{path} em {device} com o conteúdo e as permissões certas',
  },
}
