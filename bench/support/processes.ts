import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Resident memory of a process in MB (10^6 bytes). */
export async function rssMb(pid: number): Promise<number> {
  if (process.platform === 'linux') {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (Number(kib) * 1_024) / 1_000_000
  }
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)])
  return (Number(stdout.trim()) * 1_024) / 1_000_000
}

/** The processes that one started itself. */
export async function childrenOf(parent: number): Promise<{ pid: number; command: string }[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,pid=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, ppid, pid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : []
  })
}
