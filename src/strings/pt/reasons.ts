import type { reasons as original } from '../en/reasons.ts'
import type { Translated } from '../translated.ts'
import { expectedOfChecks, reasonsOfChecks } from './checks/index.ts'

const common = {
  // qualquer tipo
  DEVICE_STOPPED: { why: '{device} está desligado, por isso nada nele pode funcionar.', found: '{device} está desligado' },
  DEVICE_STOPPED_NEGATIVE: {
    why: '{off} está desligado, por isso não diz nada que isto não passe.',
    found: '{off} está desligado',
  },
  DEVICE_MISSING: { why: 'O laboratório já não tem nenhum dispositivo chamado {device}.', found: 'não há {device} no laboratório' },
  DEVICE_WITHOUT_CONSOLE: { why: '{device} não tem consola onde se possa perguntar.', found: 'sem consola' },
  CONSOLE_GRAPHICAL: {
    why: '{device} só tem uma consola gráfica ({console}). Pode ser interrogado por uma consola telnet auxiliar (GNS3 3.x) ou por SSH (`connect`), e não tem nenhuma delas.',
    found: 'uma consola gráfica',
  },
  CONNECT_UNSUPPORTED: { why: 'O exercício pede um caminho até {device} que aqui não se pode usar.', found: 'não interrogado' },
  REQUIREMENT_NOT_MET: { why: 'Não verificado, porque "{title}" não passou.', found: 'não verificado' },
  NOT_SELECTED: { why: 'Não verificado, porque não foi pedido.', found: 'não verificado' },
  BUDGET_SPENT: {
    why: 'O tempo desta avaliação acabou antes de {device} poder ser interrogado.',
    found: 'não interrogado a tempo',
  },
  EVIDENCE_FULL: {
    why: 'Os dispositivos escreveram mais do que se guarda de uma avaliação, por isso {device} já não foi interrogado.',
    found: 'demasiada saída',
  },
  CANCELLED: { why: 'A avaliação foi parada antes de isto ficar decidido.', found: 'não terminado' },
  NOT_A_GNS3_SWITCH: {
    why: '{device} não é um switch do GNS3, por isso o GNS3 não pode dizer como estão os seus portos.',
    found: 'um dispositivo do tipo {type}',
  },
  LAB_STATE_ABSENT: { why: 'Não há aqui nenhum GNS3 que possa mostrar dispositivos e cabos.', found: 'sem GNS3' },
  LAB_STATE_UNREADABLE: { why: 'O GNS3 não disse que dispositivos estão ligados.', found: 'sem estado do laboratório' },
  LAB_CHANGED: {
    why: 'A resposta estava certa, mas os dispositivos ou os cabos não são os que foram entregues; por isso decide um docente.',
    found: 'um laboratório alterado',
  },
  ANSWERS_OVERRIDDEN: {
    why: 'A resposta estava certa, mas {device} está configurado de modo a poder responder o que quiser aos nossos comandos ("{line}"); por isso decide um docente.',
    found: 'respostas de {device} que nada provam',
  },
  INTERNAL_ERROR: { why: 'Algo correu mal do nosso lado enquanto {device} era interrogado.', found: 'sem resultado' },
  NOT_IN_EVIDENCE: {
    why: 'As provas guardadas não respondem a isto: "{command}" não foi então perguntado a {device}.',
    found: 'não perguntado então',
  },
  PLATFORM_UNSUPPORTED: { why: 'A um dispositivo da plataforma {platform} não se pode perguntar isto.', found: 'não perguntado' },
  COMMAND_REFUSED: { why: '{device} não aceitou o comando "{command}".', found: '{answer}' },
  COMMAND_NOT_PERMITTED: { why: 'A conta usada em {device} não pode usar "{command}".', found: '{answer}' },
  FRR_SESSION_OLD: {
    why: 'O vtysh na consola de {device} não tem ligação a {daemon}, por isso não pode mostrar o que {daemon} faz. Saia do vtysh e volte a abri-lo.',
    found: 'um vtysh sem {daemon}',
  },
  ANSWER_TIMEOUT: { why: '{device} não terminou a tempo a resposta a "{command}".', found: 'sem fim em {seconds} s' },
  ANSWER_UNREADABLE: {
    why: '{device} respondeu a "{command}" com algo que não se consegue entender.',
    found: 'uma resposta que não se consegue ler',
  },
  REGEX_TOO_SLOW: {
    why: 'Um padrão do exercício demorou demasiado com a resposta de {device}; por isso decide um docente.',
    found: 'sem resultado a tempo para {pattern}',
  },
  TARGET_WITHOUT_ADDRESS: {
    why: '{target} ainda não tem endereço, por isso nada lhe pode ser enviado.',
    found: '{target} não tem endereço',
  },
  SOURCE_UNSETTLED: {
    why: '{device} não tinha endereço quando foi interrogado, por isso o que voltou não diz nada.',
    found: 'uma resposta sem endereço',
  },
  // consolas
  CONSOLE_UNREACHABLE: { why: 'Não foi possível chegar à consola de {device}.', found: 'sem ligação' },
  CONSOLE_TIMEOUT: { why: 'A consola de {device} não respondeu a tempo.', found: 'sem resposta' },
  CONSOLE_CLOSED: { why: 'A consola de {device} fechou a meio de uma resposta.', found: 'ligação fechada' },
  CONSOLE_SILENT: { why: 'A consola de {device} não diz nada.', found: 'silêncio' },
  CONSOLE_LOGIN_REFUSED: { why: '{device} recusou a entrada da avaliação.', found: 'entrada recusada' },
  CONSOLE_CREDENTIALS_MISSING: {
    why: '{device} pede uma palavra-passe que o exercício não dá.',
    found: 'é pedida uma palavra-passe',
  },
  CONSOLE_FLOODED: {
    why: 'A consola de {device} está inundada de saída, por isso não se conseguiu ler a sua resposta.',
    found: 'saída sem fim',
  },
  CONSOLE_BLOCKED: { why: 'A consola de {device} está ocupada por algo que não se conseguiu terminar.', found: 'consola bloqueada' },
  CONSOLE_DISTURBED: {
    why: 'Outra pessoa escreveu na consola de {device} enquanto era interrogado, por isso não se pode acreditar na resposta.',
    found: 'escrito por outra pessoa: {typed}',
  },
  CONSOLE_HOST_KEY: { why: 'A chave SSH de {device} não é a que tinha antes.', found: 'outra chave' },
} as const

const concealed = {
  pass: 'Isto está como deve ser.',
  absent: 'Falta algo que é pedido.',
  'wrong-value': 'Um valor não é o que é pedido.',
  unreachable: 'Não se consegue chegar a algo que é pedido.',
  'not-saved': 'Funciona agora, mas não está guardado.',
  'forbidden-state': 'Há algo, ou passa algo, que não devia.',
  'too-late': 'Está certo agora, mas demorou demasiado.',
  'device-off': 'Um dispositivo necessário está desligado.',
  inconclusive: 'Isto não pôde ser decidido.',
  skipped: 'Isto não foi verificado.',
} as const

const integrity = {
  DEVICE_REMOVED: '{device} foi removido',
  DEVICE_ADDED: '{device} foi acrescentado',
  DEVICE_RENAMED: '{device} passou a chamar-se {name}',
  DEVICE_REPLACED: '{device} foi trocado por outro dispositivo com o mesmo nome',
  DEVICE_TYPE_CHANGED: '{device} é agora do tipo {type} em vez de {recorded}',
  LINK_REMOVED: 'o cabo entre {a} e {b} foi removido',
  LINK_ADDED: 'foi acrescentado um cabo entre {a} e {b}',
  LINK_SUSPENDED: 'o cabo entre {a} e {b} está suspenso',
  ANSWERS_OVERRIDDEN: '{device} está configurado de modo a poder responder o que quiser aos nossos comandos: "{line}"',
  PROJECT_REPLACED: 'este é um projeto diferente do que foi entregue',
} as const

const progress = {
  started: 'a verificar: {title}',
  asked: 'a perguntar a {device}: {command}',
  askedUntil: 'a perguntar a {device}: {command} (faltam {seconds} s)',
  pass: 'passou: {title}',
  fail: 'falhou: {title}',
  inconclusive: 'por decidir: {title}',
  skipped: 'não feito: {title}',
} as const

export const reasons: Translated<typeof original> = {
  ...common,
  ...reasonsOfChecks,
  expected: expectedOfChecks,
  concealed,
  integrity,
  progress,
  namedAddress: '{device} ({address})',
}
