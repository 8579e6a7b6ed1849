import { type SysctlFacts, type SysctlParams, sysctl, sysctlWords } from '../../command-modules/sysctl.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'

/** `net.ipv4.ip_forward` → `net/ipv4/ip_forward`; what is written with slashes keeps its dots (`net/ipv4/conf/eth0.10/rp_filter`). */
export const sysctlPath = (key: string): string => (key.includes('/') ? key : key.replaceAll('.', '/'))

/** Where systemd-sysctl and `sysctl --system` look, the strongest first; of two files with one name only the stronger is read. */
const folders = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d']
const savedCommand = `grep -H = ${folders.map((folder) => `${folder}/*.conf`).join(' ')} /etc/sysctl.conf`
const mainFile = '/etc/sysctl.conf'

interface SavedLine {
  readonly file: string
  readonly key: string
  readonly value: string
}

function readSavedLines(answer: Observation): SavedLine[] {
  return linesOf(answer).flatMap((line) => {
    const [, file, key, value = ''] = /^(\/[^:]+):\s*-?([^#;=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? []
    return file === undefined || key === undefined ? [] : [{ file, key: sysctlPath(key), value: sysctlWords(value) }]
  })
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1)
const rankOf = (file: string): number => folders.findIndex((folder) => file.startsWith(`${folder}/`))

/** A key with `*` stands for every interface; one that is written out is stronger. */
function fits(pattern: string, path: string): boolean {
  const parts = pattern.split('/')
  const wanted = path.split('/')
  return parts.length === wanted.length && parts.every((part, index) => part === '*' || part === wanted[index])
}

/** The last line counts, files in the order of their names, /etc/sysctl.conf after them. */
export function savedValue(lines: readonly SavedLine[], path: string): SysctlFacts['saved'] {
  const isOverruled = ({ file }: SavedLine) =>
    file !== mainFile &&
    lines.some((other) => other.file !== mainFile && nameOf(other.file) === nameOf(file) && rankOf(other.file) < rankOf(file))
  const inOrder = lines
    .filter((line) => fits(line.key, path) && !isOverruled(line))
    .map((line, index) => ({ ...line, index }))
    .sort((one, other) => compare(orderOf(one.file), orderOf(other.file)) || one.index - other.index)
  const last = inOrder.findLast(({ key }) => key === path) ?? inOrder.at(-1)
  return last === undefined ? null : { value: last.value, file: last.file }
}

const orderOf = (file: string): string => (file === mainFile ? '\uffff' : nameOf(file))
const compare = (one: string, other: string): number => Number(one > other) - Number(one < other)

async function readLive({ ask }: ReadContext, key: string): Promise<string | null | Unreadable> {
  // the kernel's own file: no program is needed, and none can say something else
  const answer = await ask(`cat /proc/sys/${sysctlPath(key)}`)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const [first = '', ...more] = linesOf(answer).filter((line) => line !== '')
  if (/: No such file or directory$/.test(first)) return null
  return more.length > 0 || first.startsWith('cat: ') || (answer.exitCode ?? 0) !== 0 ? unknownAnswer(answer) : sysctlWords(first)
}

async function observe(context: ReadContext, { key, persisted }: SysctlParams): Promise<SysctlFacts | Unreadable> {
  const value = await readLive(context, key)
  if (value !== null && typeof value !== 'string') return value
  if (!persisted) return { value }
  const answer = await context.ask(savedCommand)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  if (/Permission denied$/m.test(answer.text)) return unknownAnswer(answer)
  return { value, saved: savedValue(readSavedLines(answer), sysctlPath(key)) ?? null }
}

export const sysctls: readonly BoundReader[] = [reads(sysctl, { observe }, 'device')]
