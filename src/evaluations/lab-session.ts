import { setMaxListeners } from 'node:events'
import {
  type ConsoleCredentials,
  type ConsoleLog,
  type ConsoleSession,
  type HostKeyPins,
  type OpenConsoleOptions,
  openConsole,
  type Platforms,
  type Redaction,
  type SessionNote,
} from '../clients/console/index.ts'
import { type AppError, type ErrorCode, isAppError } from '../errors.ts'
import { type Ask, type AskOptions, CannotAsk, type Cause, defaultMaxConsoles, type Observation } from '../evaluation/index.ts'
import type { Clock } from '../lib/clock.ts'
import { untilAborted } from '../lib/until-aborted.ts'
import { createConsolePlaces } from './console-places.ts'
import type { LabAccess } from './lab-access.ts'

export interface LabDeviceAccess {
  readonly platform: string
  readonly credentials: ConsoleCredentials
}

export interface LabAskerOptions {
  /** By the exercise's names. */
  readonly devices: Readonly<Record<string, LabDeviceAccess>>
  readonly access: Pick<LabAccess, 'consoleOf'>
  readonly platforms: Platforms
  readonly redact: readonly Redaction[]
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: ConsoleLog
  /** The exercise's credentials opened these devices when it was built: a refusal now is what the student left. */
  readonly credentialsProven: boolean
  /** SSH host keys of this work VM and its devices; every new key is noted where absent. */
  readonly hostKeys?: HostKeyPins
  /** Consoles that are open at the same time; 64 when absent. Beyond it the one that was idle for longest is closed, and opened anew. */
  readonly maxConsoles?: number
  readonly onObservation?: (observation: Observation) => void
  /** For tests. */
  readonly open?: (options: OpenConsoleOptions) => Promise<ConsoleSession>
}

export interface LabAsker {
  readonly ask: Ask
  /** What was found on the consoles, by device. */
  notes(): readonly (SessionNote & { readonly device: string })[]
  /** Brings every console back as it was found, in parallel and within 10 s, and ends the connections. */
  close(): Promise<void>
}

/** A console that cannot be opened is tried once more, not for every criterion anew. */
const maxFailedOpens = 2
const restoreMs = 10_000

const causes: Partial<Record<ErrorCode, Cause>> = {
  CONSOLE_FLOODED: 'lab',
  CONSOLE_BLOCKED: 'lab',
  CONSOLE_DISTURBED: 'lab',
  CONSOLE_HOST_KEY: 'lab',
}
const credentialCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CONSOLE_LOGIN_REFUSED', 'CONSOLE_CREDENTIALS_MISSING'])

/** @param isProven the credentials have opened this device: what is refused now, the student changed; else the exercise's are wrong */
function toCannotAsk(error: AppError, isProven: boolean): CannotAsk {
  const byCredentials = isProven ? 'lab' : 'exercise'
  const blame = credentialCodes.has(error.code) ? byCredentials : (causes[error.code] ?? 'infrastructure')
  const scalars = Object.entries(error.details).flatMap(([name, value]) => (typeof value === 'object' ? [] : [[name, value] as const]))
  return new CannotAsk(error.code, blame, Object.fromEntries(scalars), { cause: error })
}

interface Slot {
  session: Promise<ConsoleSession> | undefined
  failedOpens: number
  lastFailure: CannotAsk | undefined
  /** A session was opened in this run. */
  hasOpened: boolean
  /** Of each session that was opened; they grow while one lasts. */
  readonly notes: (readonly SessionNote[])[]
  /** A session that makes room for another device's is on its way out: a console takes one client at a time. */
  leaving: Promise<void> | undefined
}

const createSlot = (): Slot => ({
  session: undefined,
  failedOpens: 0,
  lastFailure: undefined,
  hasOpened: false,
  notes: [],
  leaving: undefined,
})

/**
 * One console session per device, opened at its first question and kept while there is room; devices in parallel. Numbers the observations
 * of a run.
 * `ask` throws `CannotAsk` with reason and cause; an aborted run rejects with the signal's reason.
 */
export function createLabAsker(options: LabAskerOptions): LabAsker {
  const slots = new Map<string, Slot>()
  // sessions outlive an aborted run by the moment that restoring takes
  const sessions = new AbortController()
  // every console listens to both, and there may be dozens
  setMaxListeners(0, sessions.signal, options.signal)
  let seq = 0

  const slotOf = (device: string): Slot => {
    const slot = slots.get(device) ?? createSlot()
    slots.set(device, slot)
    return slot
  }

  const vacate = async (device: string): Promise<void> => {
    const slot = slotOf(device)
    const { session } = slot
    if (session === undefined) return
    slot.leaving = closeSession(session, options)
    slot.session = undefined
    await slot.leaving
  }
  const places = createConsolePlaces({ limit: options.maxConsoles ?? defaultMaxConsoles, vacate })

  const askInPlace = async (device: string, command: string, askOptions: AskOptions): Promise<Observation> => {
    const slot = slotOf(device)
    const session = await sessionOf(device, slot, { ...options, sessionSignal: sessions.signal })
    const answer = await askSession(session, command, { askOptions, slot, options })
    seq += 1
    const observation: Observation = { seq, device, ...answer }
    options.onObservation?.(observation)
    return observation
  }

  const ask: Ask = async (device, command, askOptions = {}) => {
    options.signal.throwIfAborted()
    await untilAborted(places.enter(device), options.signal)
    try {
      return await askInPlace(device, command, askOptions)
    } finally {
      places.leave(device)
    }
  }

  const close = async (): Promise<void> => {
    const closing = [...slots.values()].flatMap(({ session, leaving }) => [leaving, session && closeSession(session, options)])
    await Promise.all(closing)
    sessions.abort()
  }

  const notes = () => [...slots].flatMap(([device, slot]) => slot.notes.flat().map((note) => ({ ...note, device })))
  return { ask, notes, close }
}

type OpenOptions = LabAskerOptions & { readonly sessionSignal: AbortSignal }

async function sessionOf(device: string, slot: Slot, options: OpenOptions): Promise<ConsoleSession> {
  if (slot.session === undefined) {
    if (slot.lastFailure !== undefined && (slot.failedOpens >= maxFailedOpens || slot.lastFailure.blame !== 'infrastructure'))
      throw slot.lastFailure
    slot.session = openSession(device, slot, { ...options, credentialsProven: options.credentialsProven || slot.hasOpened })
  }
  const opening = slot.session
  try {
    const session = await untilAborted(opening, options.signal)
    slot.hasOpened = true
    return session
  } catch (error) {
    if (slot.session === opening && !options.signal.aborted) {
      slot.session = undefined
      slot.failedOpens += 1
      slot.lastFailure = error instanceof CannotAsk ? error : undefined
    }
    throw error
  }
}

async function openSession(device: string, slot: Slot, options: OpenOptions): Promise<ConsoleSession> {
  await slot.leaving
  const known = options.devices[device]
  const platform = known === undefined ? undefined : options.platforms.find(known.platform)
  if (known === undefined || platform === undefined)
    throw new CannotAsk('PLATFORM_UNSUPPORTED', 'exercise', { platform: known?.platform ?? '' })
  try {
    const target = await options.access.consoleOf(device)
    const session = await (options.open ?? openConsole)({
      device,
      target,
      platform,
      credentials: known.credentials,
      redact: options.redact,
      clock: options.clock,
      signal: options.sessionSignal,
      log: options.log,
      ...(options.hostKeys === undefined ? {} : { hostKeys: options.hostKeys }),
    })
    slot.notes.push(session.notes)
    return session
  } catch (error) {
    if (isAppError(error)) throw toCannotAsk(error, options.credentialsProven)
    throw error
  }
}

interface Asking {
  readonly askOptions: AskOptions
  readonly slot: Slot
  readonly options: LabAskerOptions
}

async function askSession(session: ConsoleSession, command: string, { askOptions, slot, options }: Asking) {
  try {
    const answer = await session.ask(command, { ...askOptions, signal: options.signal })
    if (answer.ended === 'closed') slot.session = undefined
    return answer
  } catch (error) {
    if (!isAppError(error)) throw error
    // what closed is opened anew at the next question
    if (isAppError(error, 'CONSOLE_CLOSED', 'CONSOLE_UNREACHABLE')) slot.session = undefined
    throw toCannotAsk(error, true)
  }
}

async function closeSession(opening: Promise<ConsoleSession>, { clock, log }: LabAskerOptions): Promise<void> {
  const late = new AbortController()
  try {
    const session = await Promise.race([opening, clock.sleep(restoreMs, late.signal).then(() => undefined)])
    if (session === undefined) return
    await Promise.race([session.restore(), clock.sleep(restoreMs, late.signal)])
    await session.close()
  } catch (error) {
    log.debug({ error }, 'a console could not be closed in order')
  } finally {
    late.abort()
  }
}
