import { type ConfigurationFacts, configuration } from '../../command-modules/configuration.ts'
import type { ConfigTree } from '../../config-tree.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { readBlocks } from '../readings/config-reading.ts'
import { linesOf, refusedCommand, unfinished } from '../readings/reading.ts'
import { askLinux } from './answer.ts'

const anything = /^/
const noText = (): undefined => undefined

/** Stanzas of ifupdown need no indentation, sections of INI files have none: what follows such a line belongs to it. */
const dialects: readonly { readonly known: RegExp; readonly head: RegExp }[] = [
  {
    known: /^iface \S+ inet6? /m,
    head: /^(?:auto|iface|mapping|allow-\S+|source|source-directory|rename|no-auto-down|no-scripts|template)\b/,
  },
  { known: /^\[[^\]]+\]\s*$/m, head: /^\[/ },
]

function withIndentation(text: string): string {
  const head = dialects.find(({ known }) => known.test(text))?.head
  if (head === undefined) return text
  const indent = (line: string): string => (head.test(line) ? line : `  ${line}`)
  return text
    .split('\n')
    .map((line) => indent(line.trim()))
    .join('\n')
}

/** `interfaces`, netplan, `frr.conf`, INI and plain files: comments begin with `#` or are a `!` alone. Fixtures: linux/configuration. */
const readFile = (text: string): ConfigTree | null =>
  readBlocks(withIndentation(text), { noise: [/^\s*[#]/, /^\s*!\s*$/], textEnd: noText, complete: anything })

const absent = (path: string): RegExp => new RegExp(`^cat: (?:can't open ')?${path.replace(/[.+]/g, '\\$&')}'?: No such file or directory$`)

async function askFile({ ask }: ReadContext, path: string): Promise<ConfigurationFacts | Unreadable> {
  const answer = await ask(`cat ${path}`)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const lines = linesOf(answer).filter((line) => line !== '')
  const [first = ''] = lines
  if (lines.length === 1 && absent(path).test(first)) return { running: { form: 'blocks', lines: [] }, exists: false, saved: null }
  const isRefused =
    (answer.exitCode !== undefined && answer.exitCode !== 0) || (lines.length === 1 && /^(?:cat: .*: [A-Z]|.*: not found$)/.test(first))
  if (isRefused) return refusedCommand(answer, first)
  return { running: readFile(answer.text), exists: true, saved: null }
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
