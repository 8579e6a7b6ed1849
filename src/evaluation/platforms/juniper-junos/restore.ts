import type { RestorePlan } from '../../platform.ts'

const statement = /^(?:set|deactivate|protect) [\x20-\x7e]+$/
/** Changes with every release, and is the device's own. */
const own = /^set version /

const statementsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => statement.test(line) && !own.test(line))

/** Takes back what a statement did. */
function undone(line: string): string {
  const [verb = '', ...path] = line.split(' ')
  const back = { set: 'delete', deactivate: 'activate', protect: 'unprotect' }[verb] ?? 'delete'
  return [back, ...path].join(' ')
}

/** From one list of set statements to another: what is missing is set, what is too much deleted, and one commit takes all of it or nothing. */
export const planStatements: RestorePlan = (current, wanted) => {
  const [now, then] = [statementsOf(current), statementsOf(wanted)]
  const leftOut = then.filter((line) => line.includes('[secret '))
  const removed = now.filter((line) => !then.includes(line)).map(undone)
  const added = then.filter((line) => !now.includes(line) && !leftOut.includes(line))
  const commands = [...removed, ...added]
  return { commands: commands.length === 0 ? [] : ['configure', ...commands, 'commit', 'exit configuration-mode'], leftOut }
}
