import { die } from './api-error.ts'
import { type Call, type Handlers, nodeOf, vmidOf } from './call.ts'
import type { Machine } from './state.schemas.ts'
import { hasAgent, macOf } from './vm-config.ts'
import { machineOn } from './world.ts'

const counters = {
  'rx-bytes': 1_324,
  'rx-packets': 8,
  'rx-errs': 0,
  'rx-dropped': 0,
  'tx-bytes': 1_632,
  'tx-packets': 10,
  'tx-errs': 0,
  'tx-dropped': 0,
}
const silent = Object.fromEntries(Object.keys(counters).map((key) => [key, 0]))

/** Every agent call first pings; a guest that does not answer costs its worker three seconds. */
async function reachAgent(call: Call): Promise<Machine> {
  const { world } = call
  const machine = machineOn(world, nodeOf(call), vmidOf(call))
  if (!hasAgent(machine.config)) throw die('No QEMU guest agent configured')
  const power = world.machines.find(machine.vmid)
  if (!power) throw die(`VM ${machine.vmid} is not running`)
  const never = world.faults.strike('agent-never', { vmid: machine.vmid, node: machine.node })
  if (never || !power.booted || power.paused || !power.software?.agent) {
    await world.timing.wait(world.timing.durations.agentTimeout)
    throw die('QEMU guest agent is not running')
  }
  await world.timing.wait(world.timing.durations.agentAnswer)
  return machine
}

function ownInterface(call: Call, machine: Machine): unknown {
  const { faults, machines } = call.world
  const plain = { name: 'eth0', 'hardware-address': (macOf(machine.config) ?? '').toLowerCase(), statistics: counters }
  if (faults.strike('agent-no-addresses', { vmid: machine.vmid })) return plain
  const host = machines.find(machine.vmid)?.place?.host
  const linkLocal = { 'ip-address': 'fe80::be24:11ff:feaa:bbcc', 'ip-address-type': 'ipv6', prefix: 64 }
  if (host === undefined || faults.strike('agent-ipv6-first', { vmid: machine.vmid })) return { ...plain, 'ip-addresses': [linkLocal] }
  return { ...plain, 'ip-addresses': [{ 'ip-address': host, 'ip-address-type': 'ipv4', prefix: 16 }, linkLocal] }
}

async function interfaces(call: Call): Promise<unknown> {
  const machine = await reachAgent(call)
  const lo = {
    name: 'lo',
    'hardware-address': '00:00:00:00:00:00',
    'ip-addresses': [
      { 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 },
      { 'ip-address': '::1', 'ip-address-type': 'ipv6', prefix: 128 },
    ],
    statistics: silent,
  }
  return { result: [lo, ...(macOf(machine.config) === undefined ? [] : [ownInterface(call, machine)])] }
}

const answer = (result: (machine: Machine) => unknown) => async (call: Call) => ({ result: result(await reachAgent(call)) })

const commands = ['guest-ping', 'guest-info', 'guest-network-get-interfaces', 'guest-get-osinfo', 'guest-get-host-name', 'guest-shutdown']

export const agentHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': interfaces,
  'POST /nodes/{node}/qemu/{vmid}/agent/ping': answer(() => ({})),
  'GET /nodes/{node}/qemu/{vmid}/agent/get-host-name': answer((machine) => ({ 'host-name': String(machine.config.name ?? 'localhost') })),
  'GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo': answer(() => ({
    'kernel-release': '6.1.0-28-amd64',
    'kernel-version': '#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1',
    machine: 'x86_64',
  })),
  'GET /nodes/{node}/qemu/{vmid}/agent/info': answer(() => ({
    version: '7.2.22',
    supported_commands: commands.map((name) => ({ name, enabled: true, 'success-response': name !== 'guest-shutdown' })),
  })),
  'POST /nodes/{node}/qemu/{vmid}/agent/shutdown': async (call) => {
    const machine = await reachAgent(call)
    // the guest goes down by itself; nobody waits for it
    call.world.machines.shutdown(machine.vmid).catch(() => undefined)
    return { result: {} }
  },
}
