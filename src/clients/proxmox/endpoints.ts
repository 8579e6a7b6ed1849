/**
 * Every call this client can make, with the parameters it may send: the one place that a test compares with what Proxmox 7.4, 8.4 and
 * 9.1 accept.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly params: readonly string[]
  /** Options of a VM configuration besides `params`; `net[n]` stands for `net0`, `net1`, ... */
  readonly configOptions?: readonly string[]
}

/** What is ever set in a configuration: known to 7.4, 8.4 and 9.1 alike (`ciupgrade` is not, so the base template carries it). */
const settable = [
  'name',
  'description',
  'tags',
  'protection',
  'onboot',
  'memory',
  'balloon',
  'cores',
  'sockets',
  'cpu',
  'agent',
  'boot',
  'net[n]',
  'ide[n]',
  'sata[n]',
  'scsi[n]',
  'virtio[n]',
  'serial[n]',
  'ciuser',
  'cipassword',
  'sshkeys',
  'nameserver',
  'searchdomain',
  'ipconfig[n]',
] as const

const get = (path: string, ...params: string[]): Endpoint => ({ method: 'GET', path, params })
const post = (path: string, ...params: string[]): Endpoint => ({ method: 'POST', path, params })
const vm = '/nodes/{node}/qemu/{vmid}'
const task = '/nodes/{node}/tasks/{upid}'

export const endpoints = {
  ticket: post('/access/ticket', 'username', 'password'),
  version: get('/version'),
  nodes: get('/nodes'),
  resources: get('/cluster/resources', 'type'),
  clusterStatus: get('/cluster/status'),
  permissions: get('/access/permissions'),
  roles: get('/access/roles'),
  setAccess: { method: 'PUT', path: '/access/acl', params: ['path', 'users', 'roles', 'propagate', 'delete'] },
  storages: get('/nodes/{node}/storage'),
  thinPools: get('/nodes/{node}/disks/lvmthin'),
  storageContent: get('/nodes/{node}/storage/{storage}/content', 'content', 'vmid'),
  freeVolume: { method: 'DELETE', path: '/nodes/{node}/storage/{storage}/content/{volume}', params: [] },
  taskList: get('/nodes/{node}/tasks', 'source', 'vmid', 'typefilter', 'since', 'limit'),
  taskStatus: get(`${task}/status`),
  taskLog: get(`${task}/log`, 'start', 'limit'),
  vmConfig: get(`${vm}/config`),
  vmStatus: get(`${vm}/status/current`),
  feature: get(`${vm}/feature`, 'feature'),
  agentInterfaces: get(`${vm}/agent/network-get-interfaces`),
  vncProxy: post(`${vm}/vncproxy`, 'websocket', 'generate-password'),
  vncSocket: get(`${vm}/vncwebsocket`, 'port', 'vncticket'),
  clone: post(`${vm}/clone`, 'newid', 'name', 'description', 'full', 'storage', 'target', 'pool'),
  setConfig: { method: 'PUT', path: `${vm}/config`, params: ['delete'], configOptions: settable },
  template: post(`${vm}/template`, 'disk'),
  resize: { method: 'PUT', path: `${vm}/resize`, params: ['disk', 'size'] },
  start: post(`${vm}/status/start`),
  stop: post(`${vm}/status/stop`),
  shutdown: post(`${vm}/status/shutdown`, 'timeout', 'forceStop'),
  reboot: post(`${vm}/status/reboot`, 'timeout'),
  suspend: post(`${vm}/status/suspend`, 'todisk'),
  resume: post(`${vm}/status/resume`),
  migrationCheck: get(`${vm}/migrate`),
  migrate: post(`${vm}/migrate`, 'target', 'online'),
  destroy: { method: 'DELETE', path: vm, params: ['purge', 'destroy-unreferenced-disks'] },
  clusterFirewall: get('/cluster/firewall/options'),
  firewallOptions: get(`${vm}/firewall/options`),
  setFirewallOptions: {
    method: 'PUT',
    path: `${vm}/firewall/options`,
    params: ['enable', 'dhcp', 'macfilter', 'ipfilter', 'ndp', 'radv', 'policy_in', 'policy_out'],
  },
  firewallRules: get(`${vm}/firewall/rules`),
  addFirewallRule: post(
    `${vm}/firewall/rules`,
    'type',
    'action',
    'enable',
    'macro',
    'proto',
    'dport',
    'sport',
    'source',
    'dest',
    'iface',
    'comment',
  ),
  removeFirewallRule: { method: 'DELETE', path: `${vm}/firewall/rules/{pos}`, params: [] },
  ipsets: get(`${vm}/firewall/ipset`),
  addIpset: post(`${vm}/firewall/ipset`, 'name'),
  removeIpset: { method: 'DELETE', path: `${vm}/firewall/ipset/{name}`, params: [] },
  ipsetEntries: get(`${vm}/firewall/ipset/{name}`),
  addIpsetEntry: post(`${vm}/firewall/ipset/{name}`, 'cidr'),
  removeIpsetEntry: { method: 'DELETE', path: `${vm}/firewall/ipset/{name}/{cidr}`, params: [] },
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof endpoints
export type PathValues = Readonly<Record<string, string | number>>
/** `undefined` is not sent. */
export type Params = Readonly<Record<string, string | number | boolean | undefined>>

/** A request as it goes out: path below `/api2/json`, parameters as `application/x-www-form-urlencoded` text. */
export interface BuiltRequest {
  readonly method: Endpoint['method']
  readonly path: string
  /** Query of GET and DELETE, which must not have a body; body of POST and PUT. */
  readonly encoded: string
}

/** Fills an endpoint. Throws on a parameter the endpoint does not declare: a slip of ours, not of Proxmox. */
export function buildRequest(name: EndpointName, values: PathValues, params: Params): BuiltRequest {
  const endpoint: Endpoint = endpoints[name]
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`${name}: no value for ${key}`)
    return encodeURIComponent(String(value))
  })
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (!accepts(endpoint, key)) throw new Error(`${name}: ${key} is not a parameter of it`)
    // forms know only 1 and 0: `true` is refused
    form.append(key, typeof value === 'boolean' ? String(Number(value)) : String(value))
  }
  return { method: endpoint.method, path, encoded: form.toString() }
}

const accepts = ({ params, configOptions = [] }: Endpoint, key: string): boolean =>
  params.includes(key) || configOptions.includes(key) || configOptions.includes(key.replace(/\d+$/, '[n]'))
