import { process } from '../../command-modules/process.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

/** `    1      S  b7f9e468            1     -     O  init`; `NR` are those that do not run. */
const row = /^\s*(\d+|-)\s+([A-Z]{1,2})\s+(\S+)\s+(\d+)\s+(\S+)\s+([A-Z]+)\s+(\S+)$/
/** Ended, or not running. */
const gone = ['Z', 'X', 'NR']

/** Fixtures: cisco_nxos/process. */
export const processes: readonly BoundReader[] = [
  reads(
    process,
    {
      unsupported: ({ user }) => (user === undefined ? null : 'user'),
      observe: async (context) => {
        const answer = await askNxos(context, 'show processes')
        if (isUnreadable(answer)) return answer
        const lines = linesOf(answer)
        const head = lines.findIndex((line) => /^PID\s+State\s+PC\s+Start_cnt\s+TTY\s+Type\s+Process$/.test(line.trim()))
        const end = lines.findIndex((line, index) => index > head + 2 && line === '')
        const shown = lines.slice(head + 1, end === -1 ? undefined : end).filter((line) => !/^[-\s]*$/.test(line))
        const rows = shown.map((line) => row.exec(line))
        if (head === -1 || rows.length === 0 || rows.includes(null)) return unknownAnswer(answer)
        const processes = rows.flatMap((found) => {
          const [, pid = '', state = '', , , , , name = ''] = found ?? []
          return gone.includes(state) || pid === '-' ? [] : [{ pid: Number(pid), name, program: name, user: null }]
        })
        return { processes }
      },
    },
    'transcript',
  ),
]
