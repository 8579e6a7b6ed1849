import { say } from '../../lib/sentence.ts'
import { askAtOnce, configOrThrow, countVolumes, type Gateway, storageLocks } from './gateway.ts'
import type { ConfigRequest, ConfigValue, VmConfig } from './types.ts'

/** Options whose change allocates or frees volumes, so takes the storage lock. */
const storageOptions = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$/
/** Shown as asterisks: whether it is as asked cannot be seen. */
const masked = new Set(['cipassword'])

const shownAs = (value: ConfigValue): string => (typeof value === 'boolean' ? String(Number(value)) : String(value))

/** Whether an option reads back as asked. Property strings come back normalised (a MAC added, the order changed), tags sorted. */
export function isAsAsked(key: string, asked: ConfigValue, found: string | undefined): boolean {
  const wanted = shownAs(asked)
  if (found === undefined) return wanted === '' || wanted === '0'
  if (key === 'description' || key === 'sshkeys') return found.trim() === wanted.trim()
  if (key === 'tags') return sortedParts(found) === sortedParts(wanted)
  if (!wanted.includes(',') && !wanted.includes('='))
    return found === wanted || found === `current=${wanted}` || found === `enabled=${wanted}`
  const present = new Set(found.split(','))
  return wanted.split(',').every((part) => present.has(part) || [...present].some((other) => other.startsWith(`${part}=`)))
}

const sortedParts = (text: string): string =>
  text
    .toLowerCase()
    .split(/[;, ]+/)
    .filter((part) => part !== '')
    .sort()
    .join(';')

/** Makes options of a VM's configuration so; changes nothing when they are. */
export async function ensureConfig(gateway: Gateway, request: ConfigRequest): Promise<VmConfig> {
  const { node, vmid, set, signal, priority } = request
  const write = { signal, priority }
  const removed = request.delete ?? []
  const keys = [...Object.keys(set), ...removed]
  const needsStorage = keys.some((key) => storageOptions.test(key))
  let asked = false

  return gateway.ensure<VmConfig>({
    what: say('details.proxmox.configuration', { vmid, keys }),
    options: { ...write, onUpid: () => undefined },
    look: async () => {
      const config = await configOrThrow(gateway, request, write)
      const isSet = Object.entries(set).every(([key, value]) => (masked.has(key) ? asked : isAsAsked(key, value, config.raw[key])))
      return isSet && removed.every((key) => config.raw[key] === undefined) ? config : undefined
    },
    ask: async () => {
      const present = removed.length === 0 ? [] : Object.keys((await configOrThrow(gateway, request, write)).raw)
      const gone = removed.filter((key) => present.includes(key))
      await askAtOnce(gateway, 'setConfig', { node, vmid }, { ...set, delete: gone.length === 0 ? undefined : gone.join(',') }, write)
      asked = true
      return undefined
    },
    turn: async () => ({
      kind: 'other',
      locks: needsStorage
        ? await storageLocks(gateway, node, countVolumes(await configOrThrow(gateway, request, write)), write)
        : new Map(),
    }),
    trace: { node, type: 'qmconfig', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: 0,
    measures: false,
  })
}
