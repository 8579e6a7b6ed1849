import type { Duplex } from 'node:stream'
import type {
  ConnectTelnetOptions,
  ConsoleLog,
  ConsoleSession,
  ConsoleTarget,
  HostKeyPins,
  OpenConsoleOptions,
  PlatformDefinition,
  Platforms,
  TerminalLine,
  TerminalSize,
} from '../clients/console/index.ts'
import type { Gns3, LabDevice } from '../clients/gns3/index.ts'
import type { ConnectVncOptions } from '../clients/vnc/index.ts'
import { AppError, isAppError } from '../errors.ts'
import { type Exercise, type ExerciseDevice, hasConsole } from '../evaluation/index.ts'
import type { Clock } from '../lib/clock.ts'
import { isWithinLab, wayTo } from './console-target.ts'
import { credentialsOf, redactionsOf, type Secrets } from './credentials.ts'

export interface LabConsolesOptions {
  readonly platforms: Platforms
  readonly openConsole: (options: OpenConsoleOptions) => Promise<ConsoleSession>
  readonly connectTelnet: (options: ConnectTelnetOptions) => Promise<TerminalLine>
  readonly connectVnc: (options: ConnectVncOptions) => Promise<Duplex>
  readonly clock: Clock
  readonly log: ConsoleLog
}

export interface OpenDevice {
  readonly gns3: Gns3
  /** As GNS3 lists it now, the project being opened. */
  readonly device: LabDevice
  readonly definition: ExerciseDevice
  readonly secrets: Secrets
  /** Address of the VM that the lab runs in. */
  readonly vmHost: string
  /** SSH host keys of this VM and its devices. */
  readonly hostKeys?: HostKeyPins
  readonly signal: AbortSignal
  readonly readyTimeoutMs?: number
}

export interface ReachDevice {
  readonly gns3: Gns3
  /** As GNS3 lists it now, the project being opened. */
  readonly device: LabDevice
  readonly size: TerminalSize
  readonly signal: AbortSignal
}

const reachMs = 10_000

/** A device that asks for a login we cannot give is alive: its console answered. */
const answered = ['CONSOLE_LOGIN_REFUSED', 'CONSOLE_CREDENTIALS_MISSING', 'CONSOLE_BLOCKED'] as const
/** Between two tries at a device whose SSH server does not listen yet. */
const sshRetryMs = 2_000

/** Consoles of a lab that runs in a VM: at the checked address, at the port GNS3 names; or by SSH through the VM, as the exercise says. */
export function createLabConsoles({ platforms, openConsole, connectTelnet, connectVnc, clock, log }: LabConsolesOptions) {
  /** @throws AppError CONSOLE_* */
  const open = async (request: OpenDevice): Promise<ConsoleSession> => {
    return openConsole({
      device: request.device.name,
      target: targetOf(request),
      platform: platforms.get(request.definition.platform),
      credentials: credentialsOf(request.definition, request.secrets),
      redact: redactionsOf(request.secrets),
      clock,
      signal: request.signal,
      log,
      ...(request.hostKeys === undefined ? {} : { hostKeys: request.hostKeys }),
      ...(request.readyTimeoutMs === undefined ? {} : { readyTimeoutMs: request.readyTimeoutMs }),
    })
  }

  /** A console that GNS3 serves is there while its device boots, an SSH server is not. */
  const openOnceItListens = async (request: OpenDevice): Promise<ConsoleSession> => {
    const { readyMs } = platforms.get(request.definition.platform).timing
    const deadline = clock.now() + (request.readyTimeoutMs ?? readyMs)
    for (;;) {
      try {
        return await open(request)
      } catch (error) {
        const isLate = clock.now() + sshRetryMs >= deadline
        if (!isReachedBySsh(request.definition) || isLate || !isAppError(error, 'CONSOLE_UNREACHABLE')) throw error
        await clock.sleep(sshRetryMs, request.signal)
      }
    }
  }

  return {
    open: openOnceItListens,
    platformOf: (id: string) => platforms.get(id),
    findPlatform: (id: string | null): PlatformDefinition | null => (id === null ? null : (platforms.find(id) ?? null)),

    /** The bare line of a device, for a person to type at. @throws AppError CONSOLE_UNREACHABLE */
    async reach({ gns3, device, size, signal }: ReachDevice): Promise<TerminalLine> {
      const endpoint = gns3.consoleOf(device)
      if (endpoint?.type !== 'telnet') throw new AppError('CONSOLE_UNREACHABLE', { details: { device: device.name } })
      return connectTelnet({
        ...{ device: device.name, host: endpoint.host, port: endpoint.port },
        ...{ timeoutMs: reachMs, clock, signal, size },
      })
    },

    /** The port of a device's screen; nothing was said on it. @throws AppError CONSOLE_UNREACHABLE */
    async reachScreen({ gns3, device, signal }: Omit<ReachDevice, 'size'>): Promise<Duplex> {
      const endpoint = gns3.consoleOf(device)
      if (endpoint?.type !== 'vnc') throw new AppError('CONSOLE_UNREACHABLE', { details: { device: device.name } })
      return connectVnc({ device: device.name, host: endpoint.host, port: endpoint.port, timeoutMs: reachMs, clock, signal })
    },

    /** Waits until the console of a device answers something that a person could go on from. @throws AppError CONSOLE_* */
    async waitUntilAnswers(request: OpenDevice): Promise<void> {
      try {
        const session = await openOnceItListens(request)
        await session.restore()
        await session.close()
      } catch (error) {
        if (!isAppError(error, ...answered)) throw error
      }
    },

    /** The devices of the exercise that have a console, among those of the lab. @throws AppError GNS3_DEVICE_NOT_STARTED for one that is missing */
    devicesOf(exercise: Exercise, devices: readonly LabDevice[]): { name: string; device: LabDevice; definition: ExerciseDevice }[] {
      return Object.entries(exercise.devices).flatMap(([name, definition]) => {
        const device = devices.find((candidate) => candidate.name === name)
        if (!device) throw new AppError('GNS3_DEVICE_NOT_STARTED', { details: { device: name } })
        return hasConsole(definition.platform) ? [{ name, device, definition }] : []
      })
    },
  }
}

/** True where the exercise has the device asked by SSH through the VM. */
export const isReachedBySsh = ({ connect }: Pick<ExerciseDevice, 'connect'>): boolean => connect?.via === 'ssh'

/** @throws AppError CONSOLE_UNREACHABLE */
function targetOf({ gns3, device, definition, vmHost }: OpenDevice): ConsoleTarget {
  const way = wayTo(definition, vmHost)
  if (way.kind === 'direct' && isWithinLab(way)) return way.target
  const endpoint = way.kind === 'console' ? gns3.consoleOf(device) : null
  if (endpoint?.type !== 'telnet') throw new AppError('CONSOLE_UNREACHABLE', { details: { device: device.name } })
  return { kind: 'telnet', host: endpoint.host, port: endpoint.port }
}

export type LabConsoles = ReturnType<typeof createLabConsoles>
