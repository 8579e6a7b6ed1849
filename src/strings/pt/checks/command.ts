import type { command as original } from '../../en/checks/command.ts'
import type { Translated } from '../../translated.ts'

export const command: Translated<typeof original> = {
  form: {
    name: 'Comando próprio',
    sentence: '{device} responde a {command} com uma saída que corresponde a {regex}',
    fields: {
      command: 'Comando',
      exitCode: 'Estado de saída',
      equals: 'Saída completa',
      regex: 'Expressão regular',
      notRegex: 'Não pode corresponder',
      ignoreCase: 'Maiúsculas',
      groups: 'Grupos nomeados (NOME=VALOR)',
      count: 'Número de linhas que correspondem',
      jsonPath: 'Caminho JSON',
      compare: 'Valor nesse caminho',
      value: 'Valor',
      normalise: 'Comparar',
      timeoutSeconds: 'Segundos no máximo',
    },
    choices: {
      ignoreCase: { false: 'contam', true: 'não contam' },
      compare: {
        equals: 'é',
        not_equals: 'não é',
        less: 'é menor do que',
        at_most: 'é no máximo',
        more: 'é maior do que',
        at_least: 'é pelo menos',
      },
      normalise: { exact: 'exatamente', blanks: 'os espaços não contam', blanks_and_case: 'os espaços e as maiúsculas não contam' },
    },
  },
  reasons: {
    COMMAND_EXPECTED_OUTPUT: { why: '{device} respondeu a "{command}" como deve ser.', found: 'a resposta pedida' },
    COMMAND_EXIT_CODE: {
      why: 'O comando "{command}" terminou em {device} com outro estado de saída.',
      found: 'estado de saída {exitCode}',
    },
    COMMAND_WITHOUT_EXIT_CODE: { why: '{device} não dá estado de saída para "{command}".', found: 'sem estado de saída' },
    COMMAND_OTHER_OUTPUT: { why: '{device} respondeu outra coisa a "{command}".', found: '{output}' },
    COMMAND_NO_MATCH: { why: 'A resposta de {device} a "{command}" não diz o que deve.', found: '{output}' },
    COMMAND_FORBIDDEN_OUTPUT: { why: 'A resposta de {device} a "{command}" diz o que não deve.', found: '{match}' },
    COMMAND_WRONG_GROUP: { why: 'Um valor na resposta de {device} a "{command}" é outro.', found: '{group}: {value}' },
    COMMAND_WRONG_COUNT: { why: 'A resposta de {device} a "{command}" tem outro número de linhas dessas.', found: '{count} linhas' },
    COMMAND_NO_JSON: { why: '{device} respondeu a "{command}" com algo que não é JSON.', found: '{output}' },
    COMMAND_JSON_ABSENT: { why: 'A resposta de {device} a "{command}" não tem nada em {path}.', found: 'nada em {path}' },
    COMMAND_JSON_VALUE: { why: 'Um valor na resposta de {device} a "{command}" não está como deve.', found: '{path}: {value}' },
    COMMAND_OUTPUT_CUT: { why: 'A resposta de {device} é demasiado longa para ser vista por inteiro.', found: '{output}' },
    COMMAND_REGEX_TOO_SLOW: {
      why: 'A expressão regular desta verificação demora demasiado com a resposta de {device} a "{command}".',
      found: 'não decidido a tempo',
    },
  },
  expected: { COMMAND_AS_EXPECTED: 'a resposta certa de {device} a "{command}"' },
}
