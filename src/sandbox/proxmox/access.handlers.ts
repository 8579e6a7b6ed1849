import { allPermissions, can } from './access.ts'
import { ApiError, die, invalid } from './api-error.ts'
import type { Call, Handlers } from './call.ts'
import { hashPassword, isPassword, issueTicket, newSecret } from './credentials.ts'
import { builtInRoles, privileges } from './roles.ts'
import type { Cluster } from './state.schemas.ts'
import { flag, integer, members, need, text } from './validate.ts'
import { withUserConfigLock } from './world.ts'

const realms = [
  { realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication' },
  { realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
  // its users' passwords are given when they are added: what the directory behind it would say
  { realm: 'campus', type: 'ldap', comment: 'Directory of the campus' },
]

/** Privileges on `/` by area, as the web interface wants them. */
function capabilities(call: Call, user: string): Record<string, Record<string, number>> {
  const { cluster } = call.world.store
  const own = (names: readonly string[], path: string) =>
    Object.fromEntries([...names, 'Permissions.Modify'].filter((name) => can(cluster, { user }, path, name)).map((name) => [name, 1]))
  return {
    vms: own(privileges.vms, '/vms'),
    storage: own(privileges.storage, '/storage'),
    nodes: own(privileges.nodes, '/nodes'),
    access: own(['Group.Allocate', 'User.Modify'], '/access'),
    dc: own(['Sys.Audit', 'Sys.Modify', ...privileges.sdn], '/'),
    sdn: own(privileges.sdn, '/sdn'),
    mapping: own(privileges.mapping, '/mapping'),
  }
}

/** POST /access/ticket: sign in, or renew with a ticket that still holds as password. */
function login(call: Call): unknown {
  const { values, world } = call
  const given = need(values, 'username')
  const realm = text(values, 'realm')
  const user = realm !== undefined && !given.includes('@') ? `${given}@${realm}` : given
  const seconds = world.timing.seconds()
  // one text for everything that can be wrong, on purpose
  if (!isPassword(world.store.cluster, user, need(values, 'password'), seconds)) throw new ApiError(401, 'authentication failure')
  const clustername = world.store.cluster.nodes.length > 1 ? { clustername: world.store.cluster.name } : {}
  return { username: user, ...issueTicket(world.store.cluster, user, seconds), cap: capabilities(call, user), ...clustername }
}

const change = (call: Call, work: () => void): Promise<null> =>
  withUserConfigLock(call.world, {}, () => {
    work()
    return null
  })

async function named<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError && error.status === 500) throw die(`${prefix}: ${error.message}`)
    throw error
  }
}

function userOf(call: Call): Cluster['users'][string] {
  const id = need(call.values, 'userid')
  const user = call.world.store.cluster.users[id]
  if (!user) throw die(`no such user ('${id}')`)
  return user
}

function fillUser(call: Call, user: Cluster['users'][string]): void {
  const { values } = call
  for (const name of ['comment', 'email', 'firstname', 'lastname'] as const) {
    const value = text(values, name)
    if (value !== undefined) user[name] = value
  }
  const expire = integer(values, 'expire')
  if (expire !== undefined) user.expire = expire
  const enable = integer(values, 'enable')
  if (enable !== undefined) user.enable = enable
  if (values.groups !== undefined)
    user.groups = flag(values, 'append') ? [...new Set([...user.groups, ...members(values, 'groups')])] : members(values, 'groups')
}

const addUser = (call: Call) =>
  named('create user failed', () =>
    change(call, () => {
      const id = need(call.values, 'userid')
      const { cluster } = call.world.store
      const realm = id.slice(id.lastIndexOf('@') + 1)
      if (!realms.some((known) => known.realm === realm)) throw die(`auth domain '${realm}' does not exist`)
      if (cluster.users[id]) throw die(`user '${id}' already exists`)
      const password = text(call.values, 'password')
      const user = {
        enable: 1,
        expire: 0,
        groups: [],
        ...(password === undefined ? {} : { passwordHash: hashPassword(cluster, id, password) }),
      }
      fillUser(call, user)
      cluster.users[id] = user
    }),
  )

const removeUser = (call: Call) =>
  change(call, () => {
    const id = need(call.values, 'userid')
    userOf(call)
    const { cluster } = call.world.store
    delete cluster.users[id]
    for (const token of Object.keys(cluster.tokens).filter((name) => name.startsWith(`${id}!`))) delete cluster.tokens[token]
    cluster.acl = cluster.acl.filter((entry) => entry.ugid !== id && !entry.ugid.startsWith(`${id}!`))
  })

const listUsers = (call: Call): unknown =>
  Object.entries(call.world.store.cluster.users)
    .filter(
      ([userid]) =>
        userid === call.caller.user ||
        can(call.world.store.cluster, call.caller, '/access/groups', 'User.Modify') ||
        can(call.world.store.cluster, call.caller, '/access', 'Sys.Audit'),
    )
    .map(([userid, { passwordHash: _hash, groups: _groups, ...user }]) => ({
      userid,
      'realm-type': userid.slice(userid.lastIndexOf('@') + 1),
      ...user,
    }))

const tokenKey = (call: Call): string => `${need(call.values, 'userid')}!${need(call.values, 'tokenid')}`

function tokenOf(call: Call): Cluster['tokens'][string] {
  const token = call.world.store.cluster.tokens[tokenKey(call)]
  if (!token) throw die(`no such token '${need(call.values, 'tokenid')}' for user '${need(call.values, 'userid')}'`)
  return token
}

/** The secret is shown this once. `privsep` is a string here, a number in the list (measured). */
async function addToken(call: Call): Promise<unknown> {
  const { values } = call
  userOf(call)
  const key = tokenKey(call)
  if (call.world.store.cluster.tokens[key]) throw invalid({ tokenid: 'Token already exists.' })
  const comment = text(values, 'comment')
  const privsep = integer(values, 'privsep') ?? 1
  const secret = newSecret()
  await change(call, () => {
    call.world.store.cluster.tokens[key] = {
      secret,
      privsep,
      expire: integer(values, 'expire') ?? 0,
      ...(comment === undefined ? {} : { comment }),
    }
  })
  return { 'full-tokenid': key, value: secret, info: { privsep: String(privsep), ...(comment === undefined ? {} : { comment }) } }
}

const withoutSecret = ({ secret: _secret, ...token }: Cluster['tokens'][string]) => token

function listTokens(call: Call): unknown {
  userOf(call)
  const prefix = `${need(call.values, 'userid')}!`
  return Object.entries(call.world.store.cluster.tokens)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, token]) => ({ tokenid: key.slice(prefix.length), ...withoutSecret(token) }))
}

const changeToken = (call: Call) =>
  change(call, () => {
    const token = tokenOf(call)
    token.comment = text(call.values, 'comment') ?? token.comment
    token.expire = integer(call.values, 'expire') ?? token.expire
    token.privsep = integer(call.values, 'privsep') ?? token.privsep
  })

const knownAclPath =
  /^\/(?:|access(?:\/.*)?|nodes(?:\/[^/]+)?|vms(?:\/\d+)?|storage(?:\/[^/]+)?|pool(?:\/.+)?|sdn(?:\/.*)?|mapping(?:\/.*)?)$/

function checkAcl(call: Call, path: string): void {
  const { cluster } = call.world.store
  if (!knownAclPath.test(path)) throw invalid({ path: `invalid ACL path '${path}'` })
  const mayModify = can(cluster, call.caller, path, 'Permissions.Modify')
  const owner = path.startsWith('/vms/') ? 'VM.Allocate' : undefined
  if (!mayModify && !(owner !== undefined && can(cluster, call.caller, path, owner)))
    throw new ApiError(403, `Permission check failed (${path}, Permissions.Modify)`)
  for (const role of members(call.values, 'roles'))
    if (!builtInRoles[role] && !cluster.roles[role]) throw die(`role '${role}' does not exist`)
  for (const user of members(call.values, 'users')) if (!cluster.users[user]) throw die(`user '${user}' does not exist`)
  for (const group of members(call.values, 'groups')) if (!cluster.groups[group]) throw die(`group '${group}' does not exist`)
  for (const token of members(call.values, 'tokens')) if (!cluster.tokens[token]) throw die(`token '${token}' does not exist`)
}

const setAcl = (call: Call) => {
  const path = need(call.values, 'path').replace(/(.)\/+$/, '$1')
  checkAcl(call, path)
  return change(call, () => {
    const { cluster } = call.world.store
    const propagate = call.values.propagate === undefined ? 1 : Number(call.values.propagate)
    for (const [type, name] of [
      ['user', 'users'],
      ['group', 'groups'],
      ['token', 'tokens'],
    ] as const) {
      for (const ugid of members(call.values, name)) {
        for (const roleid of members(call.values, 'roles')) {
          cluster.acl = cluster.acl.filter(
            (entry) => !(entry.path === path && entry.type === type && entry.ugid === ugid && entry.roleid === roleid),
          )
          if (!flag(call.values, 'delete')) cluster.acl.push({ path, type, ugid, roleid, propagate })
        }
      }
    }
  })
}

const listAcl = (call: Call): unknown =>
  call.world.store.cluster.acl.filter((entry) => can(call.world.store.cluster, call.caller, entry.path, 'Permissions.Modify'))

function permissions(call: Call): unknown {
  const path = text(call.values, 'path')
  const all = allPermissions(call.world.store.cluster, call.caller)
  if (path === undefined) return all
  const found = Object.fromEntries(Object.entries(all).filter(([name]) => path === name || path.startsWith(`${name === '/' ? '' : name}/`)))
  const own = Object.assign({}, ...Object.values(found))
  return Object.keys(own).length > 0 ? { [path]: own } : {}
}

const listRoles = (call: Call): unknown => [
  ...Object.entries(builtInRoles).map(([roleid, names]) => ({ roleid, privs: [...names].sort().join(','), special: 1 })),
  ...Object.entries(call.world.store.cluster.roles).map(([roleid, names]) => ({ roleid, privs: names.join(','), special: 0 })),
]

const known = new Set<string>(Object.values(privileges).flat())

const addRole = (call: Call) =>
  named('create role failed', () =>
    change(call, () => {
      const role = need(call.values, 'roleid')
      if (builtInRoles[role] || call.world.store.cluster.roles[role]) throw die(`role '${role}' already exists`)
      const wrong = members(call.values, 'privs').find((name) => !known.has(name))
      if (wrong !== undefined) throw die(`invalid privilege '${wrong}'`)
      call.world.store.cluster.roles[role] = members(call.values, 'privs')
    }),
  )

const removeFrom = (call: Call, group: 'roles' | 'groups', parameter: string, what: string) =>
  change(call, () => {
    const id = need(call.values, parameter)
    if (!call.world.store.cluster[group][id]) throw die(`${what} '${id}' does not exist`)
    delete call.world.store.cluster[group][id]
  })

export const accessHandlers: Handlers = {
  'GET /access/ticket': () => null,
  'POST /access/ticket': login,
  'GET /access/domains': () => realms,
  'GET /access/users': listUsers,
  'POST /access/users': addUser,
  'GET /access/users/{userid}': (call) => {
    const { passwordHash: _hash, ...user } = userOf(call)
    return {
      ...user,
      tokens: Object.fromEntries(
        Object.entries(call.world.store.cluster.tokens)
          .filter(([key]) => key.startsWith(`${need(call.values, 'userid')}!`))
          .map(([key, token]) => [key.slice(key.indexOf('!') + 1), withoutSecret(token)]),
      ),
    }
  },
  'PUT /access/users/{userid}': (call) => change(call, () => fillUser(call, userOf(call))),
  'DELETE /access/users/{userid}': removeUser,
  'GET /access/users/{userid}/token': listTokens,
  'GET /access/users/{userid}/token/{tokenid}': (call) => withoutSecret(tokenOf(call)),
  'POST /access/users/{userid}/token/{tokenid}': addToken,
  'PUT /access/users/{userid}/token/{tokenid}': changeToken,
  'DELETE /access/users/{userid}/token/{tokenid}': (call) => {
    tokenOf(call)
    return change(call, () => {
      delete call.world.store.cluster.tokens[tokenKey(call)]
      call.world.store.cluster.acl = call.world.store.cluster.acl.filter((entry) => entry.ugid !== tokenKey(call))
    })
  },
  'GET /access/groups': (call) => Object.entries(call.world.store.cluster.groups).map(([groupid, group]) => ({ groupid, ...group })),
  'GET /access/groups/{groupid}': (call) => ({
    members: Object.entries(call.world.store.cluster.users)
      .filter(([, user]) => user.groups.includes(need(call.values, 'groupid')))
      .map(([id]) => id),
  }),
  'POST /access/groups': (call) =>
    named('create group failed', () =>
      change(call, () => {
        const id = need(call.values, 'groupid')
        if (call.world.store.cluster.groups[id]) throw die(`group '${id}' already exists`)
        const comment = text(call.values, 'comment')
        call.world.store.cluster.groups[id] = comment === undefined ? {} : { comment }
      }),
    ),
  'DELETE /access/groups/{groupid}': (call) => removeFrom(call, 'groups', 'groupid', 'group'),
  'GET /access/roles': listRoles,
  'POST /access/roles': addRole,
  'DELETE /access/roles/{roleid}': (call) => removeFrom(call, 'roles', 'roleid', 'role'),
  'GET /access/acl': listAcl,
  'PUT /access/acl': setAcl,
  'GET /access/permissions': permissions,
}
