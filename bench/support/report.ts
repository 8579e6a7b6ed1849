import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Benchmark, type Figure, isMissed } from '../benchmark.ts'
import { describeMachine } from './machine.ts'

const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const head = `# Benchmarks

Written by \`npm run bench -- --write\`: what must be fast, each beside a baseline of the same run. Nothing fails by these figures; a
missed aim is named with its cause. Look at the ratios first: they hold on other machines too.
`

const digits: Readonly<Record<Figure['unit'], number>> = {
  s: 2,
  ms: 1,
  MB: 0,
  kB: 0,
  'requests/s': 0,
  x: 2,
  states: 0,
  requests: 1,
  count: 0,
  shift: 3,
}
const number = (value: number, unit: Figure['unit']): string => (Number.isFinite(value) ? value.toFixed(digits[unit]) : 'not measured')
const withUnit = (value: number, unit: Figure['unit']): string =>
  `${number(value, unit)}${unit === 'x' || unit === 'count' || unit === 'shift' ? '' : ` ${unit}`}`

function aimText({ aim, unit }: Figure): string {
  if (!aim) return ''
  return 'atMost' in aim ? `at most ${withUnit(aim.atMost, unit)}` : `at least ${withUnit(aim.atLeast, unit)}`
}

const outcomeText = (figure: Figure): string => {
  if (!figure.aim) return ''
  return isMissed(figure) ? 'missed' : 'met'
}

export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ what }) => what.length))
  for (const figure of figures) {
    const aim = figure.aim ? `   ${aimText(figure)}: ${outcomeText(figure)}` : ''
    console.log(`   ${figure.what.padEnd(width)}  ${withUnit(figure.value, figure.unit).padStart(16)}${aim}`)
    if (isMissed(figure) && figure.cause) console.log(`   ${' '.repeat(width)}  because ${figure.cause}`)
  }
  console.log('')
}

function sectionOf({ title, how }: Benchmark, figures: readonly Figure[]): string {
  const rows = figures.map(
    (figure) => `| ${figure.what} | ${withUnit(figure.value, figure.unit)} | ${aimText(figure)} | ${outcomeText(figure)} |`,
  )
  const missed = figures.filter(isMissed).map(({ what, cause }) => `- Missed: ${what}. ${cause ?? 'The cause is not known.'}`)
  return [
    `## ${title}`,
    '',
    how,
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.`,
    '',
    '| What | Figure | Aim | |',
    '| --- | ---: | --- | --- |',
    ...rows,
    ...(missed.length > 0 ? ['', ...missed] : []),
    '',
  ].join('\n')
}

const marks = (name: string) => ({ begin: `<!-- ${name} -->\n`, end: `<!-- end of ${name} -->\n` })

/** Puts the figures of one benchmark into docs/benchmarks.md, in place of its earlier ones. */
export async function writeSection(benchmark: Benchmark, figures: readonly Figure[]): Promise<void> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : head
  const { begin, end } = marks(benchmark.name)
  const section = `${begin}${sectionOf(benchmark, figures)}${end}`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  await writeFile(file, from < 0 ? `${text}\n${section}` : `${text.slice(0, from)}${section}${text.slice(to + end.length)}`)
}
