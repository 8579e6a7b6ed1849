import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A machine of the lab: network, mounts, processes and host name of its own. Its first process waits on a pipe of ours, so everything in
 * it ends when the pipe closes, also when the test is killed.
 */
export interface Namespace {
  readonly name: string
  /** The first process, as the host numbers it. */
  readonly pid: number
  /** The words that run a command inside, for whoever starts it himself (a console, a relay). */
  readonly enter: readonly string[]
  /** Runs a shell script inside, as root. @throws when it ends with another status than 0 */
  readonly run: (script: string, input?: string) => Promise<string>
  readonly stop: () => Promise<void>
}

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** PATH inside a machine. */
export const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr'
/** bash reaps what daemons leave behind; `sleep` or `cat` as first process would keep them as zombies, and pgrep finds zombies. */
const firstProcess = 'echo ready; read -r line; exit 0'

/** Runs a program to its end and keeps what it printed. */
export function execute(argv: readonly string[], input = ''): Promise<Finished> {
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' })
    const printed = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      printed.stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      printed.stderr += chunk.toString()
    })
    child.on('error', reject)
    // `exit`, not `close`: a daemon that the script leaves behind keeps the pipes
    child.on('exit', (status) => setImmediate(() => resolve({ status, ...printed })))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** Starts a machine. Needs root, or a user namespace around the test. */
export async function startNamespace(name: string): Promise<Namespace> {
  const holder = spawn('unshare', ['-n', '-m', '-p', '-u', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', firstProcess], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  await untilReady(name, holder)
  const pid = childOf(holder.pid ?? 0)
  const enter = ['nsenter', '-t', String(pid), '-n', '-m', '-p', '-u', '--']
  const run = async (script: string, input?: string) => {
    const { status, stdout, stderr } = await execute([...enter, 'env', '-i', `PATH=${programPath}`, 'LC_ALL=C', 'sh', '-ec', script], input)
    if (status !== 0) throw new Error(`${name}: ${script}\nended with ${status}: ${stderr}${stdout}`)
    return stdout
  }
  const stop = async () => {
    if (holder.exitCode !== null || holder.signalCode !== null) return
    const ended = new Promise((resolve) => holder.once('exit', resolve))
    process.kill(pid, 'SIGKILL')
    await ended
  }
  return { name, pid, enter, run, stop }
}

function untilReady(name: string, holder: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    holder.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    holder.stdout?.once('data', () => resolve())
    holder.once('error', reject)
    holder.once('exit', (status) => reject(new Error(`${name}: no namespaces (status ${status}): ${complaint}`)))
  })
}

/** `unshare --fork` waits for its only child. */
function childOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  if (child === undefined || child === 0) throw new Error(`process ${pid} has no child`)
  return child
}

/** A cable: a pair of virtual interfaces made straight inside the two machines; nothing of it is ever seen on the host. */
export async function connect(
  [one, onePort]: readonly [Namespace, string],
  [other, otherPort]: readonly [Namespace, string],
): Promise<void> {
  const link = `ip link add ${onePort} type veth peer name ${otherPort} netns ${other.pid}`
  const { status, stderr } = await execute(['nsenter', '-t', String(one.pid), '-n', '--', 'sh', '-c', link])
  if (status !== 0) throw new Error(`${one.name} ${onePort} - ${other.name} ${otherPort}: ${stderr}`)
  // checksums are computed at the sender: a user-mode kernel and VPCS read the raw frames
  await Promise.all([prepare(one, onePort), prepare(other, otherPort)])
}

async function prepare({ pid, name }: Namespace, port: string): Promise<void> {
  const script = `ethtool -K ${port} tx off && ip link set ${port} up`
  const { status, stderr } = await execute(['nsenter', '-t', String(pid), '-n', '--', 'sh', '-c', script])
  if (status !== 0) throw new Error(`${name} ${port}: ${stderr}`)
}
