import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { z } from 'zod'

/**
 * The exercise as it is stored and edited: camelCase JSON. Files for people are the same in snake_case (exercise-file.ts translates
 * the keys). What spans several places — device names, parameters of a kind, `requires` — is checked by exercise-check.ts.
 */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'exerciseProblems.oneLine' })

/** Neither a place on a machine nor an address: `/x`, `C:\\x`, `http://x`. */
const startsElsewhere = /^(?:[\\/]|[a-z][a-z0-9+.-]*:[\\/])/i
const bundlePath = line(255).refine((path) => !startsElsewhere.test(path) && !path.split(/[\\/]/).includes('..'), {
  error: 'exerciseProblems.bundlePath',
})

export const secretName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, { error: 'exerciseProblems.secretName' })
export const secretSchema = z.strictObject({ secret: secretName })
export type SecretReference = z.infer<typeof secretSchema>

const credential = z.union([z.string().max(256), secretSchema])

const connectSchema = z.strictObject({
  via: z.enum(['console', 'ssh', 'telnet']).default('console'),
  host: line(255).optional(),
  port: z.int().min(1).max(65_535).optional(),
  /** The device is reached through the work VM's own SSH server, with an account that the base template has. */
  jump: z.enum(['work-vm']).optional(),
  jumpPort: z.int().min(1).max(65_535).optional(),
  jumpUsername: line(64).optional(),
  jumpPassword: credential.optional(),
})

export const deviceSchema = z.strictObject({
  platform: z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'exerciseProblems.platformName' }),
  username: line(64).optional(),
  password: credential.optional(),
  enablePassword: credential.optional(),
  connect: connectSchema.optional(),
})
export type ExerciseDevice = z.infer<typeof deviceSchema>

const deviceName = line(64)

/** `10.1.0.0/16`, `10.1.0.0/16:80`, `10.1.0.0/16:80/tcp`. */
const allowRule = z.string().refine(
  (rule) => {
    const match = /^([\d.]+)\/(\d{1,2})(?::(\d{1,5})(?:\/(?:tcp|udp))?)?$/.exec(rule)
    return (
      match?.[1] !== undefined &&
      isIPv4(match[1]) &&
      Number(match[2]) <= 32 &&
      Number(match[3] ?? 1) >= 1 &&
      Number(match[3] ?? 1) <= 65_535
    )
  },
  { error: 'exerciseProblems.allowRule' },
)

const localTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/
/** "2026-12-04T18:00" in the course's time zone, or with an offset of its own. */
const fileTime = z
  .string()
  .regex(localTime, { error: 'exerciseProblems.time' })
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'exerciseProblems.time' })

const preconfigureSchema = z.strictObject({
  device: deviceName,
  commands: z.array(z.string().min(1).max(1_000)).min(1).max(500),
  /** Text that the last answer must contain. */
  expect: z.string().min(1).max(1_000).optional(),
})

export const criterionSchema = z.strictObject({
  /** Names a folder of the evidence too. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, { error: 'exerciseProblems.criterionId' }),
  title: line(200),
  module: z.string().min(1).max(64),
  device: deviceName.optional(),
  params: z.record(z.string(), z.unknown()),
  /** The fixed maximum; 0 = information only. */
  points: z.number().min(0).max(1_000),
  /** Shown to the student before and after. */
  visible: z.boolean().default(true),
  /** False: students are not told what is expected, neither before nor after. */
  reveal: z.boolean().default(true),
  hint: z.string().max(1_000).optional(),
  requires: z.array(z.string()).max(50).default([]),
  /** Seconds; default by kind. */
  within: z.number().min(0).max(600).optional(),
})
export type Criterion = z.infer<typeof criterionSchema>

/** What each lab gets; what is left out is as the base template has it, as are bridge and VLAN, which are the administrator's. */
const vmSchema = z.strictObject({
  /** MB. */
  memory: z.int().min(256).max(1_048_576).optional(),
  cores: z.int().min(1).max(128).optional(),
  /** GiB; the first disk is made as large, never smaller. */
  disk: z.int().min(1).max(16_384).optional(),
  /** Most of what its network card carries, in MB/s. */
  network: z.strictObject({ rate: z.number().min(0.1).max(10_240) }).optional(),
})

export const exerciseSchema = z.strictObject({
  netpraxis: z.literal(1, { error: 'exerciseProblems.formatVersion' }),
  title: line(200),
  statement: bundlePath.optional(),
  project: bundlePath.optional(),
  topology: z.enum(['fixed', 'free']).default('fixed'),
  network: z.union([z.enum(['isolated', 'open']), z.strictObject({ allow: z.array(allowRule).min(1).max(50) })]).default('isolated'),
  /** GNS3 and consoles may be reached from the computer that a lab is started from, without our pages; never in exams. */
  direct: z.boolean().optional(),
  create: z.enum(['enroll', 'start']).default('enroll'),
  vm: vmSchema.optional(),
  /** Attempts per student; unlimited when absent. */
  attempts: z.int().min(1).max(1_000).optional(),
  /** Minutes after which one attempt comes back. */
  refill: z.int().min(1).max(100_000).optional(),
  /** No work before it, late after it, none taken after it. */
  opens: fileTime.optional(),
  due: fileTime.optional(),
  closes: fileTime.optional(),
  /** Whether a result is shown to its student at once, or when a teacher releases the results. */
  results: z.enum(['at_once', 'withheld']).optional(),
  devices: z.record(deviceName, deviceSchema),
  preconfigure: z.array(preconfigureSchema).max(200).default([]),
  criteria: z.array(criterionSchema).min(1, { error: 'exerciseProblems.noCriteria' }).max(500),
})
export type Exercise = z.infer<typeof exerciseSchema>

/** JSON with sorted keys and without undefined: the same exercise is the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : Number(one > other))))
  })
}

/** SHA-256, hexadecimal, of the canonical JSON: what makes a revision the one it is. */
export const exerciseHash = (exercise: Exercise): string => createHash('sha256').update(canonicalJson(exercise)).digest('hex')

/** Names of the secrets an exercise needs, each once, in order. */
export function secretNames(exercise: Exercise): string[] {
  const credentials = Object.values(exercise.devices).flatMap(({ password, enablePassword, connect }) => [
    password,
    enablePassword,
    connect?.jumpPassword,
  ])
  return [...new Set(credentials.flatMap((one) => (typeof one === 'object' ? [one.secret] : [])))]
}
