/**
 * The named formats of the parameters we emulate: each returns the text of the refusal, or undefined when the value fits.
 * Texts as in reference measurements of 8.4.21; list formats check every member.
 */
type Check = (value: string) => string | undefined

const nodeName = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/
const dnsName = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/
const configId = /^[a-z][a-z0-9_-]+$/i
const storageId = /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i
const poolId = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/
const userId = /^[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+$/
const tag = /^[a-z0-9_][a-z0-9_\-+.]*$/i
const cidr = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$|^[0-9a-f:]+(\/\d{1,3})?$/i

export const nicModels = [
  'e1000',
  'e1000-82540em',
  'e1000-82544gc',
  'e1000-82545em',
  'e1000e',
  'i82551',
  'i82557b',
  'i82559er',
  'ne2k_isa',
  'ne2k_pci',
  'pcnet',
  'rtl8139',
  'virtio',
  'vmxnet3',
]

const test =
  (pattern: RegExp, text: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : text
const list =
  (check: Check): Check =>
  (value) =>
    value
      .split(/[,;\s\0]+/)
      .filter((member) => member !== '')
      .map(check)
      .find((problem) => problem !== undefined)

const checks: Readonly<Record<string, Check>> = {
  'pve-vmid': test(/^[1-9][0-9]{2,8}$/, 'value does not look like a valid VM ID'),
  'pve-vmid-list': list(test(/^[1-9][0-9]{2,8}$/, 'value does not look like a valid VM ID')),
  'pve-node': test(nodeName, 'value does not look like a valid node name'),
  'dns-name': test(dnsName, 'value does not look like a valid DNS name'),
  'pve-configid': (value) => (configId.test(value) ? undefined : `invalid configuration ID '${value}'`),
  'pve-configid-list': list((value) => (configId.test(value) ? undefined : `invalid configuration ID '${value}'`)),
  'pve-storage-id': (value) => (storageId.test(value) ? undefined : `storage ID '${value}' contains illegal characters`),
  'pve-storage-id-list': list((value) => (storageId.test(value) ? undefined : `storage ID '${value}' contains illegal characters`)),
  'pve-poolid': (value) => (poolId.test(value) ? undefined : `value '${value}' does not look like a valid pool name`),
  'pve-userid': (value) => (userId.test(value) ? undefined : `value '${value}' does not look like a valid user name`),
  'pve-tag-list': list(test(tag, 'invalid characters in tag')),
  urlencoded: (value) => (/^[-%a-zA-Z0-9_.!~*'()]*$/.test(value) ? undefined : `invalid urlencoded string: ${value}`),
  IPorCIDR: test(cidr, 'value does not look like a valid IP address or CIDR network'),
  'mac-addr': test(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i, 'value does not look like a valid unicast MAC address'),
}

/** Property strings: `memory=512`, `virtio=MAC,bridge=vmbr0`. Unknown keys and a wrong first word are refused. */
function checkProperties(name: string, allowed: readonly string[], value: string): string | undefined {
  const parts = value.split(',')
  const unknown = parts
    .slice(1)
    .map((part) => part.split('=')[0] ?? '')
    .find((key) => !allowed.includes(key))
  if (unknown !== undefined)
    return `format error\n${name}.${unknown}: property is not defined in schema and the schema does not allow additional properties`
  const first = parts[0] ?? ''
  if (name === 'memory') {
    const size = first.replace(/^current=/, '')
    return /^\d+$/.test(size) ? undefined : `format error\nmemory.current: type check ('integer') failed - got '${size}'`
  }
  if (/^net\d+$/.test(name)) {
    const model = first.replace(/^model=/, '').split('=')[0] ?? ''
    if (nicModels.includes(model)) return undefined
    return `format error\n${name}.model: value '${model}' does not have a value in the enumeration '${nicModels.join(', ')}'`
  }
  const key = first.split('=')[0] ?? ''
  if (first.includes('=') && !allowed.includes(key))
    return `format error\n${name}.${key}: property is not defined in schema and the schema does not allow additional properties`
  return undefined
}

/** Text of `invalid format - <text>` for a value, or undefined. Formats we do not know accept everything. */
export function formatProblem(format: string, name: string, value: string): string | undefined {
  if (format.startsWith('properties:')) return checkProperties(name, format.slice('properties:'.length).split('|'), value)
  return checks[format]?.(value)
}
