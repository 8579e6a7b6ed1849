import { createNetpraxis, type NetpraxisServer } from '../clients/netpraxis/index.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, UsageError } from './command-io.ts'

const t = createTranslator()

/**
 * The server that `--server` names, with the key of the environment: a key on the command line would stand in every list of processes.
 * @throws UsageError with everything that is missing
 */
export function connectServer(url: string | undefined, { env, signal }: CommandIo): NetpraxisServer {
  const token = env.NETPRAXIS_TOKEN ?? ''
  const problems = [problemOfUrl(url), token === '' ? t('commands.exercise.tokenMissing') : null].filter((one) => one !== null)
  if (url === undefined || problems.length > 0) throw new UsageError(problems)
  return createNetpraxis({ url, token, signal })
}

function problemOfUrl(url: string | undefined): string | null {
  if (url === undefined) return t('commands.exercise.serverMissing')
  const isRight = URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) && new URL(url).username === ''
  return isRight ? null : t('commands.exercise.badServer')
}
