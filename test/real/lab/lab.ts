import { type SharedConsole, startSharedConsole } from '../shared-console.ts'
import { configureFrrRouter } from './frr-router.ts'
import { prepareSwitch, switchCommand } from './kernel-switch.ts'
import { configureLinuxHost, loginOnConsole } from './linux-host.ts'
import { writeMachineFiles } from './machine-files.ts'
import { connect, type Namespace, programPath, startNamespace } from './namespace.ts'
import { type Relay, startRelay } from './relay.ts'
import { cables, devices, type LabDevice } from './topology.ts'
import { prepareVpcs, vpcsCommand, vpcsPort } from './vpcs-pc.ts'

export interface RunningDevice {
  readonly name: string
  readonly device: LabDevice
  readonly machine: Namespace
  /** Its console on the host's loopback. */
  readonly telnetPort: number
  readonly sshPort: number | null
  readonly console: SharedConsole | null
}

export interface Lab {
  readonly devices: ReadonlyMap<string, RunningDevice>
  readonly get: (name: string) => RunningDevice
  readonly stop: () => Promise<void>
}

type Stopper = () => Promise<void>

/**
 * Starts every device, cables them, and returns when all are configured; protocols may still be converging. Ends everything again when
 * something does not start.
 */
export async function startLab(): Promise<Lab> {
  const stoppers: Stopper[] = []
  const stop = async () => {
    for (const end of stoppers.splice(0).reverse()) await end()
  }
  try {
    const machines = await startMachines(stoppers)
    await writeFiles(machines)
    for (const [one, onePort, other, otherPort] of cables) await connect([find(machines, one), onePort], [find(machines, other), otherPort])
    await prepareDevices(machines)
    const running = new Map(await startConsoles(machines, stoppers))
    await configureDevices(machines, running)
    return { devices: running, get: (name) => find(running, name), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function find<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const found = map.get(name)
  if (found === undefined) throw new Error(`the lab has no ${name}`)
  return found
}

const entries = Object.entries(devices)

async function startMachines(stoppers: Stopper[]): Promise<ReadonlyMap<string, Namespace>> {
  const started = await Promise.all(
    entries.map(async ([name]) => {
      const machine = await startNamespace(name)
      stoppers.push(machine.stop)
      // several criteria ask at once what one student would ask one after the other: no answer may fall to the kernel's ration of errors
      await machine.run('sysctl -q -w net.ipv4.icmp_ratemask=0')
      return [name, machine] as const
    }),
  )
  return new Map(started)
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

type Machines = ReadonlyMap<string, Namespace>

const writeFiles = (machines: Machines) =>
  Promise.all(
    entries.map(([name, device]) => {
      const files = device.kind === 'vpcs' ? { hostname: name, accounts: [], busybox: false } : device.files
      return writeMachineFiles(find(machines, name), files)
    }),
  )

/** What must be there before a console's program starts. */
const prepareDevices = (machines: Machines) =>
  Promise.all(
    entries.map(async ([name, device]) => {
      if (device.kind === 'vpcs') await prepareVpcs(find(machines, name), device)
      if (device.kind === 'switch') await prepareSwitch(find(machines, name), device)
    }),
  )

/** Switches, routers and servers first: a DHCP client finds its server. */
async function configureDevices(machines: Machines, running: ReadonlyMap<string, RunningDevice>): Promise<void> {
  await Promise.all(
    entries.map(async ([name, device]) => {
      if (device.kind === 'frr') await configureFrrRouter(find(machines, name), device)
    }),
  )
  for (const { console, device, name } of running.values()) {
    if (device.kind === 'switch') await until(() => console?.printed().includes('login:') === true, `${name} to boot`)
  }
  for (const [name, device] of entries) if (device.kind === 'linux') await configureLinuxHost(find(machines, name), device)
}

function startConsoles(machines: Machines, stoppers: Stopper[]): Promise<readonly (readonly [string, RunningDevice])[]> {
  return Promise.all(
    entries.map(async ([name, device]) => {
      const machine = find(machines, name)
      const program = consoleProgram(device)
      const console = program === null ? null : await startTerminal(machine, program)
      const native = console === null ? await startRelay(machine, vpcsPort) : null
      const ssh = 'ssh' in device && device.ssh ? await startRelay(machine, 22) : null
      for (const part of [console, native, ssh]) if (part !== null) stoppers.push(part.stop)
      return [name, { name, device, machine, telnetPort: portOf(console ?? native), sshPort: ssh?.port ?? null, console }] as const
    }),
  )
}

function portOf(part: SharedConsole | Relay | null): number {
  if (part === null) throw new Error('a device without a console')
  return part.port
}

/** The program on a device's terminal; null where the device serves telnet itself. */
function consoleProgram(device: LabDevice): readonly string[] | null {
  if (device.kind === 'switch') return switchCommand(device)
  if (device.kind === 'vpcs') return device.console === 'native' ? null : vpcsCommand(device)
  // vtysh speaks only to the daemons that it finds when it starts
  if (device.kind === 'frr' && device.console === 'vtysh') return ['until [ -e /run/.lab/configured ]; do sleep 0.1; done;', 'exec vtysh']
  return loginOnConsole
}

const startTerminal = (machine: Namespace, program: readonly string[]): Promise<SharedConsole> =>
  startSharedConsole(['sh', '-c', `'${program.join(' ')}'`], { script: [...machine.enter, ...terminalEnvironment, '/run/.lab/script'] })

/** script(1) starts $SHELL, which must be one that the machine has. */
const terminalEnvironment = ['env', '-i', 'SHELL=/bin/sh', 'HOME=/root', 'TERM=xterm', `PATH=${programPath}`]
