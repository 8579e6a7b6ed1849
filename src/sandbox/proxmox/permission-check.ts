import { z } from 'zod'
import { can, canAny } from './access.ts'
import { denied } from './api-error.ts'
import type { Permission } from './api-table.ts'
import type { Call } from './call.ts'

const rule = z.array(z.unknown())
const names = z.array(z.string())

const fill = (path: string, call: Call): string => path.replace(/\{([^}]+)\}/g, (_all, name: string) => String(call.values[name] ?? ''))

function passes(permission: unknown, call: Call): boolean {
  const [kind, ...rest] = rule.parse(permission)
  if (kind === 'and') return rest.every((part) => passes(part, call))
  if (kind === 'or') return rest.some((part) => passes(part, call))
  const { cluster } = call.world.store
  if (kind === 'perm') {
    const [path, privileges, mode, value] = rest
    if (mode === 'require_param' && call.values[String(value)] === undefined) return false
    const wanted = names.parse(privileges)
    const target = fill(z.string().parse(path), call)
    return mode === 'any' ? canAny(cluster, call.caller, target, wanted) : wanted.every((name) => can(cluster, call.caller, target, name))
  }
  if (kind === 'userid-param')
    return rest[0] === 'self' ? call.values.userid === call.caller.user : can(cluster, call.caller, '/access/realm/pve', String(rest[0]))
  if (kind === 'userid-group') return canAny(cluster, call.caller, '/access/groups', names.parse(rest[0]))
  // perm-modify and the like are checked by their handlers
  return true
}

/** The text names the first plain rule, as Proxmox does. */
function firstRefusal(permission: unknown, call: Call): Error {
  const [kind, ...rest] = rule.parse(permission)
  if (kind === 'and' || kind === 'or') {
    const failed = rest.find((part) => !passes(part, call))
    return firstRefusal(failed ?? rest[0], call)
  }
  if (kind !== 'perm') return denied('/access/groups', ['User.Modify'])
  const [path, privileges, mode] = rest
  return denied(fill(z.string().parse(path), call), names.parse(privileges), mode === 'any')
}

/** The right that the table demands. @throws ApiError 403 */
export function checkPermission(permission: Permission, call: Call): void {
  if (permission === null || typeof permission === 'string') return
  if (!passes(permission, call)) throw firstRefusal(permission, call)
}
