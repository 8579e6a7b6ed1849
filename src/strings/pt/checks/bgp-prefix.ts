import type { bgpPrefix as original } from '../../en/checks/bgp-prefix.ts'
import type { Translated } from '../../translated.ts'

const different = (words: string) => ({
  why: `${words} Visto: {tested}.`,
  found: '{instead} em vez de {wanted}',
})

export const bgpPrefix: Translated<typeof original> = {
  form: {
    name: 'Prefixo no BGP',
    sentence: '{device} tem o prefixo {prefix} na sua tabela BGP, aprendido de {from}',
    fields: {
      prefix: 'Rede com o seu comprimento, como 10.1.0.0/16',
      from: 'Aprendido de (qualquer um se vazio)',
      best: 'Este caminho',
      nextHop: 'Próximo salto',
      asPath: 'Caminho de AS, primeiro o mais próximo',
      asPathContains: 'O caminho de AS contém',
      localPref: 'Preferência local',
      med: 'MED',
      origin: 'Origem',
      communities: 'Comunidades',
      absent: 'O prefixo',
    },
    choices: {
      best: { true: 'é o melhor', false: 'não é o melhor' },
      origin: { igp: 'IGP', egp: 'EGP', incomplete: 'incompleta' },
      absent: { false: 'tem de existir', true: 'não pode existir' },
    },
  },
  reasons: {
    BGP_PREFIX_PRESENT: { why: '{device} tem o prefixo como deve ser.', found: '{tested}' },
    BGP_PREFIX_AWAY: { why: '{device} não tem tal prefixo, como deve ser.', found: 'nenhum caminho com {tested}' },
    BGP_PREFIX_FORBIDDEN: {
      why: '{device} tem {prefix} na sua tabela BGP, e não devia. Visto: {tested}.',
      found: 'um caminho de {peer} com o caminho de AS {path}',
    },
    BGP_PREFIX_MISSING: { why: 'A tabela BGP de {device} não tem {prefix}.', found: 'nenhum caminho para {prefix}' },
    BGP_PREFIX_FROM: different('{device} tem o prefixo de outro vizinho.'),
    BGP_PREFIX_NEXT_HOP: different('O caminho em {device} tem outro próximo salto.'),
    BGP_PREFIX_NOT_BEST: { why: '{device} tem um caminho assim, mas usa outro. Visto: {tested}.', found: 'não é o melhor caminho' },
    BGP_PREFIX_BEST: { why: '{device} usa este caminho, e devia usar outro. Visto: {tested}.', found: 'o melhor caminho' },
    BGP_PREFIX_AS_PATH: different('O caminho em {device} passa por outros sistemas autónomos.'),
    BGP_PREFIX_LOCAL_PREF: different('O caminho em {device} tem outra preferência local.'),
    BGP_PREFIX_MED: different('O caminho em {device} tem outro MED.'),
    BGP_PREFIX_ORIGIN: different('O caminho em {device} tem outra origem.'),
    BGP_PREFIX_COMMUNITIES: different('O caminho em {device} não tem todas estas comunidades.'),
    BGP_PREFIX_UNSHOWN: { why: '{device} não mostra se o caminho tem {wanted}.', found: 'não mostrado' },
  },
  expected: {
    BGP_PREFIX_PRESENT: '{device} tem um caminho com {tested}',
    BGP_PREFIX_AWAY: '{device} não tem nenhum caminho com {tested}',
  },
}
