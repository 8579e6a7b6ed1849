import { type Proxmox, sameFirewall, type VmFirewall } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { createLimiter } from '../lib/limiter.ts'
import type { Endpoint } from './addresses.ts'
import { withOwnAddresses } from './isolation.ts'

/**
 * `isolated`: the rules were read back as they must be, and a knock at a port that they close was not answered.
 * `unproven`: the rules are right, but no knock could show that they act. `open`: something is not as it must be, or the knock was answered.
 */
export type IsolationState = 'isolated' | 'unproven' | 'open'
/** What is missing for it. */
export type IsolationGap = 'datacenter' | 'card' | 'switched-off' | 'rules' | 'answered' | 'not-probed' | 'exercise' | 'direct'

export interface Isolation {
  readonly state: IsolationState
  readonly gap: IsolationGap | null
  /** ISO 8601, UTC. */
  readonly checkedAt: string
}

/** A lab that runs. */
export interface RunningVm {
  readonly vmid: number
  readonly pveNode: string
  readonly endpoint: Endpoint
  /** The firewall that its exercise asks for. */
  readonly wanted: VmFirewall
  /** The address of its student that this firewall lets in besides; null: none. */
  readonly direct: string | null
}

export interface IsolationCheckParts {
  readonly proxmox: Pick<Proxmox, 'isFirewallOn' | 'vmConfig' | 'readFirewall'>
  /** Knocks at a closed port; null where packets are not filtered at all (the sandbox). */
  readonly knock: ((host: string) => Promise<'silent' | 'answered' | 'unreached'>) | null
  readonly clock: Clock
  readonly log: { warn(details: object, message: string): void }
}

const freshMs = 10 * 60_000
const atOnce = 2

/** Looks whether labs are isolated as their exercises ask, and remembers it for ten minutes. */
export function createIsolationCheck({ proxmox, knock, clock, log }: IsolationCheckParts) {
  const known = new Map<number, { readonly key: string; readonly at: number; readonly found: Isolation }>()
  const running = new Set<number>()
  const limiter = createLimiter({ clock, ruleOf: () => ({ start: atOnce, min: atOnce, max: atOnce }) })
  const keyOf = ({ vmid, endpoint, direct }: RunningVm) => `${vmid} ${endpoint.host} ${direct ?? ''}`

  /** What the configuration lacks; null when all that can be read is right. */
  async function findGap({ vmid, pveNode, wanted, direct }: RunningVm, signal: AbortSignal): Promise<IsolationGap | null> {
    const read = { signal, priority: 'batch' as const }
    if (wanted.options.policyOut === 'ACCEPT') return 'exercise'
    if (!(await proxmox.isFirewallOn(read))) return 'datacenter'
    const card = (await proxmox.vmConfig(pveNode, vmid, read))?.raw.net0 ?? ''
    if (!/(^|,)firewall=1(,|$)/.test(card)) return 'card'
    const found = await proxmox.readFirewall(pveNode, vmid, read)
    if (found.options.enable !== true) return 'switched-off'
    if (!sameFirewall(found, withOwnAddresses(wanted, found))) return 'rules'
    return direct === null ? null : 'direct'
  }

  /** @throws AppError PROXMOX_* */
  async function check(vm: RunningVm, signal: AbortSignal): Promise<Isolation> {
    const checkedAt = isoNow(clock)
    const gap = await findGap(vm, signal)
    if (gap !== null) return { state: 'open', gap, checkedAt }
    const heard = knock === null ? 'unreached' : await knock(vm.endpoint.host)
    if (heard === 'answered') return { state: 'open', gap: 'answered', checkedAt }
    return heard === 'silent' ? { state: 'isolated', gap: null, checkedAt } : { state: 'unproven', gap: 'not-probed', checkedAt }
  }

  async function checkNow(vm: RunningVm): Promise<void> {
    const lease = await limiter.acquire('isolation', { priority: 'batch', signal: undefined })
    try {
      known.set(vm.vmid, { key: keyOf(vm), at: clock.now(), found: await check(vm, AbortSignal.timeout(60_000)) })
    } catch (error) {
      if (!isAppError(error) && !(error instanceof DOMException)) throw error
      // what could not be read is not claimed
      known.delete(vm.vmid)
      log.warn({ err: error, vmid: vm.vmid }, 'whether a lab is isolated could not be read')
    } finally {
      lease.release('neutral')
      running.delete(vm.vmid)
    }
  }

  return {
    check,
    /**
     * What was found of this VM at its present address, not older than ten minutes; null while nothing was. Looks anew in the background
     * when there is nothing to tell, so that the next look at the page has it.
     */
    stateOf(vm: RunningVm): Isolation | null {
      const last = known.get(vm.vmid)
      const isFresh = last !== undefined && last.key === keyOf(vm) && clock.now() - last.at < freshMs
      if (!isFresh && !running.has(vm.vmid)) {
        running.add(vm.vmid)
        void checkNow(vm)
      }
      return isFresh ? last.found : null
    },
  }
}

export type IsolationCheck = ReturnType<typeof createIsolationCheck>
