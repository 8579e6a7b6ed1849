import type { ConfigTree } from '../../config-tree.ts'
import { asStatement, configurationReader } from '../readings/config-reading.ts'
import { askJunos } from './answer.ts'

const statementLine = /^(set|deactivate|activate|protect|unprotect|delete) (.+)$/
const passedOver = /^(?:\{[a-z]+(?::\w*\d)?\}|## .*|#.*)?$/

/** What is deactivated is there, but not in use. Each line must be a statement, and there is always one. Fixtures: juniper_junos/configuration. */
function readStatements(text: string): ConfigTree | null {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const statements = lines.filter((line) => !passedOver.test(line)).map((line) => statementLine.exec(line))
  const known = statements.flatMap((match) =>
    match?.[1] === undefined || match[2] === undefined ? [] : [{ verb: match[1], path: match[2] }],
  )
  if (known.length === 0 || known.length < statements.length) return null
  const inactive = known.filter(({ verb }) => verb === 'deactivate').map(({ path }) => path)
  const isInactive = (path: string): boolean => inactive.some((one) => path === one || path.startsWith(`${one} `))
  const active = known.filter(({ verb, path }) => verb === 'set' && !isInactive(path))
  return { form: 'statements', lines: active.map(({ path }) => asStatement(path)) }
}

/** What is committed is saved too. What a group hands down (`apply-groups`) stands under the group only, as it was typed. */
export const configurations = configurationReader({
  ask: askJunos,
  running: 'show configuration | display set',
  saved: null,
  read: readStatements,
  proof: 'documented',
})
