import { type ConfigurationFacts, configuration } from '../../command-modules/configuration.ts'
import type { ConfigTree } from '../../config-tree.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { readBlocks } from '../config-reading.ts'
import { incomplete, linesOf } from '../reading.ts'
import { askLinux } from './answer.ts'

const anything = /^/
const noText = (): undefined => undefined

/** Stanzas of ifupdown need no indentation, sections of INI files have none: what follows such a line belongs to it. */
const heads = (path: string): RegExp | undefined => {
  if (/^\/etc\/network\/interfaces/.test(path))
    return /^(?:auto|iface|mapping|allow-\S+|source|source-directory|rename|no-auto-down|no-scripts|template)\b/
  return undefined
}

function withIndentation(text: string, path: string): string {
  const lines = text.split('\n')
  const head = heads(path) ?? (lines.some((line) => /^\[[^\]]+\]\s*$/.test(line)) ? /^\[/ : undefined)
  if (head === undefined) return text
  return lines.map((line) => (head.test(line.trim()) ? line.trim() : `  ${line.trim()}`)).join('\n')
}

/** `interfaces`, netplan, `frr.conf`, INI and plain files: comments begin with `#` or are a `!` alone. Fixtures: linux/configuration. */
const readFile = (text: string, path: string): ConfigTree | null =>
  readBlocks(withIndentation(text, path), { noise: [/^\s*[#]/, /^\s*!\s*$/], textEnd: noText, complete: anything })

const absent = (path: string): RegExp => new RegExp(`^cat: (?:can't open ')?${path.replace(/[.+]/g, '\\$&')}'?: No such file or directory$`)

async function askFile({ ask }: ReadContext, path: string): Promise<ConfigurationFacts | Unreadable> {
  const answer = await ask(`cat ${path}`)
  const problem = incomplete(answer)
  if (problem !== null) return problem
  const lines = linesOf(answer).filter((line) => line !== '')
  const [first = ''] = lines
  if (lines.length === 1 && absent(path).test(first)) return { running: { form: 'blocks', lines: [] }, exists: false, saved: null }
  const isRefused =
    (answer.exitCode !== undefined && answer.exitCode !== 0) || (lines.length === 1 && /^(?:cat: .*: [A-Z]|.*: not found$)/.test(first))
  if (isRefused) return unreadable('COMMAND_REFUSED', 'exercise', { command: answer.command, answer: first.slice(0, 120) })
  return { running: readFile(answer.text, path), exists: true, saved: null }
}

async function askOutput(context: ReadContext, command: string): Promise<ConfigurationFacts | Unreadable> {
  const answer = await askLinux(context, command, { timeoutMs: 30_000 })
  if (isUnreadable(answer)) return answer
  return { running: readBlocks(answer.text, { noise: [], textEnd: noText, complete: anything }), exists: true, saved: null }
}

/** A file, or what a read-only command prints; there is no one configuration that could be saved or not. */
export const configurations: readonly BoundReader[] = [
  reads(
    configuration,
    {
      unsupported: ({ source, saved }) => {
        if (saved) return 'saved'
        return source === undefined ? 'lines without source' : null
      },
      observe: async (context, { source = '' }) => (source.startsWith('/') ? askFile(context, source) : askOutput(context, source)),
    },
    'device',
  ),
]
