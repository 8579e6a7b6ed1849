export interface OutputFilter {
  readonly kind: 'include' | 'exclude' | 'begin' | 'section'
  readonly pattern: string
}

/** `show x | include y`: the command and what to keep of its output. */
export function splitFilter(line: string): { command: string; filter: OutputFilter | null } {
  const match = /^(.*?)\s*\|\s*(\S+)\s+(.+)$/.exec(line)
  const [, command = line, word = '', pattern = ''] = match ?? []
  const kind = (['include', 'exclude', 'begin', 'section'] as const).find((each) => each.startsWith(word.toLowerCase()))
  return match === null || kind === undefined ? { command: line, filter: null } : { command, filter: { kind, pattern } }
}

export function filterOutput(output: string, filter: OutputFilter): string {
  const lines = output.replace(/\r\n$/, '').split('\r\n')
  const pattern = patternOf(filter.pattern)
  const kept = select(lines, filter.kind, (line) => pattern.test(line))
  return kept.map((line) => `${line}\r\n`).join('')
}

/** A pattern IOS would not understand either is taken literally. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  }
}

function select(lines: readonly string[], kind: OutputFilter['kind'], matches: (line: string) => boolean): readonly string[] {
  if (kind === 'include') return lines.filter(matches)
  if (kind === 'exclude') return lines.filter((line) => !matches(line))
  if (kind === 'begin') {
    const start = lines.findIndex(matches)
    return start === -1 ? [] : lines.slice(start)
  }
  return sections(lines, matches)
}

/** A section is a heading that matches and the indented lines under it. */
function sections(lines: readonly string[], matches: (line: string) => boolean): string[] {
  const kept: string[] = []
  let inside = false
  for (const line of lines) {
    if (!line.startsWith(' ')) inside = matches(line)
    if (inside || (line.startsWith(' ') && matches(line))) kept.push(line)
  }
  return kept
}
