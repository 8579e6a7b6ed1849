import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'

const t = createTranslator()

export interface Gns3Address {
  readonly host: string
  readonly port: number
  readonly credentials: { readonly username: string; readonly password: string } | undefined
}

/** Where the lab is. */
export type LabOption =
  | { readonly kind: 'gns3'; readonly address: Gns3Address; readonly project: string | undefined; readonly start: boolean }
  | { readonly kind: 'inventory'; readonly path: string }

/** The options that say where the lab is, for `parseArgs`. */
export const labOptions = {
  gns3: { type: 'string' },
  project: { type: 'string' },
  inventory: { type: 'string' },
  start: { type: 'boolean' },
} as const

interface LabValues {
  readonly gns3?: string | undefined
  readonly project?: string | undefined
  readonly inventory?: string | undefined
  readonly start?: boolean | undefined
}

const defaultPort = 3080

/**
 * Where the lab is.
 * @param usage how to use the command, shown below what is wrong
 * @throws UsageError
 */
export function readLabOption({ gns3, inventory, project, start }: LabValues, usage: string): LabOption {
  const usageError = (...lines: string[]) => new UsageError([...lines, usage])
  if ((gns3 === undefined) === (inventory === undefined)) throw usageError(t('commands.evaluate.oneLab'))
  if (gns3 !== undefined) return { kind: 'gns3', address: readGns3Address(gns3, usage), project, start: start ?? false }
  if (project !== undefined) throw usageError(t('commands.evaluate.onlyWithGns3', { option: 'project' }))
  if (start !== undefined) throw usageError(t('commands.evaluate.onlyWithGns3', { option: 'start' }))
  return { kind: 'inventory', path: inventory ?? '' }
}

/** `http://[USER:PASSWORD@]HOST[:PORT]`. @throws UsageError with `usage` below */
export function readGns3Address(text: string, usage: string): Gns3Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    url === undefined ||
    url.protocol !== 'http:' ||
    url.hostname === '' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new UsageError([t('commands.evaluate.badUrl'), usage])
  }
  const isPort80 = /:80(?:\/|$)/.test(text)
  const credentials = url.username === '' ? undefined : readCredentials(url, usage)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (isPort80 ? 80 : defaultPort), credentials }
}

function readCredentials(url: URL, usage: string): { username: string; password: string } {
  try {
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  } catch {
    throw new UsageError([t('commands.evaluate.badUrl'), usage])
  }
}
