import { type ConfigurationFacts, type ConfigurationParams, configuration } from '../../command-modules/configuration.ts'
import { type ConfigLine, type ConfigTree, normalizeLine } from '../../config-tree.ts'
import { type BoundReader, isUnreadable, type Proof, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type AskComplete, unknownAnswer } from './reading.ts'

/** How one platform prints a configuration. */
export interface ConfigDialect {
  /** Lines that say nothing: comments, headings, times, ends of blocks. */
  readonly noise: readonly RegExp[]
  /**
   * The beginning of a text that runs over several lines. @returns the pattern of its last line, `null` when it ends on the same line,
   * undefined when none begins here
   */
  readonly textEnd: (line: string) => RegExp | null | undefined
  /** Must stand in the answer, or it did not come whole. */
  readonly complete: RegExp
}

/** `*Mar  1 00:03:22.075: %LINK-3-UPDOWN: …` may stand anywhere, and belongs to no block. */
const logLine = /%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: /

/** What IOS, NX-OS and EOS print besides their configuration. */
export const ciscoNoise: readonly RegExp[] = [
  logLine,
  /^\s*!/,
  /^(?:Building configuration|Current configuration|Using \d+ |Load for five secs|Time source is)/,
  /^end$/,
  /^\s*exit-[a-z-]+$/,
]

/** The last line of a configuration that came whole, but for a log line that came after it. */
export const endsWithEnd = /(?:^|\n)end\s*(?:\n[^\n]*%[A-Z0-9_-]+-[0-7]-[^\n]*)*\s*$/

/** Words for people; the rest of the line means nothing. */
const freeText =
  /^(?:\d+ )?(?:description|remark|banner|alias|title|message|comment)\b|\s(?:description|remark)\s|^snmp-server (?:contact|location|chassis-id)\b|^(?:name|contact|location) /

/** `banner motd ^C`, `banner login #text#`: up to the same sign again. */
export function delimitedBanner(line: string): RegExp | null | undefined {
  const [, sign, rest] = /^banner (?:[a-z-]+ )?(\^C|[^\sa-z])(.*)$/.exec(line) ?? []
  if (sign === undefined || rest === undefined) return undefined
  const escaped = sign.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&')
  return rest.includes(sign) ? null : new RegExp(escaped)
}

interface Node extends ConfigLine {
  readonly indent: number
  readonly children: Node[]
}

/** Lines below lines, by their indentation; a text of several lines is one. @returns null when it did not come whole */
export function readBlocks(text: string, { noise, textEnd, complete }: ConfigDialect): ConfigTree | null {
  if (!complete.test(text)) return null
  const roots: Node[] = []
  const open: Node[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const normal = normalizeLine(line)
    if (normal === '' || noise.some((pattern) => pattern.test(line))) continue
    const end = textEnd(line)
    const last = end === undefined || end === null ? at : lines.findIndex((one, index) => index > at && end.test(one))
    if (last === -1) return null
    const whole = lines
      .slice(at, last + 1)
      .map(normalizeLine)
      .join(' ')
    at = last
    const indent = line.length - line.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const node: Node = { text: whole, isFreeText: end !== undefined || freeText.test(whole), indent, children: [] }
    ;(open.at(-1)?.children ?? roots).push(node)
    open.push(node)
  }
  return { form: 'blocks', lines: roots.map(withoutIndent) }
}

const withoutIndent = ({ text, isFreeText, children }: Node): ConfigLine => ({ text, isFreeText, children: children.map(withoutIndent) })

/** A line of statements, as it is. */
export const asStatement = (text: string): ConfigLine => ({
  text: normalizeLine(text),
  isFreeText: / (?:description|message|announcement|contact|location|comment) (?:"|\S+$)/.test(text),
  children: [],
})

/** Hashes of a type (`secret 5 …`) differ by salt, certificates are printed in one of both only, the clock's period changes by itself. */
const secret = /\b(password|secret|key|key-string|md5) \d \S+/
const unstable = /^(?:ntp clock-period|crypto pki certificate chain)\b/

/** Where the order means something, the place belongs to the line. */
const inOrder = /^(?:ip|ipv6|mac|arp)? ?access-list\b/

/** Lines as they are shown, by what they are compared by. */
const comparable = (lines: readonly ConfigLine[], parents: readonly string[] = []): (readonly [string, string])[] =>
  lines.flatMap((line, index) => {
    if (unstable.test(line.text)) return []
    const shown = [...parents, line.text].join(' > ').replace(secret, '$1 ***')
    const key = inOrder.test(parents.at(-1) ?? '') ? `${index} ${shown}` : shown
    return [[key, shown] as const, ...comparable(line.children, [...parents, line.text])]
  })

/** What differs between both; the order counts in access lists only. */
export function compareSaved(running: ConfigTree, saved: ConfigTree): Exclude<ConfigurationFacts['saved'], null | 'nothing'> {
  const [now, then] = [new Map(comparable(running.lines)), new Map(comparable(saved.lines))]
  const missing = (some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): string[] =>
    [...some].flatMap(([key, shown]) => (others.has(key) ? [] : [shown]))
  return { unsaved: missing(now, then), outdated: missing(then, now) }
}

const timeoutMs = 60_000

interface ConfigPlatform {
  readonly ask: AskComplete
  readonly running: string
  /** Null where no command shows what is saved. */
  readonly saved: { readonly command: string; readonly nothing: RegExp } | null
  readonly read: (text: string) => ConfigTree | null
  readonly proof: Proof
}

async function askTree({ ask, read }: ConfigPlatform, context: ReadContext, command: string): Promise<ConfigTree | Unreadable> {
  const answer = await ask(context, command, { timeoutMs })
  if (isUnreadable(answer)) return answer
  return read(answer.text) ?? unknownAnswer(answer)
}

async function askSaved(
  platform: ConfigPlatform,
  context: ReadContext,
  running: ConfigTree,
): Promise<ConfigurationFacts['saved'] | Unreadable> {
  if (platform.saved === null) return null
  const answer = await platform.ask(context, platform.saved.command, { timeoutMs })
  if (isUnreadable(answer)) return answer
  if (platform.saved.nothing.test(answer.text)) return 'nothing'
  const tree = platform.read(answer.text)
  return tree === null ? unknownAnswer(answer) : compareSaved(running, tree)
}

async function observe(
  platform: ConfigPlatform,
  context: ReadContext,
  { saved }: ConfigurationParams,
): Promise<ConfigurationFacts | Unreadable> {
  const running = await askTree(platform, context, platform.running)
  if (isUnreadable(running)) return running
  const compared = saved ? await askSaved(platform, context, running) : null
  if (compared !== null && compared !== 'nothing' && isUnreadable(compared)) return compared
  return { running, exists: true, saved: compared }
}

/** The reader of a platform that has one configuration. */
export const configurationReader = (platform: ConfigPlatform): readonly BoundReader[] => [
  reads(
    configuration,
    {
      unsupported: ({ saved, source }) => {
        if (source !== undefined) return 'source'
        return saved && platform.saved === null ? 'saved' : null
      },
      observe: (context, params) => observe(platform, context, params),
    },
    platform.proof,
  ),
]
