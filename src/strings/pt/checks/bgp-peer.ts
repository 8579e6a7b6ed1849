import type { bgpPeer as original } from '../../en/checks/bgp-peer.ts'
import type { Translated } from '../../translated.ts'

export const bgpPeer: Translated<typeof original> = {
  form: {
    name: 'Vizinho BGP',
    sentence: '{device} tem o vizinho BGP {neighbour} no AS {remoteAs}, e a sessão está {state}',
    fields: {
      neighbour: 'Endereço, ou dispositivo',
      remoteAs: 'AS do vizinho',
      state: 'Sessão',
      afi: 'Endereços',
      absent: 'Vizinho',
      noExtra: 'Outros vizinhos',
      allowed: 'Outros que podem existir',
    },
    choices: {
      state: { established: 'estabelecida', down: 'em baixo' },
      afi: { ipv4: 'IPv4', ipv6: 'IPv6' },
      absent: { false: 'está configurado', true: 'não pode existir' },
      noExtra: { false: 'podem existir', true: 'não podem existir' },
    },
  },
  reasons: {
    BGP_PEER_UP: {
      why: 'A sessão BGP de {device} com {neighbour} está estabelecida.',
      found: '{address} (AS {foundAs}), estabelecida, prefixos recebidos: {prefixes}',
    },
    BGP_PEER_DOWN: { why: 'A sessão BGP de {device} com {neighbour} está em baixo, como deve ser.', found: '{address}: {foundState}' },
    BGP_PEER_AWAY: { why: '{device} não tem o vizinho BGP {neighbour}, como deve ser.', found: 'nenhum vizinho assim' },
    BGP_NOT_RUNNING: { why: 'Não corre BGP em {device}.', found: 'sem BGP' },
    BGP_NO_PEERS: { why: '{device} não tem nenhum vizinho BGP para {afi}.', found: 'sem vizinhos' },
    BGP_PEER_MISSING: {
      why: '{neighbour} não está entre os vizinhos BGP que {device} tem para {afi}.',
      found: 'os vizinhos são {peers}',
    },
    BGP_PEER_WRONG_AS: {
      why: '{device} tem o vizinho BGP {neighbour} no AS {foundAs} em vez de {remoteAs}.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
    BGP_PEER_AS_UNKNOWN: { why: '{device} não mostra o AS de {neighbour}.', found: '{address}: {foundState}' },
    BGP_PEER_SHUTDOWN: { why: 'O vizinho BGP {neighbour} está desativado em {device}.', found: '{address}: desativado' },
    BGP_PEER_NOT_UP: {
      why: '{device} tem o vizinho BGP {neighbour}, mas a sessão não está estabelecida.',
      found: '{address}: {foundState}',
    },
    BGP_PEER_BAD_AS: {
      why: 'A sessão de {device} com {neighbour} não está estabelecida, e caiu da última vez porque um tinha o outro no AS errado.',
      found: '{address} (AS {foundAs}): {foundState}, última mensagem "bad peer AS"',
    },
    BGP_PEER_NO_ROUTE: {
      why: 'A sessão de {device} com {neighbour} não está estabelecida: {device} não tem caminho para {address}.',
      found: '{address}: {foundState}, sem rota para lá',
    },
    BGP_PEER_AUTHENTICATION: {
      why: 'A sessão de {device} com {neighbour} não está estabelecida: as palavras-passe não são iguais.',
      found: '{address}: {foundState}, autenticação falhada',
    },
    BGP_PEER_WITHOUT_FAMILY: {
      why: 'A sessão de {device} com {neighbour} está estabelecida, mas não para {afi}: um deles não o ativa.',
      found: '{address}: estabelecida, {afi} não acordado',
    },
    BGP_PEER_EXTRA: { why: '{device} tem vizinhos BGP que não podem existir.', found: '{extra}' },
    BGP_PEER_PRESENT: {
      why: '{device} tem o vizinho BGP {neighbour}, que não devia existir.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
    BGP_PEER_STILL_UP: {
      why: 'A sessão BGP de {device} com {neighbour} está estabelecida, e devia estar em baixo.',
      found: '{address} (AS {foundAs}): {foundState}',
    },
  },
  expected: {
    BGP_PEER_UP: '{device} tem uma sessão BGP estabelecida com {neighbour} para {afi}',
    BGP_PEER_UP_IN_AS: '{device} tem uma sessão BGP estabelecida com {neighbour} no AS {remoteAs} para {afi}',
    BGP_PEER_DOWN: 'a sessão BGP de {device} com {neighbour} está em baixo',
    BGP_PEER_AWAY: '{device} não tem o vizinho BGP {neighbour} para {afi}',
  },
}
