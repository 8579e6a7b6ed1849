import { can } from './access.ts'
import { ApiError, denied, die } from './api-error.ts'
import type { Call, Handlers } from './call.ts'
import { flag, members, need, text } from './validate.ts'
import { resourceOf } from './vm-status.ts'
import { withUserConfigLock } from './world.ts'

const poolId = (call: Call): string => need(call.values, 'poolid')

function poolOf(call: Call) {
  const pool = call.world.store.cluster.pools[poolId(call)]
  if (!pool) throw die(`pool '${poolId(call)}' does not exist`)
  return pool
}

async function change(call: Call, prefix: string, work: () => void): Promise<null> {
  try {
    await withUserConfigLock(call.world, {}, work)
    return null
  } catch (error) {
    if (error instanceof ApiError && error.status === 500)
      throw die(`${prefix} pool${prefix === 'update' ? 's' : ''} failed: ${error.message}`)
    throw error
  }
}

const create = (call: Call) =>
  change(call, 'create', () => {
    if (call.world.store.cluster.pools[poolId(call)]) throw die(`pool '${poolId(call)}' already exists`)
    const comment = text(call.values, 'comment')
    call.world.store.cluster.pools[poolId(call)] = { vms: [], storages: [], ...(comment === undefined ? {} : { comment }) }
  })

function addMember(call: Call, vmid: number): void {
  const pool = poolOf(call)
  if (pool.vms.includes(vmid)) throw die(`VM ${vmid} is already a pool member`)
  const other = Object.entries(call.world.store.cluster.pools).find(([, candidate]) => candidate.vms.includes(vmid))
  if (other && !flag(call.values, 'allow-move')) throw die(`VM ${vmid} belongs already to pool '${other[0]}' and 'allow-move' is not set`)
  if (other) other[1].vms = other[1].vms.filter((member) => member !== vmid)
  pool.vms.push(vmid)
}

function removeMember(call: Call, vmid: number): void {
  const pool = poolOf(call)
  if (!pool.vms.includes(vmid)) throw die(`VM ${vmid} is not a pool member`)
  pool.vms = pool.vms.filter((member) => member !== vmid)
}

const update = (call: Call) =>
  change(call, 'update', () => {
    const pool = poolOf(call)
    const comment = text(call.values, 'comment')
    if (comment !== undefined) pool.comment = comment
    for (const vmid of members(call.values, 'vms').map(Number)) {
      if (flag(call.values, 'delete')) removeMember(call, vmid)
      else addMember(call, vmid)
    }
  })

const remove = (call: Call) =>
  change(call, 'delete', () => {
    // members that no longer exist do not hold a pool back
    const member = poolOf(call).vms.find((vmid) => call.world.store.machines.has(vmid))
    if (member !== undefined) throw die(`pool '${poolId(call)}' is not empty (contains VM ${member})`)
    delete call.world.store.cluster.pools[poolId(call)]
  })

/** Members of a pool are listed without their tags (measured). */
const withoutTags = ({ tags: _tags, ...item }: Record<string, unknown>) => item

function show(call: Call): Record<string, unknown> {
  const { comment, vms } = poolOf(call)
  const found = vms.flatMap((vmid) => {
    const machine = call.world.store.machines.get(vmid)
    return machine && can(call.world.store.cluster, call.caller, `/vms/${vmid}`, 'VM.Audit')
      ? [withoutTags(resourceOf(call.world, machine))]
      : []
  })
  return { members: found, ...(comment === undefined ? {} : { comment }) }
}

function list(call: Call): unknown {
  const { cluster } = call.world.store
  const wanted = text(call.values, 'poolid')
  if (wanted !== undefined) {
    if (!can(cluster, call.caller, `/pool/${wanted}`, 'Pool.Audit')) throw denied(`/pool/${wanted}`, ['Pool.Audit'])
    return [{ poolid: wanted, ...show(call) }]
  }
  return Object.entries(cluster.pools)
    .filter(([poolid]) => can(cluster, call.caller, `/pool/${poolid}`, 'Pool.Audit'))
    .map(([poolid, { comment }]) => ({ poolid, ...(comment === undefined ? {} : { comment }) }))
}

export const poolHandlers: Handlers = {
  'GET /pools': list,
  'POST /pools': create,
  'PUT /pools': update,
  'DELETE /pools': remove,
  'GET /pools/{poolid}': (call) => ({ poolid: poolId(call), ...show(call) }),
  'PUT /pools/{poolid}': update,
  'DELETE /pools/{poolid}': remove,
}
