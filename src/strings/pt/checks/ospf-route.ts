import type { ospfRoute as original } from '../../en/checks/ospf-route.ts'
import type { Translated } from '../../translated.ts'

export const ospfRoute: Translated<typeof original> = {
  form: {
    name: 'Rota OSPF',
    sentence: 'O OSPF em {device} aprendeu {prefix} do tipo {type} com custo {cost}: {state}',
    fields: {
      prefix: 'Rede/comprimento',
      type: 'Tipo',
      cost: 'Custo',
      state: 'Rota',
      area: 'Área',
      via: 'Próximos saltos (endereço, dispositivo ou interface)',
      viaMode: 'Dos próximos saltos',
    },
    choices: {
      type: {
        intra: 'intra-área',
        inter: 'inter-área',
        e1: 'externa tipo 1',
        e2: 'externa tipo 2',
        n1: 'NSSA tipo 1',
        n2: 'NSSA tipo 2',
      },
      state: { present: 'existe', absent: 'não existe' },
      viaMode: { all: 'usam-se todos', any: 'usa-se um', exact: 'usam-se estes e mais nenhum' },
    },
  },
  reasons: {
    OSPF_ROUTE: { why: '{device} aprendeu {prefix} por OSPF.', found: 'por {found}, custo {foundCost}' },
    OSPF_ROUTE_AWAY: { why: '{device} não aprendeu por OSPF tal rota para {prefix}, como deve ser.', found: 'nenhuma rota OSPF assim' },
    OSPF_ROUTE_ABSENT: { why: '{device} não aprendeu {prefix} por OSPF.', found: 'nenhuma rota OSPF' },
    OSPF_ROUTE_OUTRANKED: {
      why: '{device} usa uma rota para {prefix} que não vem do OSPF.',
      found: '{foundProtocol}',
    },
    OSPF_ROUTE_TYPE: { why: '{device} aprendeu {prefix} por OSPF, mas com outro tipo que não o pedido.', found: 'tipo {foundType}' },
    OSPF_ROUTE_AREA: { why: '{device} aprendeu {prefix} por OSPF, mas noutra área que não a pedida.', found: 'área {foundArea}' },
    OSPF_ROUTE_COST: { why: '{device} aprendeu {prefix} por OSPF, mas com outro custo que não o pedido.', found: 'custo {foundCost}' },
    OSPF_ROUTE_VIA: { why: 'A rota OSPF de {device} para {prefix} passa por outro próximo salto que não o pedido.', found: 'por {found}' },
    OSPF_ROUTE_VIA_EXTRA: { why: 'A rota OSPF de {device} para {prefix} passa também por {extra}.', found: 'por {found}' },
    OSPF_ROUTE_FORBIDDEN: { why: '{device} aprendeu {prefix} por OSPF, e não devia.', found: 'por {found}, tipo {foundType}' },
  },
  expected: {
    OSPF_ROUTE: '{device} aprendeu {prefix} por OSPF',
    OSPF_ROUTE_TYPE: '{device} aprendeu {prefix} por OSPF com o tipo {type}',
    OSPF_ROUTE_VIA: '{device} aprendeu {prefix} por OSPF por {via}',
    OSPF_ROUTE_AWAY: '{device} não aprendeu por OSPF tal rota para {prefix}',
  },
}
