import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'

const t = createTranslator()
const usageError = (...lines: string[]) => new UsageError([...lines, t('commands.evaluate.usage')])

export interface Gns3Address {
  readonly host: string
  readonly port: number
  readonly credentials: { readonly username: string; readonly password: string } | undefined
}

/** Where the lab is. */
export type LabOption =
  | { readonly kind: 'gns3'; readonly address: Gns3Address; readonly project: string | undefined; readonly start: boolean }
  | { readonly kind: 'inventory'; readonly path: string }

export interface EvaluateArguments {
  readonly file: string
  readonly lab: LabOption
  readonly only: readonly string[] | undefined
  readonly json: string | undefined
  readonly junit: string | undefined
  readonly evidence: string | undefined
}

const defaultPort = 3080

/**
 * Reads the arguments of `netpraxis evaluate`.
 * @returns null when help was asked for
 * @throws UsageError
 */
export function readEvaluateArguments(argv: readonly string[]): EvaluateArguments | null {
  const { values, positionals } = parse(argv)
  if (values.help === true) return null
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw usageError(t('commands.evaluate.oneFile'))
  for (const path of [values.json, values.junit]) {
    if (path !== undefined && path !== '-' && !existsSync(dirname(resolve(path))))
      throw usageError(t('commands.evaluate.folderMissing', { path }))
  }
  const { json, junit, evidence } = values
  return { file, lab: readLab(values), only: readOnly(values.only), json, junit, evidence }
}

type Values = ReturnType<typeof parse>['values']

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        gns3: { type: 'string' },
        project: { type: 'string' },
        inventory: { type: 'string' },
        only: { type: 'string', multiple: true },
        start: { type: 'boolean' },
        json: { type: 'string' },
        junit: { type: 'string' },
        evidence: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error))
  }
}

function readOnly(values: readonly string[] | undefined): readonly string[] | undefined {
  const ids = values?.flatMap((value) => value.split(',')).map((id) => id.trim())
  return ids?.filter((id) => id !== '')
}

function readLab({ gns3, inventory, project, start }: Values): LabOption {
  if ((gns3 === undefined) === (inventory === undefined)) throw usageError(t('commands.evaluate.oneLab'))
  if (gns3 !== undefined) return { kind: 'gns3', address: readAddress(gns3), project, start: start ?? false }
  if (project !== undefined) throw usageError(t('commands.evaluate.onlyWithGns3', { option: 'project' }))
  if (start !== undefined) throw usageError(t('commands.evaluate.onlyWithGns3', { option: 'start' }))
  return { kind: 'inventory', path: inventory ?? '' }
}

function readAddress(text: string): Gns3Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    url === undefined ||
    url.protocol !== 'http:' ||
    url.hostname === '' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw usageError(t('commands.evaluate.badUrl'))
  }
  const isPort80 = /:80(?:\/|$)/.test(text)
  const credentials = url.username === '' ? undefined : readCredentials(url)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (isPort80 ? 80 : defaultPort), credentials }
}

function readCredentials(url: URL): { username: string; password: string } {
  try {
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  } catch {
    throw usageError(t('commands.evaluate.badUrl'))
  }
}
