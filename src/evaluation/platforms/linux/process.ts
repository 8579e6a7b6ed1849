import { type ProcessFacts, process, type RunningProcess } from '../../command-modules/process.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askFirst } from './programs.ts'

/** busybox cuts lines at the width of the terminal, at least 80 columns: a word at such a line's end may not be whole. */
const uncutLength = 79

/** The file's name of the first word; a name in brackets is a kernel thread's. */
const programIn = (commandLine: string, line: string): string | null => {
  const [first = '', ...more] = commandLine.split(' ')
  if (more.length === 0 && line.length >= uncutLength) return null
  const name = first.replace(/:$/, '').split('/').at(-1) ?? ''
  return name === '' || name.startsWith('[') ? null : name.replace(/^-/, '')
}

/** The name may have blanks (`tmux: server`) and 15 characters: what follows its column is the command line. */
const rowPattern = /^\s*(\d+)\s+(\S+)\s+([A-Za-z<+]\S*)\s+(.*)$/

/**
 * Rows of PID, USER, STAT, COMM, COMMAND. A zombie (state Z) is a process that has ended.
 * @param nameWidth characters of the column COMM
 */
function readRows(lines: readonly string[], nameWidth: number): RunningProcess[] | undefined {
  const found: RunningProcess[] = []
  for (const line of lines) {
    const [, pid, user, state = '', rest = ''] = rowPattern.exec(line) ?? []
    if (pid === undefined || user === undefined) return undefined
    if (state.startsWith('Z') || state.startsWith('X')) continue
    found.push({ pid: Number(pid), user, name: rest.slice(0, nameWidth).trim(), program: programIn(rest.slice(nameWidth + 1), line) })
  }
  return found
}

function readPs(answer: Observation): ProcessFacts | Unreadable {
  const [head = '', ...rows] = linesOf(answer).filter((line) => line !== '')
  if (!/^\s*PID\s+USER\s+STAT\s+COMMAND\s+COMMAND$/.test(head)) return unknownAnswer(answer)
  const width = head.lastIndexOf('COMMAND') - head.indexOf('COMMAND') - 1
  const processes = readRows(rows, width)
  return processes === undefined || processes.length === 0 ? unknownAnswer(answer) : { processes }
}

/** `Name:\tsshd`, `State:\tS (sleeping)`, `Pid:\t812` of every /proc/N/status; processes that ended meanwhile leave an error line. */
function readStatus(answer: Observation): ProcessFacts | Unreadable {
  const found: RunningProcess[] = []
  let name: string | undefined
  let isGone = false
  for (const line of linesOf(answer)) {
    const [, key, value = ''] = /^(Name|State|Pid):\s*(.*)$/.exec(line) ?? []
    if (key === 'Name') name = value
    if (key === 'State') isGone = /^[ZX]/.test(value)
    if (key === 'Pid' && name !== undefined && !isGone) found.push({ pid: Number(value), name, program: null, user: null })
  }
  return found.length === 0 ? unknownAnswer(answer) : { processes: found }
}

export const processes: readonly BoundReader[] = [
  reads(
    process,
    {
      observe: (context) =>
        askFirst<ProcessFacts>(context, [
          { command: 'ps -e -ww -o pid,user:32,stat,comm,args', read: readPs },
          { command: 'ps -o pid,user,stat,comm,args', read: readPs },
          { command: "grep -hE '^(Name|State|Pid):' /proc/[0-9]*/status", read: readStatus },
        ]),
    },
    'device',
  ),
]
