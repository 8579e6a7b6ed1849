import type { ping as original } from '../../en/checks/ping.ts'
import type { Translated } from '../../translated.ts'

export const ping: Translated<typeof original> = {
  form: {
    name: 'Ping',
    sentence: '{device} faz ping a {to} {count} vezes, e isso {expect} com no máximo {maxDrop} perdidos',
    fields: {
      to: 'Endereço, ou dispositivo e porto',
      count: 'Número de pings',
      maxDrop: 'Perdidos no máximo',
      expect: 'Esperado',
      control: 'Tem de responder entretanto',
      size: 'Tamanho em bytes',
      source: 'A sair de',
      df: 'Fragmentos',
      warmup: 'Repetições para um arranque lento',
    },
    choices: { expect: { success: 'resulta', failure: 'falha' }, df: { false: 'permitidos', true: 'proibidos' } },
  },
  reasons: {
    PING_REPLIED: { why: '{device} chega a {to}.', found: '{received} de {sent} sondas respondidas' },
    PING_PARTIAL: {
      why: '{device} só chega a {to} de vez em quando: perdem-se demasiadas sondas.',
      found: '{received} de {sent} sondas respondidas',
    },
    PING_LOST: { why: '{device} enviou sondas a {to}, mas nada voltou.', found: 'nenhuma resposta a {sent} sondas' },
    PING_NO_ADDRESS: { why: '{device} não tem endereço, por isso não pode chegar a {to}.', found: 'sem endereço em {device}' },
    PING_INTERFACES_DOWN: {
      why: 'Todas as interfaces de {device} com endereço estão em baixo.',
      found: 'em baixo: {addresses}',
    },
    PING_NO_GATEWAY: {
      why: '{device} não tem gateway, e {to} não está na sua própria rede.',
      found: '{device} tem o endereço {addresses} e nenhum gateway',
    },
    PING_NO_ROUTE: { why: '{device} não tem rota para {to}.', found: 'sem rota para {to} em {device}' },
    PING_DISCARDED: {
      why: '{device} deita fora o que envia para {to}: por uma rota ou uma regra de firewall sua, ou porque toma {to} por um endereço de difusão.',
      found: 'deitado fora em {device}',
    },
    PING_NEIGHBOUR_SILENT: {
      why: '{device} toma {to} por um vizinho na sua própria rede, mas nenhum dispositivo lá responde por esse endereço.',
      found: '{to} não responde ao ARP; o endereço de {device} é {addresses}',
    },
    PING_GATEWAY_GONE: {
      why: '{to} só responde a {device} porque {device} se lembra do seu gateway {gateway}: já ninguém tem esse endereço.',
      found: 'ninguém responde por {gateway}',
    },
    PING_GATEWAY_OLD: {
      why: '{to} responde a {device}, mas o seu gateway {gateway} não responde agora, e o que {device} soube dele antes pode estar desatualizado.',
      found: '{gateway} é conhecido, mas está em silêncio',
    },
    PING_GATEWAY_SILENT: { why: 'O gateway {gateway} de {device} não responde.', found: '{gateway} não responde ao ARP' },
    PING_GATEWAY_OUTSIDE: {
      why: 'O gateway {gateway} de {device} não está na rede de {device}.',
      found: 'gateway {gateway}, endereço {addresses}',
    },
    PING_MASK_TOO_NARROW: {
      why: 'A máscara /{length} de {device} deixa {outside} fora da sua rede.',
      found: '{device} tem {own}, {holder} tem {other}',
    },
    PING_MASK_TOO_WIDE: {
      why: 'A máscara /{length} de {device} inclui {outside}, que pela sua própria máscara está noutra rede.',
      found: '{device} tem {own}, {holder} tem {other}',
    },
    PING_NET_UNREACHABLE: {
      why: '{from} não tem rota para os pacotes de {device} para {to}.',
      found: '{from} diz: rede inacessível',
    },
    PING_HOST_UNREACHABLE: {
      why: 'Os pacotes de {device} chegam até {from}, que não obtém resposta de {to} na sua própria rede.',
      found: '{from} diz: máquina inacessível',
    },
    PING_PORT_UNREACHABLE: { why: '{from} recusou os pacotes de {device} para {to}.', found: '{from} diz: porto inacessível' },
    PING_UNREACHABLE: { why: 'Um router no caminho de {device} para {to} diz que não consegue entregar.', found: 'inacessível' },
    PING_FILTERED: { why: '{from} filtra os pacotes de {device} para {to}.', found: '{from} diz: proibido administrativamente' },
    PING_TTL_EXCEEDED: {
      why: 'Os pacotes de {device} para {to} andam às voltas; {from} desistiu deles.',
      found: '{from} diz: tempo de vida excedido',
    },
    PING_TOO_BIG: {
      why: 'Pacotes deste tamanho não passam {from} no caminho de {device} para {to}.',
      found: '{from} diz: fragmentação necessária',
    },
    PING_OWN_ADDRESS: {
      why: '{to} é um endereço do próprio {device}, por isso uma resposta não prova nada.',
      found: '{device} tem ele próprio {to}',
    },
    PING_REACHED: { why: '{device} chega a {to}, e não devia.', found: '{received} de {sent} sondas respondidas' },
    PING_SILENT: { why: '{device} não chega a {to}, como deve ser.', found: 'nenhuma resposta a {sent} sondas' },
    PING_CONTROL_SILENT: {
      why: '{device} também não chega a {control}, por isso o silêncio de {to} não prova nada.',
      found: 'nenhuma resposta de {control}',
    },
    PING_UNREADABLE: {
      why: 'O ping em {device} escreveu algo que não se consegue entender.',
      found: 'uma resposta que não se consegue ler',
    },
    SHOW_IP_UNREADABLE: {
      why: '{device} mostrou o seu endereço numa forma que não se consegue entender.',
      found: 'uma resposta que não se consegue ler',
    },
    SHOW_INTERFACES_UNREADABLE: {
      why: '{device} mostrou as suas interfaces numa forma que não se consegue entender.',
      found: 'uma resposta que não se consegue ler',
    },
  },
  expected: {
    PING_SUCCESS: '{device} obtém pelo menos {least} de {count} respostas de {to}',
    PING_FAILURE: '{device} não obtém nenhuma resposta de {to}',
  },
}
