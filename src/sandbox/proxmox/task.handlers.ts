import { can } from './access.ts'
import { denied, invalid } from './api-error.ts'
import { type Call, type Handlers, Listing, nodeOf } from './call.ts'
import type { Task } from './tasks.ts'
import { parseUpid, type TaskIdentity } from './upid.ts'
import { flag, integer, members, need, text } from './validate.ts'

const splitUser = (task: TaskIdentity): { user: string; tokenid?: string } => {
  const [user = '', tokenid] = task.user.split('!')
  return tokenid === undefined ? { user } : { user, tokenid }
}

const base = (task: TaskIdentity) => {
  const { upid, node, pid, pstart, starttime, type, id } = task
  return { upid, node, pid, pstart, starttime, type, id, ...splitUser(task) }
}

/** Own tasks and those of own tokens; all with Sys.Audit on the node. */
function maySee(call: Call, task: TaskIdentity, path = `/nodes/${task.node}`): boolean {
  if (can(call.world.store.cluster, call.caller, path, 'Sys.Audit')) return true
  return call.caller.token === undefined ? splitUser(task).user === call.caller.user : task.user === call.user
}

function identityOf(call: Call): TaskIdentity {
  const identity = parseUpid(need(call.values, 'upid'))
  if (!identity) throw invalid({ upid: 'unable to parse worker upid' })
  if (!maySee(call, identity)) throw denied(`/nodes/${identity.node}`, ['Sys.Audit'])
  return identity
}

function taskStatus(call: Call): unknown {
  const identity = identityOf(call)
  const task = call.world.tasks.find(identity.upid)
  if (!task) throw invalid({ upid: 'no such task' })
  if (call.world.tasks.isRunning(task.upid)) return { ...base(task), status: 'running' }
  return { ...base(task), status: 'stopped', exitstatus: task.exitstatus }
}

/** `start` is an offset, `n` counts from 1; without a limit 50 lines; limit 0 = all. */
function taskLog(call: Call): Listing {
  const identity = identityOf(call)
  const task = call.world.tasks.find(identity.upid)
  // measured: an object, not a list, when there is no such file
  if (!task) return new Listing({ n: 1, t: 'unable to open file - No such file or directory' }, 1)
  const lines = task.lines.length === 0 ? ['no content'] : task.lines
  const start = integer(call.values, 'start') ?? 0
  const limit = integer(call.values, 'limit') ?? 50
  const end = limit === 0 ? lines.length : start + limit
  return new Listing(
    lines.slice(start, end).map((line, index) => ({ n: start + index + 1, t: line })),
    lines.length,
  )
}

const statusType = (exitstatus: string): string => {
  if (exitstatus === 'OK') return 'ok'
  if (/^WARNINGS: \d+$/.test(exitstatus)) return 'warning'
  return exitstatus === 'unexpected status' ? 'unknown' : 'error'
}

function isWanted(call: Call, task: Task): boolean {
  const { values } = call
  const vmid = integer(values, 'vmid')
  const since = integer(values, 'since')
  const until = integer(values, 'until')
  const statuses = members(values, 'statusfilter')
  return (
    (vmid === undefined || task.id === String(vmid)) &&
    (text(values, 'typefilter') === undefined || task.type === text(values, 'typefilter')) &&
    (text(values, 'userfilter') === undefined || task.user.includes(text(values, 'userfilter') ?? '')) &&
    (since === undefined || task.starttime >= since) &&
    (until === undefined || task.starttime <= until) &&
    (!flag(values, 'errors') || (task.exitstatus !== undefined && statusType(task.exitstatus) !== 'ok')) &&
    (statuses.length === 0 || (task.exitstatus !== undefined && statuses.includes(statusType(task.exitstatus))))
  )
}

const listed = (call: Call, task: Task) =>
  call.world.tasks.isRunning(task.upid)
    ? { ...base(task), status: 'RUNNING', saved: '0' }
    : { ...base(task), endtime: task.endtime, status: task.exitstatus }

function listTasks(call: Call): Listing | [] {
  const { tasks } = call.world
  const source = text(call.values, 'source') ?? 'archive'
  const found = tasks.list().filter((task) => {
    const isRunning = tasks.isRunning(task.upid)
    const fits = source === 'all' || (source === 'active') === isRunning
    return task.node === nodeOf(call) && fits && maySee(call, task) && isWanted(call, task)
  })
  const start = integer(call.values, 'start') ?? 0
  const limit = integer(call.values, 'limit') ?? 50
  // measured: a list without any entry has no total beside it
  if (found.length === 0) return []
  return new Listing(
    found.slice(start, start + limit).map((task) => listed(call, task)),
    found.length,
  )
}

const mostPerNode = 25

/** Per node all running tasks and as many finished ones as make 25: many running tasks push the finished out. */
function clusterTasks(call: Call): unknown {
  const { tasks } = call.world
  return call.world.store.cluster.nodes.flatMap((node) => {
    const own = tasks.list().filter((task) => task.node === node && maySee(call, task, '/'))
    const running = own.filter((task) => tasks.isRunning(task.upid))
    const finished = own.filter((task) => !tasks.isRunning(task.upid)).slice(0, Math.max(0, mostPerNode - running.length))
    const short = ({ pid: _pid, pstart: _pstart, ...rest }: ReturnType<typeof base>) => rest
    return [
      ...running.map((task) => ({ ...short(base(task)), saved: '0' })),
      ...finished.map((task) => ({ ...short(base(task)), endtime: task.endtime, status: task.exitstatus, saved: '1' })),
    ]
  })
}

async function stopTask(call: Call): Promise<null> {
  const identity = identityOf(call)
  await call.world.tasks.stop(identity.upid)
  return null
}

export const taskHandlers: Handlers = {
  'GET /nodes/{node}/tasks': listTasks,
  'GET /nodes/{node}/tasks/{upid}': () => [{ name: 'log' }, { name: 'status' }],
  'GET /nodes/{node}/tasks/{upid}/status': taskStatus,
  'GET /nodes/{node}/tasks/{upid}/log': taskLog,
  'DELETE /nodes/{node}/tasks/{upid}': stopTask,
  'GET /cluster/tasks': clusterTasks,
}
