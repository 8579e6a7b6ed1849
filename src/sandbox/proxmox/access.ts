import { allPrivileges, builtInRoles } from './roles.ts'
import type { Cluster } from './state.schemas.ts'

/** Who asks: `user@realm`, with the token's name when a token is used. */
export interface Caller {
  readonly user: string
  readonly token?: string
}

export const authId = (caller: Caller): string => (caller.token === undefined ? caller.user : `${caller.user}!${caller.token}`)
export const isRoot = (caller: Caller): boolean => caller.user === 'root@pam' && caller.token === undefined

type Roles = Map<string, boolean>

const parents = (path: string): string[] => {
  const segments = path.split('/').filter((segment) => segment !== '')
  return ['/', ...segments.map((_segment, index) => `/${segments.slice(0, index + 1).join('/')}`)]
}

/** Entries of one kind at one level; `undefined` when there is none, so that the level above keeps holding. */
function rolesAt(
  cluster: Cluster,
  level: string,
  path: string,
  type: 'user' | 'group' | 'token',
  ids: readonly string[],
): Roles | undefined {
  const entries = cluster.acl.filter((entry) => entry.path === level && entry.type === type && ids.includes(entry.ugid))
  const usable = entries.filter((entry) => entry.propagate === 1 || level === path)
  return usable.length === 0 ? undefined : new Map(usable.map((entry) => [entry.roleid, entry.propagate === 1]))
}

function rolesOf(cluster: Cluster, id: string, path: string): Roles {
  const isToken = id.includes('!')
  const groups = cluster.users[id]?.groups ?? []
  let roles: Roles = new Map()
  for (const level of parents(path)) {
    const own = rolesAt(cluster, level, path, isToken ? 'token' : 'user', [id])
    const byGroup = isToken ? undefined : rolesAt(cluster, level, path, 'group', groups)
    roles = own ?? byGroup ?? roles
  }
  if (roles.has('NoAccess')) return new Map([['NoAccess', true]])
  const vmid = Number(/^\/vms\/(\d+)$/.exec(path)?.[1])
  const storage = /^\/storage\/([^/]+)$/.exec(path)?.[1]
  for (const [name, pool] of Object.entries(cluster.pools)) {
    if (!pool.vms.includes(vmid) && !(storage !== undefined && pool.storages.includes(storage))) continue
    // rights by membership are never handed further down
    for (const role of rolesOf(cluster, id, `/pool/${name}`).keys()) if (!roles.has(role)) roles.set(role, false)
  }
  return roles
}

const privilegesOfRole = (cluster: Cluster, role: string): readonly string[] => builtInRoles[role] ?? cluster.roles[role] ?? []

function privilegesOfId(cluster: Cluster, id: string, path: string): Map<string, boolean> {
  if (id === 'root@pam') return new Map(allPrivileges.map((name) => [name, true]))
  const found = new Map<string, boolean>()
  for (const [role, propagate] of rolesOf(cluster, id, path)) {
    for (const name of privilegesOfRole(cluster, role)) found.set(name, (found.get(name) ?? false) || propagate)
  }
  return found
}

/** Effective privileges on a path, each with "is handed down". A token with privsep has what user and token have in common. */
export function privilegesOn(cluster: Cluster, caller: Caller, path: string): Map<string, boolean> {
  const ofUser = privilegesOfId(cluster, caller.user, path)
  if (caller.token === undefined) return ofUser
  const id = authId(caller)
  if (cluster.tokens[id]?.privsep !== 1) return ofUser
  const ofToken = privilegesOfId(cluster, id, path)
  return new Map([...ofToken].filter(([name]) => ofUser.has(name)))
}

export const can = (cluster: Cluster, caller: Caller, path: string, privilege: string): boolean =>
  privilegesOn(cluster, caller, path).has(privilege)

export const canAny = (cluster: Cluster, caller: Caller, path: string, wanted: readonly string[]): boolean => {
  const own = privilegesOn(cluster, caller, path)
  return wanted.some((name) => own.has(name))
}

/** All paths with at least one privilege, as `GET /access/permissions` lists them. */
export function allPermissions(cluster: Cluster, caller: Caller): Record<string, Record<string, number>> {
  const usual = ['/', '/access', '/access/groups', '/mapping', '/nodes', '/pool', '/sdn', '/storage', '/vms']
  const answer: Record<string, Record<string, number>> = {}
  for (const path of new Set([...usual, ...cluster.acl.map((entry) => entry.path)])) {
    const own = privilegesOn(cluster, caller, path)
    if (own.size > 0) answer[path] = Object.fromEntries([...own].map(([name, propagate]) => [name, propagate ? 1 : 0]))
  }
  return answer
}
