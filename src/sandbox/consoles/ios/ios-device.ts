import { type Fields, fieldsOf } from '../../network/json.ts'
import { type Process, type RunningProcess, sleep, startProcess } from '../../network/process.ts'
import { createScope, type Timers } from '../../network/simulation.ts'
import { type Device, type DeviceContext, reportFault } from '../device.ts'
import { runSession } from './ios-command-loop.ts'
import { emptyConfig, renderConfig } from './ios-config.ts'
import { loadConfig } from './ios-config-commands.ts'
import { clockOf } from './ios-exec-commands.ts'
import { iosPorts } from './ios-ports.ts'
import type { ProbeScreen } from './ios-probe.ts'
import { createIosRouter, makeCables } from './ios-router.ts'
import type { IosSession, Mode } from './ios-session.ts'
import { createIosTerminal, type IosTerminal } from './ios-terminal.ts'

/** Emulated ms from power on to the first prompt; a real c3725 under Dynamips takes about this long on an idle machine. */
const BOOT_MS = { dynamips: 20_000, iou: 8_000 } as const

interface Running {
  process: RunningProcess
  readonly scope: { end(): void }
  readonly session: IosSession
}

/** A Cisco router of Dynamips or IOU, with NVRAM in the node's folder. */
export function createIosDevice(context: DeviceContext): Device {
  const { simulation, spec, hub, index } = context
  const properties = fieldsOf(spec.properties)
  const ports = iosPorts(spec, index)
  const cables = makeCables(ports)
  const isIou = spec.type === 'iou'
  let running: Running | null = null
  let isPaused = false
  let whilePaused: Uint8Array[] = []

  const makeSession = (): { session: IosSession; scope: Timers & { end(): void } } => {
    const scope = createScope(simulation)
    const terminal = createIosTerminal(scope, hub.print)
    const config = emptyConfig(ports.map((port) => port.name))
    const syslog = (message: string) => terminal.announce(`*Mar  1 ${clockOf(session)}: ${message}`)
    const router = createIosRouter({ timers: scope, config, ports, cables, syslog })
    const session: IosSession = {
      router,
      terminal,
      screen: createScreen(terminal),
      history: [],
      files: spec.files,
      startupPath: isIou ? 'startup-config.cfg' : `configs/i${properties.number('dynamips_id', index + 1)}_startup-config.cfg`,
      platform: isIou ? 'linux' : properties.text('platform', 'c7200'),
      image: properties.text('image') || properties.text('path'),
      mode: 'exec',
      isModified: false,
      ending: 'none',
      syslog,
    }
    return { session, scope }
  }

  const run = (main: (session: IosSession) => Process<void>): Running => {
    const { session, scope } = makeSession()
    hub.onInput((bytes) => {
      if (isPaused) whilePaused.push(bytes)
      else session.terminal.input(bytes)
    })
    const started: Running = { process: { interrupt: () => undefined, kill: () => undefined }, scope, session }
    running = started
    started.process = startProcess(main(session), (result) => {
      if ('error' in result) reportFault(spec.name, result.error) // then a software-forced reload
      if (running === started) reboot()
    })
    return started
  }

  const stop = (): void => {
    running?.process.kill()
    running?.scope.end()
    running = null
    for (const cable of cables.values()) cable.receive = () => undefined
  }

  const boot = (): Running =>
    run(function* (session) {
      if (!isIou) hub.print(dynamipsGreeting(spec.name, properties, index))
      yield* bootProcess(session, isIou ? BOOT_MS.iou : BOOT_MS.dynamips, spec.name)
    })

  const reboot = (): void => {
    stop()
    boot()
  }

  return {
    ports: () => ports.map(({ mac: _mac, ...port }) => port),
    port: (adapter, number) => cables.get(ports.find((port) => port.adapter === adapter && port.port === number)?.name ?? ''),
    linkChanged: () => running?.session.router.refresh(),
    update: () => undefined,
    powerOn: () => void boot(),
    powerOff: stop,
    setPaused(next) {
      isPaused = next
      const keys = whilePaused
      if (next) return
      whilePaused = []
      for (const bytes of keys) running?.session.terminal.input(bytes)
    },
    snapshot: () => (running === null ? null : snapshotOf(running.session)),
    resume: (state) => void run((session) => resumeProcess(session, fieldsOf(state), spec.name)),
  }
}

function dynamipsGreeting(name: string, properties: Fields, index: number): string {
  const id = properties.number('dynamips_id', index + 1)
  return `Connected to Dynamips VM "${name}" (ID ${id}, type ${properties.text('platform', 'c7200')}) - Console port\r\nPress ENTER to get the prompt.\r\n`
}

/** Lets a running command wait and be broken by Ctrl-Shift-6. */
function createScreen(terminal: IosTerminal): ProbeScreen {
  let isBroken = false
  return {
    print: terminal.print,
    isBroken: () => isBroken,
    begin: () => {
      isBroken = false
    },
    *await(start) {
      isBroken = false
      yield (resume) => {
        const finish = () => {
          terminal.onBreak = null
          cancel()
          resume()
        }
        terminal.onBreak = () => {
          isBroken = true
          finish()
        }
        const cancel = start(finish)
        return () => {
          terminal.onBreak = null
          cancel()
        }
      }
    },
  }
}

const BOOT_TEXT = [
  '',
  '              Restricted Rights Legend',
  '',
  'Use, duplication, or disclosure by the Government is',
  'subject to restrictions as set forth in subparagraph',
  '(c) of the Commercial Computer Software - Restricted',
  'Rights clause at FAR sec. 52.227-19 and subparagraph',
  '(c) (1) (ii) of the Rights in Technical Data and Computer',
  'Software clause at DFARS sec. 252.227-7013.',
  '',
  '           cisco Systems, Inc.',
  '           170 West Tasman Drive',
  '           San Jose, California 95134-1706',
  '',
]

function* bootProcess(session: IosSession, bootMs: number, nodeName: string): Process<void> {
  const { terminal, router, files } = session
  yield* sleep(router.timers, bootMs * 0.3)
  terminal.print(BOOT_TEXT.map((line) => `${line}\r\n`).join(''))
  yield* sleep(router.timers, bootMs * 0.7)
  const startup = files.read(session.startupPath)
  const hasStartup = startup !== undefined && Buffer.from(startup).toString().trim() !== ''
  if (hasStartup) loadConfig(router.config, Buffer.from(startup).toString(), nodeName)
  terminal.settings.synchronous = router.config.lines.get('con 0')?.loggingSynchronous ?? false
  router.settle()
  terminal.discardInput()
  if (!hasStartup) yield* configurationDialog(session)
  terminal.print('\r\n\r\nPress RETURN to get started!\r\n\r\n')
  for (const port of router.ports)
    if (router.isUp(port.name)) session.syslog(`%LINEPROTO-5-UPDOWN: Line protocol on Interface ${port.name}, changed state to up`)
  session.syslog('%SYS-5-RESTART: System restarted --')
  terminal.print('\r\n')
  yield* consoleLoop(session)
}

function* configurationDialog(session: IosSession): Process<void> {
  const { terminal } = session
  terminal.print('\r\n\r\n         --- System Configuration Dialog ---\r\n\r\n')
  for (;;) {
    const answer = yield* terminal.readLine({ prompt: 'Would you like to enter the initial configuration dialog? [yes/no]: ' })
    if (answer.kind === 'ctrl-c') return
    const word = answer.text.trim().toLowerCase()
    if (word !== '' && 'no'.startsWith(word)) return
    if (word !== '' && 'yes'.startsWith(word)) {
      terminal.print(
        "\r\nAt any point you may enter a question mark '?' for help.\r\nUse ctrl-c to abort configuration dialog at any prompt.\r\n\r\n",
      )
      const basic = yield* terminal.readLine({ prompt: 'Would you like to enter basic management setup? [yes/no]: ' })
      if (basic.kind === 'ctrl-c') return
    }
    terminal.print("% Please answer 'yes' or 'no'.\r\n")
  }
}

/** Waits for Enter, asks for the console's password, and starts over when the user leaves; ends for a reload. */
function* consoleLoop(session: IosSession): Process<void> {
  const { terminal } = session
  for (;;) {
    let key = yield* terminal.readKey()
    while (key !== 13 && key !== 10) key = yield* terminal.readKey()
    terminal.print('\r\n')
    session.mode = 'exec'
    if (yield* logIn(session)) yield* runSession(session)
    if (session.ending === 'reload') return
    terminal.print(
      `\r\n\r\n\r\n\r\n\r\n\r\n${session.router.config.hostname} con0 is now available\r\n\r\n\r\n\r\n\r\n\r\nPress RETURN to get started.\r\n\r\n\r\n`,
    )
  }
}

function* logIn(session: IosSession): Process<boolean> {
  const line = session.router.config.lines.get('con 0')
  if (line === undefined || !line.login || line.password === null) return true
  session.terminal.print('\r\n\r\nUser Access Verification\r\n\r\n')
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const given = yield* session.terminal.readLine({ prompt: 'Password: ', isSecret: true })
    if (given.kind === 'line' && given.text === line.password) return true
  }
  session.terminal.print('% Bad passwords\r\n')
  return false
}

/** What is not in NVRAM: configuration, mode, terminal settings. A command that was running is over. */
const snapshotOf = (session: IosSession): unknown => ({
  config: renderConfig(session.router.config).join('\n'),
  hostname: session.router.config.hostname,
  mode: session.mode,
  history: session.history,
  length: session.terminal.settings.length,
  width: session.terminal.settings.width,
})

function* resumeProcess(session: IosSession, saved: Fields, nodeName: string): Process<void> {
  loadConfig(session.router.config, saved.text('config'), nodeName)
  session.router.settle()
  session.history.push(...saved.texts('history'))
  Object.assign(session.terminal.settings, { length: saved.number('length', 24), width: saved.number('width', 80) })
  session.mode = readMode(saved.raw('mode'))
  yield* runSession(session)
  if (session.ending !== 'reload') yield* consoleLoop(session)
}

function readMode(value: unknown): Mode {
  if (value === 'exec' || value === 'enable') return value
  const fields = fieldsOf(value)
  const name = fields.text('name')
  const mode = (['config-if', 'config-subif', 'config-line', 'config-router', 'config-std-nacl', 'config-ext-nacl'] as const).find(
    (each) => each === fields.text('mode'),
  )
  if (mode !== undefined) return { mode, name }
  return fields.text('mode') === 'config' ? { mode: 'config' } : 'exec'
}
