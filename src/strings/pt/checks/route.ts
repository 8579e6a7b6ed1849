import type { route as original } from '../../en/checks/route.ts'
import type { Translated } from '../../translated.ts'

export const route: Translated<typeof original> = {
  form: {
    name: 'Rota',
    sentence: 'Em {device} a rota para {prefix} {state} e passa por {via}',
    fields: {
      prefix: 'Rede/comprimento',
      state: 'Rota',
      via: 'Próximos saltos (endereço, dispositivo ou interface)',
      viaMode: 'Dos próximos saltos',
      protocol: 'Aprendida por',
      type: 'Espécie de rota',
      metric: 'Métrica',
      ad: 'Distância administrativa',
      table: 'Tabela',
      vrf: 'VRF',
    },
    choices: {
      state: { present: 'existe', absent: 'não existe' },
      viaMode: { all: 'usam-se todos', any: 'usa-se um', exact: 'usam-se estes e mais nenhum' },
      protocol: {
        connected: 'ligada diretamente',
        local: 'local',
        static: 'estática',
        kernel: 'núcleo',
        dhcp: 'DHCP',
        rip: 'RIP',
        ospf: 'OSPF',
        isis: 'IS-IS',
        bgp: 'BGP',
        eigrp: 'EIGRP',
      },
      type: {
        forward: 'encaminha os pacotes',
        blackhole: 'descarta os pacotes em silêncio',
        unreachable: 'responde "inacessível"',
        prohibit: 'responde "proibido"',
        discard: 'deita os pacotes fora',
      },
      table: { rib: 'tabela de encaminhamento (RIB)', fib: 'tabela de expedição (FIB)' },
    },
  },
  reasons: {
    ROUTE_PRESENT: { why: '{device} tem a rota para {prefix}.', found: 'por {found} ({foundProtocol})' },
    ROUTE_AWAY: { why: '{device} não tem tal rota para {prefix}, como deve ser.', found: 'nenhuma rota assim' },
    ROUTE_ABSENT: { why: '{device} não tem rota para {prefix}.', found: 'nenhuma rota' },
    ROUTE_COVERED: {
      why: '{device} não tem rota para {prefix} propriamente; os pacotes para lá seguem a rota para {instead}.',
      found: 'só {instead}',
    },
    ROUTE_LENGTH: {
      why: '{device} tem uma rota para esta rede, mas com outra máscara: {instead} em vez de {prefix}.',
      found: '{instead}',
    },
    ROUTE_UNUSED: { why: '{device} conhece uma rota para {prefix}, mas não a usa.', found: 'por {found}, não em uso' },
    ROUTE_PROTOCOL: {
      why: 'A rota de {device} para {prefix} não foi aprendida da forma pedida.',
      found: '{foundProtocol}, por {found}',
    },
    ROUTE_OUTRANKED: {
      why: '{device} conhece a rota para {prefix} por {protocol}, mas prefere outra por {foundProtocol}.',
      found: 'usa-se {foundProtocol}',
    },
    ROUTE_DISCARDS: {
      why: 'A rota de {device} para {prefix} deita os pacotes fora em vez de os encaminhar.',
      found: '{foundType}',
    },
    ROUTE_TYPE: { why: 'A rota de {device} para {prefix} é de outra espécie que não a pedida.', found: '{foundType}' },
    ROUTE_VIA: { why: 'A rota de {device} para {prefix} passa por outro próximo salto que não o pedido.', found: 'por {found}' },
    ROUTE_VIA_EXTRA: { why: 'A rota de {device} para {prefix} passa também por {extra}.', found: 'por {found}' },
    ROUTE_METRIC: { why: 'A rota de {device} para {prefix} tem outra métrica que não a pedida.', found: 'métrica {foundMetric}' },
    ROUTE_AD: {
      why: 'A rota de {device} para {prefix} tem outra distância administrativa que não a pedida.',
      found: 'distância {foundAd}',
    },
    ROUTE_NOT_INSTALLED: {
      why: '{device} tem a rota para {prefix}, mas não encaminha pacotes por ela.',
      found: 'não está na tabela de expedição',
    },
    ROUTE_VRF_MISSING: { why: '{device} não tem uma VRF chamada {vrf}.', found: 'nenhuma VRF {vrf}' },
    ROUTE_FORBIDDEN: { why: '{device} tem uma rota para {prefix}, e não devia.', found: 'por {found} ({foundProtocol})' },
  },
  expected: {
    ROUTE_PRESENT: '{device} tem uma rota para {prefix}',
    ROUTE_PROTOCOL: '{device} tem uma rota para {prefix}, aprendida por {protocol}',
    ROUTE_VIA: '{device} tem uma rota para {prefix} por {via}',
    ROUTE_AWAY: '{device} não tem tal rota para {prefix}',
  },
}
