import type { configuration as original } from '../../en/checks/configuration.ts'
import type { Translated } from '../../translated.ts'

export const configuration: Translated<typeof original> = {
  form: {
    name: 'Configuração',
    sentence: 'A configuração de {device} tem {lines} e está {saved}',
    fields: { lines: 'Linhas nos seus blocos', saved: 'Guardada', source: 'Em Linux: ficheiro ou comando' },
    choices: {
      saved: { true: 'guardada tal como corre', false: 'guardada ou não' },
      source: {
        'ip addr': 'endereços',
        'ip route': 'rotas',
        'ip -6 route': 'rotas IPv6',
        'ip rule': 'regras de encaminhamento',
        'sysctl -a': 'definições do núcleo',
      },
    },
  },
  reasons: {
    CONFIG_RIGHT: { why: 'A configuração de {device} está como deve ser.', found: 'todas as linhas procuradas' },
    CONFIG_SAVED: { why: 'A configuração de {device} está guardada.', found: 'guardada tal como corre' },
    CONFIG_ABSENT: { why: 'Falta à configuração de {device} a linha "{wanted}".', found: 'nenhuma linha assim' },
    CONFIG_ABSENT_IN_BLOCK: { why: 'Em {device} falta a linha "{wanted}" dentro de "{block}".', found: 'nenhuma linha assim ali' },
    CONFIG_BLOCK_ABSENT: { why: 'A configuração de {device} não tem o bloco "{block}".', found: 'nenhum bloco assim' },
    CONFIG_OTHER_BLOCK: {
      why: 'Em {device}, a linha "{wanted}" está no sítio errado: dentro de "{found}".',
      found: 'está dentro de "{found}"',
    },
    CONFIG_OUTSIDE: {
      why: 'Em {device}, a linha "{wanted}" está solta em vez de dentro de "{block}".',
      found: 'está fora de qualquer bloco',
    },
    CONFIG_OTHER_VALUE: { why: 'Em {device}, está outra linha onde devia estar "{wanted}".', found: '{found}' },
    CONFIG_NEGATED: { why: 'Em {device}, "{wanted}" está desligado por "no".', found: 'no {wanted}' },
    CONFIG_FORBIDDEN: { why: 'A configuração de {device} tem uma linha que não pode ter.', found: '{found}' },
    CONFIG_FORBIDDEN_IN_BLOCK: { why: 'Em {device}, há dentro de "{block}" uma linha que não pode lá estar.', found: '{found}' },
    CONFIG_ORDER: { why: 'Em {device}, "{wanted}" tem de vir depois de "{before}".', found: 'vem antes' },
    CONFIG_FILE_ABSENT: { why: 'Não existe o ficheiro {source} em {device}.', found: 'nenhum ficheiro assim' },
    CONFIG_NOTHING_SAVED: { why: 'A configuração de {device} nunca foi guardada.', found: 'nada guardado' },
    CONFIG_NOT_SAVED: {
      why: 'A configuração de {device} foi alterada e não foi guardada depois.',
      found: 'não guardado: {found}',
    },
    CONFIG_SAVED_OUTDATED: {
      why: 'A configuração guardada de {device} ainda tem linhas que foram retiradas.',
      found: 'guardado, mas não em uso: {found}',
    },
  },
  expected: {
    CONFIG_WITH: 'a configuração de {device} tem {present}',
    CONFIG_WITHOUT: 'a configuração de {device} não tem em lado nenhum {absent}',
    CONFIG_WITH_WITHOUT: 'a configuração de {device} tem {present}, e em lado nenhum {absent}',
    CONFIG_WITH_SAVED: 'a configuração de {device} tem {present}, e está guardada',
    CONFIG_WITHOUT_SAVED: 'a configuração de {device} não tem em lado nenhum {absent}, e está guardada',
    CONFIG_WITH_WITHOUT_SAVED: 'a configuração de {device} tem {present}, em lado nenhum {absent}, e está guardada',
    CONFIG_IS_SAVED: 'a configuração de {device} está guardada tal como corre',
  },
}
