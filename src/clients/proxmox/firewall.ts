import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import { isClass } from './fault.ts'
import { askAtOnce, type Gateway } from './gateway.ts'
import { backOffMs } from './policy.ts'
import { firewallOptionsAnswer, firewallRuleAnswer, ipsetAnswer, ipsetEntryAnswer } from './schemas.ts'
import type { FirewallOptions, FirewallRule, ReadOptions, VmFirewall, VmRef, WriteOptions } from './types.ts'

const flags = ['enable', 'dhcp', 'macfilter', 'ipfilter', 'ndp', 'radv'] as const
const policy = z.enum(['ACCEPT', 'DROP', 'REJECT'])
const rounds = 6

/** `enable` holds 1, or the time at which it was switched on. */
export async function isFirewallOn(gateway: Gateway, options: ReadOptions = {}): Promise<boolean> {
  const { enable } = await gateway.api.read('clusterFirewall', firewallOptionsAnswer, options)
  return enable !== undefined && enable !== '0'
}

export async function readFirewall(gateway: Gateway, node: string, vmid: number, options: ReadOptions = {}): Promise<VmFirewall> {
  const at = { ...options, path: { node, vmid } }
  const shown = await gateway.api.read('firewallOptions', firewallOptionsAnswer, at)
  const rules = await gateway.api.read('firewallRules', z.array(firewallRuleAnswer), at)
  const names = await gateway.api.read('ipsets', z.array(ipsetAnswer), at)
  const ipsets: Record<string, string[]> = {}
  for (const { name } of names) {
    const entries = await gateway.api.read('ipsetEntries', z.array(ipsetEntryAnswer), { ...options, path: { node, vmid, name } })
    ipsets[name] = entries.map((entry) => entry.cidr)
  }
  return { options: optionsOf(shown), rules: [...rules].sort((a, b) => a.pos - b.pos).map(ruleOf), ipsets }
}

function optionsOf(shown: Readonly<Record<string, string>>): FirewallOptions {
  const set = Object.fromEntries(flags.filter((key) => shown[key] !== undefined).map((key) => [key, shown[key] !== '0']))
  const policyIn = policy.safeParse(shown.policy_in)
  const policyOut = policy.safeParse(shown.policy_out)
  return { ...set, ...(policyIn.success ? { policyIn: policyIn.data } : {}), ...(policyOut.success ? { policyOut: policyOut.data } : {}) }
}

const ruleTexts = ['macro', 'proto', 'dport', 'sport', 'source', 'dest', 'iface', 'comment'] as const
const ruleType = z.enum(['in', 'out', 'group'])

function ruleOf(found: z.output<typeof firewallRuleAnswer>): FirewallRule {
  const texts = Object.fromEntries(ruleTexts.filter((key) => found[key] !== undefined).map((key) => [key, found[key]]))
  return { type: ruleType.parse(found.type), action: found.action, enable: found.enable, ...texts }
}

const address = (cidr: string): string => cidr.toLowerCase().replace(/\/(?:32|128)$/, '')
const ruleKey = (rule: FirewallRule): string =>
  JSON.stringify([rule.type, rule.action, rule.enable, ...ruleTexts.map((key) => rule[key] ?? '')])
const sameRules = (a: readonly FirewallRule[], b: readonly FirewallRule[]): boolean =>
  a.map(ruleKey).join('\n') === b.map(ruleKey).join('\n')

interface Write {
  readonly gateway: Gateway
  readonly vm: VmRef
  readonly write: WriteOptions
}

/**
 * Makes the VM's firewall exactly so. Adding a rule is not idempotent, so after an unclear answer all is read and compared again; sets
 * come first (rules name them), then rules, then what is no longer used, the options last: never enabled with half a rule set.
 */
export async function writeFirewall(
  gateway: Gateway,
  request: VmRef & WriteOptions & { readonly firewall: VmFirewall },
): Promise<VmFirewall> {
  const { node, vmid, signal, priority, firewall } = request
  const context = { gateway, vm: { node, vmid }, write: { signal, priority } }
  for (let round = 1; round <= rounds; round += 1) {
    const found = await readFirewall(gateway, node, vmid, context.write)
    if (sameFirewall(found, firewall)) return found
    try {
      await addSets(context, found, firewall)
      await replaceRules(context, found, firewall)
      await removeSets(context, found, firewall)
      await setOptions(context, found, firewall)
    } catch (error) {
      signal.throwIfAborted()
      if (!isClass(error, 'transient', 'repeat', 'busy', 'unknown')) throw error
      await gateway.clock.sleep(backOffMs(round, gateway.random), signal)
    }
  }
  throw new AppError('PROXMOX_EFFECT_MISSING', { details: { what: say('details.proxmox.firewall', { vmid }) } })
}

/** Whether what was read is what was asked for; options that were not asked for do not count. */
export function sameFirewall(found: VmFirewall, wanted: VmFirewall): boolean {
  const options = Object.entries(wanted.options).every(([key, value]) =>
    Object.entries(found.options).some(([name, other]) => name === key && other === value),
  )
  const sets = (state: VmFirewall) =>
    Object.entries(state.ipsets)
      .map(([name, cidrs]) => `${name} ${cidrs.map(address).sort().join(' ')}`)
      .sort()
      .join('\n')
  return options && sameRules(found.rules, wanted.rules) && sets(found) === sets(wanted)
}

async function addSets({ gateway, vm, write }: Write, found: VmFirewall, wanted: VmFirewall): Promise<void> {
  for (const [name, cidrs] of Object.entries(wanted.ipsets)) {
    if (found.ipsets[name] === undefined) await askAtOnce(gateway, 'addIpset', { ...vm }, { name }, write)
    const present = (found.ipsets[name] ?? []).map(address)
    for (const cidr of cidrs)
      if (!present.includes(address(cidr))) await askAtOnce(gateway, 'addIpsetEntry', { ...vm, name }, { cidr }, write)
    const asked = cidrs.map(address)
    for (const cidr of found.ipsets[name] ?? []) {
      if (!asked.includes(address(cidr))) await askAtOnce(gateway, 'removeIpsetEntry', { ...vm, name, cidr }, {}, write)
    }
  }
}

/** New rules are put at position 0 whatever is asked, so the list is built from its end. */
async function replaceRules({ gateway, vm, write }: Write, found: VmFirewall, wanted: VmFirewall): Promise<void> {
  if (sameRules(found.rules, wanted.rules)) return
  for (let pos = found.rules.length - 1; pos >= 0; pos -= 1) await askAtOnce(gateway, 'removeFirewallRule', { ...vm, pos }, {}, write)
  for (const rule of wanted.rules.toReversed()) await askAtOnce(gateway, 'addFirewallRule', { ...vm }, { ...rule }, write)
}

async function removeSets({ gateway, vm, write }: Write, found: VmFirewall, wanted: VmFirewall): Promise<void> {
  for (const [name, cidrs] of Object.entries(found.ipsets)) {
    if (wanted.ipsets[name] !== undefined) continue
    for (const cidr of cidrs) await askAtOnce(gateway, 'removeIpsetEntry', { ...vm, name, cidr }, {}, write)
    await askAtOnce(gateway, 'removeIpset', { ...vm, name }, {}, write)
  }
}

async function setOptions({ gateway, vm, write }: Write, found: VmFirewall, wanted: VmFirewall): Promise<void> {
  const { policyIn, policyOut, ...set } = wanted.options
  if (Object.keys(wanted.options).length === 0 || sameFirewall({ ...found, rules: wanted.rules, ipsets: wanted.ipsets }, wanted)) return
  await askAtOnce(gateway, 'setFirewallOptions', { ...vm }, { ...set, policy_in: policyIn, policy_out: policyOut }, write)
}
