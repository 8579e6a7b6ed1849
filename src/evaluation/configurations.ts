import type { Exercise } from './exercise-definition.ts'
import type { LabState } from './lab-state.ts'
import { type Ask, CannotAsk, type Observation } from './observation.ts'
import type { ConfigurationSource, Platform } from './platform.ts'
import { findPlatform } from './platforms/index.ts'
import type { ReasonData } from './verdict.ts'

/** One part of a device's configuration as it was at submission. */
export type CapturedConfiguration = {
  readonly device: string
  readonly platform: string
  readonly kind: 'running' | 'saved'
  /** The command, or the file's path. */
  readonly source: string
} & (
  | { readonly observation: Observation }
  /** Null = the device has no such file. */
  | { readonly file: Uint8Array | null }
  /** Why it could not be captured: a reason code; the evaluation goes on. */
  | { readonly missing: { readonly code: string; readonly data: ReasonData } }
)

export interface CaptureOptions {
  readonly exercise: Exercise
  /** Only what tells whether a device can be believed, of the devices that are named; all of it, of all, when absent. */
  readonly only?: { readonly overridesOf: readonly string[] }
  /** Null where there is no GNS3. */
  readonly lab: LabState | null
  readonly ask: Ask
  /** A file of GNS3's folder of the device, by the device's GNS3 id; undefined when there is none. */
  readonly readDeviceFile?: (deviceId: string, path: string) => Promise<Uint8Array | undefined>
  readonly signal: AbortSignal
  readonly onFault?: (error: unknown, device: string) => void
}

/** Captures running and saved configuration of every device of the exercise, before anything is checked; devices in parallel. */
export async function captureConfigurations(options: CaptureOptions): Promise<CapturedConfiguration[]> {
  const captured = await Promise.all(Object.keys(options.exercise.devices).map((device) => captureDevice(device, options)))
  return captured.flat()
}

const isWanted = (device: string, platform: Platform, { only }: CaptureOptions): boolean =>
  only === undefined || (platform.overrides !== undefined && only.overridesOf.includes(device))

const kinds = ({ only }: CaptureOptions) => (only === undefined ? (['running', 'saved'] as const) : (['running'] as const))

async function captureDevice(device: string, options: CaptureOptions): Promise<CapturedConfiguration[]> {
  const platform = findPlatform(options.exercise.devices[device]?.platform ?? '')
  if (platform === undefined || !isWanted(device, platform, options)) return []
  const captured: CapturedConfiguration[] = []
  for (const kind of kinds(options)) {
    for (const source of platform.configuration[kind]) {
      options.signal.throwIfAborted()
      const about = { device, platform: platform.id, kind, source: source.kind === 'file' ? source.path : source.command }
      captured.push({ ...about, ...(await captureSource(device, source, options)) })
    }
  }
  return captured
}

type Content =
  | { readonly observation: Observation }
  | { readonly file: Uint8Array | null }
  | { readonly missing: { code: string; data: ReasonData } }

async function captureSource(device: string, source: ConfigurationSource, options: CaptureOptions): Promise<Content> {
  const known = options.lab?.devices.find(({ name }) => name === device)
  if (options.lab !== null && known === undefined) return { missing: { code: 'DEVICE_MISSING', data: {} } }
  try {
    if (source.kind === 'file') return await captureFile(known?.id, source.path, options)
    if (known !== undefined && known.state !== 'started') return { missing: { code: 'DEVICE_STOPPED', data: { state: known.state } } }
    const askOptions = source.timeoutMs === undefined ? {} : { timeoutMs: source.timeoutMs }
    return { observation: await options.ask(device, source.command, askOptions) }
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof CannotAsk) return { missing: { code: error.reason, data: error.data } }
    options.onFault?.(error, device)
    return { missing: { code: 'INTERNAL_ERROR', data: {} } }
  }
}

async function captureFile(deviceId: string | undefined, path: string, options: CaptureOptions): Promise<Content> {
  if (deviceId === undefined || options.readDeviceFile === undefined) return { missing: { code: 'LAB_STATE_UNREADABLE', data: {} } }
  return { file: (await options.readDeviceFile(deviceId, path)) ?? null }
}
