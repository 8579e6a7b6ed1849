import { createLabAsker } from '../../../src/evaluations/lab-session.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createLabNetwork, openConsoleListener } from '../../../src/sandbox/network/index.ts'
import { platforms } from '../../clients/console/fake-transport.ts'
import { memoryFiles } from '../network/lab-kit.ts'

/** What a device finds in its folder when it starts: its configuration, as GNS3 would have kept it. */
export interface LabDevices {
  readonly PC1: string
  readonly PC2: string
  readonly R1: string
  readonly R2: string
  /** /etc/network/interfaces of the Linux hosts: bash on H1, busybox on H2. */
  readonly H1: string
  readonly H2: string
  /** Typed once all run, one command each. */
  readonly typed: readonly (readonly [device: 'R1' | 'H1', command: string])[]
}

/** By the names of the devices. */
export const labPlatforms = { PC1: 'vpcs', PC2: 'vpcs', R1: 'cisco_ios', R2: 'cisco_ios', H1: 'linux', H2: 'linux' } as const

/** sample5 (two LANs, two routers between them) with a Linux host more in the first LAN (bash) and in the second (busybox). */
export async function startCheckedLab(devices: LabDevices) {
  const network = createLabNetwork({ clock: systemClock, speed: 50 })
  const cleanups: (() => unknown)[] = [() => network.close()]
  const add = (id: string, type: string, properties: Record<string, unknown>, files: Record<string, string>): void =>
    network.addNode({ id, name: id, type, properties, files: memoryFiles(files) })
  const router = (id: number) => ({ platform: 'c3725', dynamips_id: id, mac_addr: `c20${id}.404e.0000` })
  add('PC1', 'vpcs', {}, { 'startup.vpc': devices.PC1 })
  add('PC2', 'vpcs', {}, { 'startup.vpc': devices.PC2 })
  add('R1', 'dynamips', router(1), { 'configs/i1_startup-config.cfg': devices.R1 })
  add('R2', 'dynamips', router(2), { 'configs/i2_startup-config.cfg': devices.R2 })
  add('H1', 'docker', { image: 'debian' }, { 'etc/network/interfaces': devices.H1 })
  add('H2', 'docker', { image: 'alpine' }, { 'etc/network/interfaces': devices.H2 })
  add('SW1', 'ethernet_switch', {}, {})
  add('SW2', 'ethernet_switch', {}, {})
  const ends: [string, number, string, number][] = [
    ['PC1', 0, 'SW1', 0],
    ['R1', 0, 'SW1', 1],
    ['H1', 0, 'SW1', 2],
    ['PC2', 0, 'SW2', 0],
    ['R2', 0, 'SW2', 1],
    ['H2', 0, 'SW2', 2],
    ['R1', 1, 'R2', 1],
  ]
  for (const [index, [a, aPort, b, bPort]] of ends.entries()) {
    const end = (nodeId: string, port: number) => ({ nodeId, adapter: 0, port })
    network.addLink({ id: `l${index}`, ends: [end(a, aPort), end(b, bPort)] })
  }
  for (const id of ['SW1', 'SW2', 'R1', 'R2', 'H1', 'H2', 'PC1', 'PC2']) await network.start(id)

  const asker = createLabAsker({
    devices: Object.fromEntries(Object.entries(labPlatforms).map(([name, platform]) => [name, { platform, credentials: {} }])),
    access: {
      consoleOf: async (device) => {
        const console = network.console(device)
        if (console === null) throw new Error(`${device} has no console`)
        const listener = await openConsoleListener({ console, host: '127.0.0.1', port: 0 })
        cleanups.push(listener.close)
        return { kind: 'telnet', host: '127.0.0.1', port: listener.port }
      },
    },
    platforms,
    redact: [],
    clock: systemClock,
    signal: new AbortController().signal,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    credentialsProven: true,
  })
  cleanups.push(asker.close)
  for (const [device, command] of devices.typed) await asker.ask(device, command)
  return {
    ask: asker.ask,
    close: async () => {
      for (const clean of cleanups.reverse()) await clean()
    },
  }
}
