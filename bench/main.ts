import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.ts'
import { consoles } from './consoles.ts'
import { demoStart } from './demo-start.ts'
import { exercisePage } from './exercise-page.ts'
import { memory } from './memory.ts'
import { pages } from './pages.ts'
import { provisioning } from './provisioning.ts'
import { signIn } from './sign-in.ts'
import { describeMachine } from './support/machine.ts'
import { printFigures, writeSection } from './support/report.ts'
import { openTerminals } from './terminals.ts'

/** `npm run bench [-- --write] [name...]`: one line here per benchmark, each in a file of its own. Nothing here asserts a time. */
const benchmarks: readonly Benchmark[] = [demoStart, exercisePage, memory, consoles, openTerminals, pages, provisioning, signIn]

function select(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown.length === 0) return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name))
  console.error(`no such benchmark: ${unknown.join(', ')} (there are ${benchmarks.map(({ name }) => name).join(', ')})`)
  process.exit(64)
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } })
console.log(`${describeMachine()}\n`)
for (const benchmark of select(positionals)) {
  console.log(`== ${benchmark.title}`)
  const figures = await benchmark.run((progress) => console.log(`   ${progress}`))
  printFigures(figures)
  if (values.write === true) await writeSection(benchmark, figures)
}
