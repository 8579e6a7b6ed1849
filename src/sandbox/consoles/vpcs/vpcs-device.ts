import { fieldsOf } from '../../network/json.ts'
import { createPort } from '../../network/link.ts'
import { type Process, type RunningProcess, sleep, startProcess } from '../../network/process.ts'
import { createScope } from '../../network/simulation.ts'
import { type Device, type DeviceContext, reportFault } from '../device.ts'
import { runScript, runVpcsLine } from './vpcs-commands.ts'
import { createVpcsHost, emptySettings, type VpcsHost, type VpcsSettings } from './vpcs-host.ts'
import { readVpcsLine } from './vpcs-readline.ts'
import { NEGOTIATION, WELCOME } from './vpcs-texts.ts'
import { createVpcsTty } from './vpcs-tty.ts'

/** GNS3 starts each PC as a program of its own; the UDP ports are those of its cable. */
const FIRST_LOCAL_PORT = 20_004

/** A VPCS 0.8.3 node: one Ethernet port, settings that live until power off, `startup.vpc` executed at each start. */
export function createVpcsDevice(context: DeviceContext): Device {
  const { simulation, spec, hub, index } = context
  const port = createPort()
  const mac = `00:50:79:66:68:${(index & 0xff).toString(16).padStart(2, '0')}`
  let running: { process: RunningProcess; scope: { end(): void }; settings: VpcsSettings; history: { lines: string[] } } | null = null

  const start = (settings: VpcsSettings, lines: string[], main: (host: VpcsHost) => Process<void>): void => {
    const scope = createScope(simulation)
    const tty = createVpcsTty(scope, hub.print)
    const history = { lines }
    const host = createVpcsHost({
      timers: scope,
      tty,
      settings,
      history,
      files: spec.files,
      port,
      mac,
      localPort: FIRST_LOCAL_PORT + 2 * index,
      quit: hub.close,
    })
    hub.onInput((bytes) => tty.input(bytes))
    running = {
      process: startProcess(main(host), (result) => {
        if (!('error' in result)) return
        reportFault(spec.name, result.error)
        hub.close() // the program is gone, as after a crash
      }),
      scope,
      settings,
      history,
    }
  }

  return {
    ports: () => [{ adapter: 0, port: 0, name: 'Ethernet0', shortName: 'e0', linkType: 'ethernet' }],
    port: (adapter, number) => (adapter === 0 && number === 0 ? port : undefined),
    linkChanged: () => undefined,
    update: () => undefined,
    setPaused: () => undefined, // GNS3 does not suspend a VPCS
    powerOn() {
      hub.print(NEGOTIATION)
      start(emptySettings(), [], boot)
    },
    powerOff() {
      running?.process.kill()
      running?.scope.end()
      running = null
      port.receive = () => undefined
    },
    snapshot: () => (running === null ? null : { settings: running.settings, history: running.history.lines }),
    resume(state) {
      const saved = fieldsOf(state)
      start(readSettings(saved.raw('settings')), saved.texts('history'), commandLoop)
    },
  }
}

function readSettings(value: unknown): VpcsSettings {
  const saved = fieldsOf(value)
  return {
    name: saved.text('name', 'VPCS'),
    ip: saved.number('ip'),
    length: saved.number('length'),
    gateway: saved.number('gateway'),
    dns: saved.number('dns'),
    domain: saved.text('domain'),
    mtu: saved.number('mtu', 1500),
  }
}

/** Times of the program's start (vpcs src/vpcs.c main): about 0.35 s to the banner's end, then the startup file. */
function* boot(host: VpcsHost): Process<void> {
  host.tty.print(`${WELCOME}\nPress '?' to get help.\n`)
  yield* sleep(host.timers, 300)
  const startup = host.files.read('startup.vpc')
  if (startup !== undefined) {
    host.tty.print('\nExecuting the startup file\n')
    yield* runScript(host, startup)
  }
  yield* commandLoop(host)
}

function* commandLoop(host: VpcsHost): Process<void> {
  for (;;) {
    const line = yield* readVpcsLine(host.tty, `\n\r${host.settings.name}> `, host.history)
    yield* sleep(host.timers, 5)
    yield* runVpcsLine(host, line)
  }
}
