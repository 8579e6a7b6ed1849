import { process } from '../../command-modules/process.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** BSD's ps: ` 1234  ??  S      0:01.20 /usr/sbin/rpd -N`; the kernel's own stand in brackets. */
const row = /^\s*(\d+)\s+(\S+)\s+([A-Z]\S*)\s+(\d+:\d+\.\d+)\s+(\S.*)$/

/** The name of the file; `sshd: root@ttyp0 (sshd)` and others that rename themselves show theirs in front of the colon. */
function nameIn(commandLine: string): string {
  const [first = ''] = commandLine.split(' ')
  return (first.split('/').at(-1) ?? '')
    .replace(/:$/, '')
    .replace(/^[-([]/, '')
    .replace(/[)\]]$/, '')
}

/** Fixtures: juniper_junos/process. */
export const processes: readonly BoundReader[] = [
  reads(
    process,
    {
      unsupported: ({ user }) => (user === undefined ? null : 'user'),
      observe: async (context) => {
        const answer = await askJunos(context, 'show system processes | no-more')
        if (isUnreadable(answer)) return answer
        const lines = linesOf(answer).filter((line) => line !== '' && !/^\{\w+/.test(line))
        const head = lines.findIndex((line) => /^\s*PID\s+TT\s+STAT\s+TIME\s+COMMAND$/.test(line))
        const rows = lines.slice(head + 1).map((line) => row.exec(line))
        if (head === -1 || rows.length === 0 || rows.includes(null)) return unknownAnswer(answer)
        const processes = rows.flatMap((found) => {
          const [, pid = '', , state = '', , commandLine = ''] = found ?? []
          const name = nameIn(commandLine)
          return state.startsWith('Z') ? [] : [{ pid: Number(pid), name, program: name, user: null }]
        })
        return { processes }
      },
    },
    'documented',
  ),
]
