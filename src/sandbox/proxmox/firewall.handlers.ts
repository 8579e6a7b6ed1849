import { die, invalid } from './api-error.ts'
import { type Call, type Handler, type Handlers, Listing, vmidOf } from './call.ts'
import { sha1 } from './random.ts'
import { emptyFirewall, type Firewall, type FirewallRule } from './state.schemas.ts'
import { flag, integer, members, need, text, type Values } from './validate.ts'

/** Where one firewall lives: its parts, and how to keep a change. */
interface Place {
  readonly firewall: Firewall
  readonly groups: Readonly<Record<string, { rules: FirewallRule[] }>>
  readonly clusterSets: readonly string[]
  save(): void
}

/** SHA-1 of the file; of nothing while nothing was ever written. */
const digestOf = (content: unknown): string => {
  const written = JSON.stringify(content)
  return sha1(written === JSON.stringify(emptyFirewall()) ? '' : written)
}

const ruleFields = ['type', 'action', 'macro', 'proto', 'dport', 'sport', 'source', 'dest', 'iface', 'icmp-type', 'log', 'comment'] as const

/** `+set`, `+dc/set`, `+guest/set`, an alias, or addresses. */
function checkAddress(place: Place, name: 'source' | 'dest', value: string): void {
  if (value.startsWith('+')) {
    const [scope, set] = value.slice(1).includes('/') ? value.slice(1).split('/') : [undefined, value.slice(1)]
    const isOwn = scope !== 'dc' && set !== undefined && place.firewall.ipsets[set] !== undefined
    const isCluster = scope !== 'guest' && set !== undefined && place.clusterSets.includes(set)
    if (!isOwn && !isCluster) throw invalid({ [name]: `no such ipset '${set ?? value.slice(1)}'` })
    return
  }
  if (!value.split(',').every((part) => /^[0-9a-fA-F.:/-]+$/.test(part) && /[.:]/.test(part)))
    throw invalid({ [name]: `no such alias '${value}'` })
}

function checkRule(place: Place, values: Values): void {
  const action = text(values, 'action')
  const isGroup = text(values, 'type') === 'group'
  if (action !== undefined && !isGroup && !['ACCEPT', 'DROP', 'REJECT'].includes(action))
    throw invalid({ action: `unknown action '${action}'` })
  if (action !== undefined && isGroup && !place.groups[action]) throw invalid({ action: `no such security group '${action}'` })
  for (const name of ['source', 'dest'] as const) {
    const value = text(values, name)
    if (value !== undefined) checkAddress(place, name, value)
  }
  const lacksProtocol =
    (values.dport !== undefined || values.sport !== undefined) && values.proto === undefined && values.macro === undefined
  if (lacksProtocol && values.type !== undefined)
    throw invalid({ proto: `missing property - '${values.dport === undefined ? 'sport' : 'dport'}' requires this property` })
}

function readRule(values: Values, base: FirewallRule): FirewallRule {
  const rule: FirewallRule = { ...base }
  for (const name of ruleFields) {
    const value = text(values, name)
    if (value !== undefined) rule[name] = value
  }
  const enable = integer(values, 'enable')
  if (enable !== undefined) rule.enable = enable
  for (const name of members(values, 'delete')) delete rule[name]
  const address = rule.source ?? rule.dest
  if (typeof address === 'string' && /^\d/.test(address)) rule.ipversion = 4
  return rule
}

function ruleAt(rules: readonly FirewallRule[], call: Call): { rule: FirewallRule; pos: number } {
  const pos = integer(call.values, 'pos') ?? 0
  const rule = rules[pos]
  if (!rule) throw die(`no rule at position ${pos}`)
  return { rule, pos }
}

function checkDigest(call: Call, content: unknown): void {
  const given = text(call.values, 'digest')
  if (given !== undefined && given !== digestOf(content))
    throw die('detected modified configuration - file changed by other user? Try again.')
}

type Find = (call: Call) => Place
type FindRules = (call: Call) => { place: Place; rules: FirewallRule[] }

/** A new rule is put on top whatever `pos` says, and is off unless `enable=1`. */
function ruleHandlers(prefix: string, item: string, find: FindRules): Record<string, Handler> {
  return {
    [`GET ${prefix}`]: (call) => {
      const { rules, place } = find(call)
      return rules.map((rule, pos) => ({ ...rule, pos, digest: digestOf(place.firewall) }))
    },
    [`POST ${prefix}`]: (call) => {
      const { rules, place } = find(call)
      checkRule(place, call.values)
      checkDigest(call, place.firewall)
      rules.unshift(readRule(call.values, { type: 'in', action: 'ACCEPT', enable: 0 }))
      place.save()
      return null
    },
    [`GET ${item}`]: (call) => {
      const { rules, place } = find(call)
      const { rule, pos } = ruleAt(rules, call)
      // measured: a number in the list, a string here
      return { ...rule, pos: String(pos), digest: digestOf(place.firewall) }
    },
    [`PUT ${item}`]: (call) => {
      const { rules, place } = find(call)
      const { rule, pos } = ruleAt(rules, call)
      checkDigest(call, place.firewall)
      const target = integer(call.values, 'moveto')
      if (target === undefined) {
        checkRule(place, call.values)
        rules[pos] = readRule(call.values, rule)
      } else {
        rules.splice(pos, 1)
        rules.splice(target > pos ? target - 1 : target, 0, rule)
      }
      place.save()
      return null
    },
    [`DELETE ${item}`]: (call) => {
      const { rules, place } = find(call)
      const { pos } = ruleAt(rules, call)
      checkDigest(call, place.firewall)
      rules.splice(pos, 1)
      place.save()
      return null
    },
  }
}

const sameAddress = (a: string, b: string): boolean => a.replace(/\/32$/, '') === b.replace(/\/32$/, '')

function setOf(place: Place, call: Call) {
  const name = need(call.values, 'name')
  const found = place.firewall.ipsets[name]
  if (!found) throw die(`no such IPSet '${name}'`)
  return found
}

function ipSetHandlers(prefix: string, find: Find): Record<string, Handler> {
  return {
    [`GET ${prefix}/ipset`]: (call) => {
      const { firewall } = find(call)
      return Object.entries(firewall.ipsets).map(([name, { comment }]) => ({
        name,
        digest: digestOf(firewall),
        ...(comment === undefined ? {} : { comment }),
      }))
    },
    [`POST ${prefix}/ipset`]: (call) => {
      const place = find(call)
      const name = need(call.values, 'name')
      if (place.firewall.ipsets[name]) throw invalid({ name: `IPSet '${name}' already exists` })
      const comment = text(call.values, 'comment')
      place.firewall.ipsets[name] = { entries: [], ...(comment === undefined ? {} : { comment }) }
      place.save()
      return null
    },
    [`DELETE ${prefix}/ipset/{name}`]: (call) => {
      const place = find(call)
      const name = need(call.values, 'name')
      if (setOf(place, call).entries.length > 0 && !flag(call.values, 'force')) throw die(`IPSet '${name}' is not empty`)
      delete place.firewall.ipsets[name]
      place.save()
      return null
    },
    [`GET ${prefix}/ipset/{name}`]: (call) => {
      const place = find(call)
      return setOf(place, call).entries.map((entry) => ({ ...entry, digest: digestOf(place.firewall) }))
    },
    [`POST ${prefix}/ipset/{name}`]: (call) => {
      const place = find(call)
      const cidr = need(call.values, 'cidr')
      const { entries } = setOf(place, call)
      if (entries.some((entry) => sameAddress(entry.cidr, cidr))) throw invalid({ cidr: `address '${cidr}' already exists` })
      const comment = text(call.values, 'comment')
      entries.push({ cidr, ...(flag(call.values, 'nomatch') ? { nomatch: 1 } : {}), ...(comment === undefined ? {} : { comment }) })
      place.save()
      return null
    },
    [`GET ${prefix}/ipset/{name}/{cidr}`]: (call) => {
      const found = setOf(find(call), call).entries.find((entry) => sameAddress(entry.cidr, need(call.values, 'cidr')))
      if (!found) throw die('no such IP/Network')
      return found
    },
    [`PUT ${prefix}/ipset/{name}/{cidr}`]: (call) => {
      const place = find(call)
      const found = setOf(place, call).entries.find((entry) => sameAddress(entry.cidr, need(call.values, 'cidr')))
      if (!found) throw die('no such IP/Network')
      found.comment = text(call.values, 'comment') ?? found.comment
      place.save()
      return null
    },
    [`DELETE ${prefix}/ipset/{name}/{cidr}`]: (call) => {
      const place = find(call)
      const set = setOf(place, call)
      set.entries = set.entries.filter((entry) => !sameAddress(entry.cidr, need(call.values, 'cidr')))
      place.save()
      return null
    },
  }
}

function optionHandlers(prefix: string, find: Find): Record<string, Handler> {
  return {
    [`GET ${prefix}/options`]: (call) => {
      const { firewall } = find(call)
      return { ...firewall.options, digest: digestOf(firewall) }
    },
    [`PUT ${prefix}/options`]: (call) => {
      const place = find(call)
      checkDigest(call, place.firewall)
      for (const name of members(call.values, 'delete')) delete place.firewall.options[name]
      for (const [name, value] of Object.entries(call.values)) {
        if (['node', 'vmid', 'delete', 'digest'].includes(name) || typeof value === 'object') continue
        place.firewall.options[name] = value
      }
      place.save()
      return null
    },
  }
}

/** A VM's firewall file exists apart from its configuration: it can be read before the VM is there. */
const vmPlace: Find = (call) => {
  const { store } = call.world
  const machine = store.machines.get(vmidOf(call))
  if (!machine) throw die(`Configuration file 'nodes/${need(call.values, 'node')}/qemu-server/${vmidOf(call)}.conf' does not exist`)
  const { groups, ipsets } = store.cluster.firewall
  return { firewall: machine.firewall, groups, clusterSets: Object.keys(ipsets), save: () => store.saveMachine(machine) }
}

const clusterPlace: Find = (call) => {
  const { cluster, saveCluster } = call.world.store
  return {
    firewall: cluster.firewall,
    groups: cluster.firewall.groups,
    clusterSets: Object.keys(cluster.firewall.ipsets),
    save: saveCluster,
  }
}

const groupRules: FindRules = (call) => {
  const place = clusterPlace(call)
  const group = place.groups[need(call.values, 'group')]
  if (!group) throw die(`no such security group '${need(call.values, 'group')}'`)
  return { place, rules: group.rules }
}

const ownRules =
  (find: Find): FindRules =>
  (call) => {
    const place = find(call)
    return { place, rules: place.firewall.rules }
  }

const vm = '/nodes/{node}/qemu/{vmid}/firewall'
const datacenter = '/cluster/firewall'

export const firewallHandlers: Handlers = {
  ...ruleHandlers(`${vm}/rules`, `${vm}/rules/{pos}`, ownRules(vmPlace)),
  ...ipSetHandlers(vm, vmPlace),
  ...optionHandlers(vm, vmPlace),
  // measured: an object and a total when there is no log yet
  [`GET ${vm}/log`]: () => new Listing({ n: 1, t: 'unable to open file - No such file or directory' }, 1),
  ...ruleHandlers(`${datacenter}/rules`, `${datacenter}/rules/{pos}`, ownRules(clusterPlace)),
  ...ipSetHandlers(datacenter, clusterPlace),
  ...optionHandlers(datacenter, clusterPlace),
  ...ruleHandlers(`${datacenter}/groups/{group}`, `${datacenter}/groups/{group}/{pos}`, groupRules),
  [`GET ${datacenter}/groups`]: (call) => {
    const { firewall } = call.world.store.cluster
    return Object.entries(firewall.groups).map(([group, { comment }]) => ({
      group,
      digest: digestOf(firewall),
      ...(comment === undefined ? {} : { comment }),
    }))
  },
  [`POST ${datacenter}/groups`]: (call) => {
    const { cluster, saveCluster } = call.world.store
    const name = need(call.values, 'group')
    if (cluster.firewall.groups[name]) throw die(`Security group '${name}' already exists`)
    cluster.firewall.groups[name] = { rules: [] }
    saveCluster()
    return null
  },
  [`DELETE ${datacenter}/groups/{group}`]: (call) => {
    const { cluster, saveCluster } = call.world.store
    const name = need(call.values, 'group')
    if ((cluster.firewall.groups[name]?.rules.length ?? 0) > 0) throw die(`Security group '${name}' is not empty`)
    delete cluster.firewall.groups[name]
    saveCluster()
    return null
  },
}
