import { fieldsOf } from '../../network/json.ts'
import { createPort } from '../../network/link.ts'
import { Interrupted, type Process, type RunningProcess, sleep, startProcess } from '../../network/process.ts'
import { createScope } from '../../network/simulation.ts'
import type { NodeFiles, NodeSpec } from '../../network/types.ts'
import { type Device, type DeviceContext, reportFault } from '../device.ts'
import { applyInterfacesFile } from './interfaces-file.ts'
import { createLinuxHost, type FileStore, type LinuxHost } from './linux-host.ts'
import { createLinuxTty, type LinuxTty } from './linux-tty.ts'
import { findProgram } from './programs.ts'
import { readSavedHost, saveHost } from './saved-host.ts'
import { createShell, runInteractive, type ShellFlavour } from './shell.ts'

/** How the machine presents itself; read from the node's properties. */
interface Character {
  readonly flavour: ShellFlavour
  readonly login: { readonly username: string; readonly password: string } | null
  readonly bootMs: number
  /** A container comes up with its interfaces up; a machine has to be told. */
  readonly startsUp: boolean
  readonly persists: (path: string) => boolean
}

/**
 * A Linux host: `docker` (a container with a root shell) or `qemu` (a machine with a disk). Beside GNS3's own properties it reads
 * `sandbox: { shell: 'bash'|'busybox', login: { username, password } }`; an image named alpine or busybox has busybox's shell.
 */
export function createLinuxDevice(context: DeviceContext): Device {
  const { simulation, spec, hub, index } = context
  const properties = fieldsOf(spec.properties)
  const character = readCharacter(spec)
  const isDocker = spec.type === 'docker'
  const count = Math.max(1, properties.number('adapters', 1))
  const nics = Array.from({ length: count }, (_, adapter) => ({
    name: `eth${adapter}`,
    mac: macOf(spec.type, index, adapter),
    port: createPort(),
  }))
  let running: { process: RunningProcess; scope: { end(): void }; host: LinuxHost } | null = null
  let isPaused = false
  let whilePaused: Uint8Array[] = []

  const run = (main: (host: LinuxHost, tty: LinuxTty) => Process<void>): void => {
    const scope = createScope(simulation)
    const tty = createLinuxTty(scope, hub.print)
    const host = createLinuxHost({
      timers: scope,
      tty,
      name: spec.name,
      devices: nics,
      files: createFileStore(spec.files, character.persists),
      findProgram,
    })
    const process = startProcess(main(host, tty), (result) => {
      if (!('error' in result)) return
      reportFault(spec.name, result.error)
      stop()
      run((next) => userLoop(next, character)) // init starts a new shell
    })
    tty.onInterrupt = () => process.interrupt()
    running = { process, scope, host }
    hub.onInput((bytes) => {
      if (isPaused) whilePaused.push(bytes)
      else tty.input(bytes)
    })
  }

  const stop = (): void => {
    running?.process.kill()
    running?.scope.end()
    running = null
    for (const nic of nics) nic.port.receive = () => undefined
  }

  return {
    ports: () =>
      nics.map((nic, adapter) => ({
        adapter,
        port: 0,
        name: isDocker ? nic.name : `Ethernet${adapter}`,
        shortName: isDocker ? nic.name : `e${adapter}`,
        linkType: 'ethernet' as const,
      })),
    port: (adapter, port) => (port === 0 ? nics[adapter]?.port : undefined),
    linkChanged: () => undefined,
    update: () => undefined,
    powerOn: () => run((host) => bootMachine(host, character)),
    powerOff: stop,
    setPaused(next) {
      isPaused = next
      if (next) return
      const keys = whilePaused
      whilePaused = []
      for (const bytes of keys) running?.host.tty.input(bytes)
    },
    snapshot: () => (running === null ? null : saveHost(running.host)),
    resume: (state) =>
      run(function* (host) {
        readSavedHost(host, state)
        yield* userLoop(host, { ...character, login: null })
      }),
  }
}

function readCharacter(spec: NodeSpec): Character {
  const properties = fieldsOf(spec.properties)
  const own = properties.fields('sandbox')
  const login = own.fields('login')
  const image = properties.text('image')
  const isBusybox = own.text('shell') === 'busybox' || (own.text('shell') === '' && /alpine|busybox/i.test(image))
  const isDocker = spec.type === 'docker'
  const volumes = ['/etc/network', ...properties.texts('extra_volumes')]
  return {
    flavour: isBusybox ? 'busybox' : 'bash',
    login: own.has('login') ? { username: login.text('username', 'root'), password: login.text('password') } : null,
    bootMs: isDocker ? 600 : 12_000,
    startsUp: isDocker,
    persists: (path) => !isDocker || volumes.some((volume) => path.startsWith(`${volume}/`)),
  }
}

/** 02:42 for containers, 0c:... for machines, as GNS3 gives them out. */
function macOf(type: string, index: number, adapter: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0')
  return type === 'docker' ? `02:42:${hex(index + 1)}:4e:00:${hex(adapter)}` : `0c:be:${hex(index + 1)}:2f:00:${hex(adapter)}`
}

/** Persistent paths live in the node's folder (without the leading slash), the rest in memory. */
function createFileStore(files: NodeFiles, persists: (path: string) => boolean): FileStore {
  const memory = new Map<string, string>(Object.entries(BASE_FILES))
  const removed = new Set<string>()
  return {
    read(path) {
      if (removed.has(path)) return undefined
      const stored = persists(path) ? files.read(path.slice(1)) : undefined
      return stored === undefined ? memory.get(path) : Buffer.from(stored).toString('utf8')
    },
    write(path, text) {
      removed.delete(path)
      memory.set(path, text)
      if (persists(path)) files.write(path.slice(1), Buffer.from(text))
    },
    remove(path) {
      const existed = memory.delete(path)
      removed.add(path)
      return existed
    },
    list: () => [...memory.keys()],
  }
}

const BASE_FILES: Readonly<Record<string, string>> = {
  '/etc/hosts': '127.0.0.1\tlocalhost\n',
  '/etc/resolv.conf': '',
  '/etc/network/interfaces': '',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
}

function* bootMachine(host: LinuxHost, character: Character): Process<void> {
  yield* uninterrupted(sleep(host.timers, character.bootMs))
  if (character.startsUp) for (const device of host.interfaces) host.setUp(device, true)
  const quiet = { input: '', out: () => undefined, err: () => undefined, isTerminal: false }
  const shell = createShell(host, character.flavour, { isInteractive: false })
  yield* applyInterfacesFile(shell, host.readFile('/etc/network/interfaces') ?? '', quiet)
  yield* userLoop(host, character)
}

/** Ctrl-C before anybody is there to take it. */
function* uninterrupted(process: Process<void>): Process<void> {
  try {
    yield* process
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  }
}

/** A login and a shell, for ever: a shell that ends is started again. */
function* userLoop(host: LinuxHost, character: Character): Process<void> {
  for (;;) {
    if (character.login !== null && !(yield* logIn(host, character.login))) continue
    if (character.flavour === 'busybox')
      host.tty.print("\n\nBusyBox v1.35.0 (Debian 1:1.35.0-4+b3) built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n")
    yield* runInteractive(createShell(host, character.flavour, { isInteractive: true }))
  }
}

/** getty and login: name, password without echo, 3 s before a wrong one is refused (recorded: 3.4 s). */
function* logIn(host: LinuxHost, login: { username: string; password: string }): Process<boolean> {
  const { tty } = host
  try {
    tty.setRaw(false)
    tty.print(`\nDebian GNU/Linux 12 ${host.hostname()} ttyS0\n\n${host.hostname()} login: `)
    const name = (yield* tty.readLine()) ?? ''
    if (name.trim() === '') return false
    tty.echo = false
    tty.print('Password: ')
    const password = yield* tty.readLine()
    tty.echo = true
    tty.print('\n')
    if (name.trim() === login.username && password === login.password) {
      tty.print(`Linux ${host.hostname()} 6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC x86_64\n\n`)
      return true
    }
    yield* sleep(host.timers, 3_000)
    tty.print('\nLogin incorrect\n')
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    tty.echo = true
  }
  return false
}
