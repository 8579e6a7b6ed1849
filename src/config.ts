import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError, type FieldProblem } from './errors.ts'
import { schemaProblems } from './lib/schema-problems.ts'
import { type Sentence, say } from './lib/sentence.ts'

/**
 * The configuration: environment variables, parsed once. The only file that reads `process.env`. `.env.example` lists the same names
 * (a test compares). Every secret may also be given as `NAME_FILE`, the path of a file that holds it.
 */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)
const port = whole(0, 65_535)
const flag = z.stringbool()
const url = z.url({ protocol: /^https?$/ })
const cidr = z.string().refine((text) => isCidr(text), 'config.network')
const portRange = z
  .string()
  .regex(/^\d+-\d+$/, 'config.range')
  .transform((text) => {
    const [from = 0, to = 0] = text.split('-').map(Number)
    return { from, to }
  })
  .refine((range) => range.from >= 1 && range.from <= range.to && range.to <= 65_535, 'config.portRange')

/** True for an IPv4 or IPv6 network in prefix notation. */
export function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/')
  const version = isIP(address)
  return rest.length === 0 && version !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128)
}

const labAddresses = z
  .string()
  .refine((text) => text === 'agent' || text === 'sandbox' || (text.startsWith('cloud-init:') && isCidr(text.slice(11))), {
    error: 'config.labAddresses',
  })
  .transform((text) => {
    if (text === 'agent' || text === 'sandbox') return { kind: text as 'agent' | 'sandbox' } // proven by the refinement above
    return { kind: 'cloud-init' as const, network: text.slice('cloud-init:'.length) }
  })

const secretNames = [
  'SESSION_SECRET',
  'SECRET_KEY',
  'SECRET_KEY_PREVIOUS',
  'LDAP_BIND_PASSWORD',
  'PROXMOX_TOKEN_SECRET',
  'PROXMOX_PASSWORD',
  'GNS3_PASSWORD',
  'METRICS_TOKEN',
] as const

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  PUBLIC_URL: url.optional(),
  TRUST_PROXY: list.default([]),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_FILE: z.string().optional(),
  UPLOADS_DIR: z.string().default('./uploads'),
  SESSION_SECRET: z.string().min(32, 'config.secretTooShort').optional(),
  SECRET_KEY: z.string().min(32, 'config.secretTooShort').optional(),
  SECRET_KEY_PREVIOUS: z.string().min(32, 'config.secretTooShort').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FILE: z.string().optional(),
  TIME_ZONE: z.string().refine(isTimeZone, 'config.timeZone').default('UTC'),
  AUTH_MODE: z.enum(['local', 'ldap']).default('local'),
  LDAP_URL: list.default([]),
  LDAP_STARTTLS: flag.default(false),
  LDAP_CA_FILE: z.string().optional(),
  LDAP_BIND_DN: z.string().optional(),
  LDAP_BIND_PASSWORD: z.string().optional(),
  LDAP_BASE_DN: z.string().optional(),
  LDAP_USER_FILTER: z.string().default('(objectClass=person)'),
  LDAP_LOGIN_ATTRIBUTE: list.pipe(z.array(z.string()).min(1)).default(['uid']),
  LDAP_ID_ATTRIBUTE: z.string().default('entryUUID'),
  LDAP_NAME_ATTRIBUTE: z.string().default('cn'),
  LDAP_MAIL_ATTRIBUTE: z.string().default('mail'),
  LDAP_STUDENT_NUMBER_ATTRIBUTE: z.string().default('employeeNumber'),
  LDAP_GROUP_STYLE: z.enum(['memberOf', 'groupOfNames', 'posixGroup', 'ad-nested']).default('groupOfNames'),
  LDAP_ALLOWED_GROUP_DN: z.string().optional(),
  LDAP_TEACHER_GROUP_DN: z.string().optional(),
  LDAP_ASSISTANT_GROUP_DN: z.string().optional(),
  LDAP_ADMIN_GROUP_DN: z.string().optional(),
  LDAP_TIMEOUT_MS: whole(100, 60_000).default(5_000),
  PROXMOX_URL: list.default([]),
  PROXMOX_TOKEN_ID: z.string().optional(),
  PROXMOX_TOKEN_SECRET: z.string().optional(),
  PROXMOX_USERNAME: z.string().optional(),
  PROXMOX_PASSWORD: z.string().optional(),
  PROXMOX_CA_FILE: z.string().optional(),
  PROXMOX_FINGERPRINT: z.string().optional(),
  PROXMOX_NODES: list.default([]),
  PROXMOX_STORAGE: z.string().optional(),
  PROXMOX_BASE_TEMPLATES: list
    .transform((groups) => groups.map((group) => group.split('+').map((part) => part.trim())))
    .pipe(z.array(z.array(z.coerce.number<string>().int().min(100).max(999_999_999))))
    .default([]),
  PROXMOX_BALANCE: flag.default(false),
  PROXMOX_VMID_MIN: whole(100, 999_999_999).default(20_000),
  PROXMOX_VMID_MAX: whole(100, 999_999_999).default(29_999),
  PROXMOX_MAX_READS: whole(1, 64).default(4),
  PROXMOX_MAX_WRITES: whole(1, 64).default(4),
  PROXMOX_USER_TICKETS: flag.default(false),
  PROXMOX_USER_REALM: z.string().optional(),
  GNS3_PORT: port.default(3080),
  GNS3_USERNAME: z.string().optional(),
  GNS3_PASSWORD: z.string().optional(),
  GNS3_CONSOLE_PORTS: portRange.default({ from: 5_000, to: 10_000 }),
  LAB_SERVER_ADDRESSES: list.pipe(z.array(z.string().refine((text) => isIP(text) !== 0, 'config.address'))).default([]),
  LAB_NETWORKS: list.pipe(z.array(cidr)).default([]),
  LAB_ADDRESSES: labAddresses.default({ kind: 'agent' }),
  LAB_MAX_PER_STUDENT: whole(1, 100).default(1),
  LAB_HOST_PATTERN: z
    .string()
    .regex(/^[a-z0-9-]*\{id\}[a-z0-9-]*(?:\.[a-z0-9-]+)+$/iu, 'config.labHosts')
    .optional(),
  LAB_MAX_RUNNING: whole(1, 100_000).default(200),
  LAB_MEMORY_RESERVE_MB: whole(0, 1_048_576).default(4_096),
  LAB_IDLE_MINUTES: whole(0, 100_000).default(120),
  EVALUATION_CONCURRENCY: whole(1, 500).default(16),
  EVALUATION_CONSOLES: whole(1, 1_000).default(64),
  COMMAND_TIMEOUT_SECONDS: whole(1, 600).default(30),
  EVALUATION_TIMEOUT_MINUTES: whole(1, 240).default(10),
  METRICS_TOKEN: z.string().min(16).optional(),
  ALERT_WEBHOOK_URL: url.optional(),
  BIN_DAYS: whole(0, 365).default(7),
  // the database keeps entries of the audit log for 30 days at least (migration 0003)
  RETENTION_DAYS: z.union([z.literal('0').transform(() => 0), whole(30, 36_500)]).default(0),
  AUTO_MIGRATE: flag.default(false),
  SANDBOX: flag.default(false),
})

export type Config = Omit<z.infer<typeof schema>, 'DATABASE_FILE' | 'PUBLIC_URL'> & {
  readonly DATABASE_FILE: string
  /** Where browsers reach us; derived from host and port where it is not set. */
  readonly PUBLIC_URL: string
}
export type Environment = Readonly<Record<string, string | undefined>>

/** The names of all settings, for the test that compares them with `.env.example`. */
export const settingNames: readonly string[] = Object.keys(schema.shape)
export const secretSettingNames: readonly string[] = secretNames

/** True when groups of the directory decide who is teacher, assistant or administrator. */
export const directoryGivesRoles = (config: Config): boolean =>
  config.AUTH_MODE === 'ldap' &&
  [config.LDAP_ADMIN_GROUP_DN, config.LDAP_TEACHER_GROUP_DN, config.LDAP_ASSISTANT_GROUP_DN].some((group) => group !== undefined)

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function readSecretFiles(environment: Environment, problems: FieldProblem[]): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...environment }
  for (const name of secretNames) {
    const file = environment[`${name}_FILE`]
    if (file === undefined || file === '') continue
    if (environment[name] !== undefined && environment[name] !== '')
      problems.push({ field: name, problem: say('config.givenTwice', { name, file: `${name}_FILE` }) })
    else merged[name] = readSecretFile(`${name}_FILE`, file, problems)
  }
  return merged
}

function readSecretFile(field: string, file: string, problems: FieldProblem[]): string | undefined {
  if (!existsSync(file)) {
    problems.push({ field, problem: say('config.noFile', { file }) })
    return undefined
  }
  try {
    const secret = readFileSync(file, 'utf8').trim()
    // an empty secret would count as "not set", and switch off what it protects
    if (secret === '') problems.push({ field, problem: say('config.emptyFile', { file }) })
    return secret
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    problems.push({ field, problem: say('config.unreadableFile', { file, reason }) })
    return undefined
  }
}

/** Settings that name a file which must be there. */
const fileNames = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'LDAP_CA_FILE', 'PROXMOX_CA_FILE'] as const

/** @param unread settings that could not be read: nothing is concluded from the defaults that stand for them */
function findContradictions(config: z.infer<typeof schema>, unread: ReadonlySet<string>): FieldProblem[] {
  const problems: FieldProblem[] = []
  const need = (condition: boolean, field: string, problem: Sentence) => {
    if (!condition && !unread.has(field)) problems.push({ field, problem })
  }
  const isRangeKnown = !unread.has('PROXMOX_VMID_MIN') && !unread.has('PROXMOX_VMID_MAX')
  need(
    !isRangeKnown || config.PROXMOX_VMID_MIN <= config.PROXMOX_VMID_MAX,
    'PROXMOX_VMID_MAX',
    say('config.vmidRange', { minimum: 'PROXMOX_VMID_MIN' }),
  )
  const inside = config.PROXMOX_BASE_TEMPLATES.flat().filter((id) => id >= config.PROXMOX_VMID_MIN && id <= config.PROXMOX_VMID_MAX)
  need(
    !isRangeKnown || inside.length === 0,
    'PROXMOX_BASE_TEMPLATES',
    say('config.insideRange', { vmids: inside, range: 'PROXMOX_VMID_MIN..PROXMOX_VMID_MAX' }),
  )
  need(
    (config.TLS_CERT_FILE === undefined) === (config.TLS_KEY_FILE === undefined),
    'TLS_KEY_FILE',
    say('config.together', { other: 'TLS_CERT_FILE' }),
  )
  for (const name of fileNames) {
    const file = config[name]
    need(file === undefined || existsSync(file), name, say('config.noFile', { file: file ?? '' }))
  }
  if (config.AUTH_MODE === 'ldap') {
    need(config.LDAP_URL.length > 0, 'LDAP_URL', say('config.neededWith', { setting: 'AUTH_MODE=ldap' }))
    need(config.LDAP_BASE_DN !== undefined, 'LDAP_BASE_DN', say('config.neededWith', { setting: 'AUTH_MODE=ldap' }))
  }
  const ownHost = URL.canParse(config.PUBLIC_URL ?? '') ? new URL(config.PUBLIC_URL ?? '').hostname : ''
  const [first = '', ...rest] = (config.LAB_HOST_PATTERN ?? '').toLowerCase().split('{id}')
  need(
    config.LAB_HOST_PATTERN === undefined || !(ownHost.startsWith(first) && ownHost.endsWith(rest.join(''))),
    'LAB_HOST_PATTERN',
    say('config.labHostsAreOurs', { host: ownHost }),
  )
  if (config.PROXMOX_USER_TICKETS) {
    const needed = say('config.neededWith', { setting: 'PROXMOX_USER_TICKETS' })
    need(config.PROXMOX_USER_REALM !== undefined, 'PROXMOX_USER_REALM', needed)
    // the realm's passwords are the directory's: those of our own accounts are no business of Proxmox
    need(config.AUTH_MODE === 'ldap', 'AUTH_MODE', needed)
  }
  for (const address of config.PROXMOX_URL) need(/^https:\/\//.test(address), 'PROXMOX_URL', say('config.noHttps', { address }))
  if (config.PROXMOX_URL.length > 0) {
    const byToken = config.PROXMOX_TOKEN_ID !== undefined && config.PROXMOX_TOKEN_SECRET !== undefined
    const byPassword = config.PROXMOX_USERNAME !== undefined && config.PROXMOX_PASSWORD !== undefined
    const isNetworkKnown = config.LAB_ADDRESSES.kind !== 'agent' || config.LAB_NETWORKS.length > 0
    need(isNetworkKnown, 'LAB_NETWORKS', say('config.labNetworks', { setting: 'LAB_ADDRESSES=agent' }))
    need(byToken || byPassword, 'PROXMOX_TOKEN_ID', say('config.credentials'))
  }
  return problems
}

/** What can be used of the settings, with a problem for each that cannot. */
function readSettings(given: Environment, problems: FieldProblem[]): { settings: z.infer<typeof schema>; unread: ReadonlySet<string> } {
  const parsed = schema.safeParse(given, { reportInput: true })
  if (parsed.success) return { settings: parsed.data, unread: new Set() }
  problems.push(...schemaProblems(parsed.error.issues).map(({ path, problem }) => ({ field: path.join('.'), problem })))
  const unread = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  // every setting has a default or may be missing, so that the others can still be compared
  return { settings: schema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !unread.has(name)))), unread }
}

/** Where browsers find us by default. An address of all interfaces is none to go to; IPv6 stands in brackets. */
function defaultUrl({ HOST, PORT, TLS_CERT_FILE }: z.infer<typeof schema>): string {
  const reachable = HOST === '0.0.0.0' || HOST === '::' ? 'localhost' : HOST
  return `${TLS_CERT_FILE === undefined ? 'http' : 'https'}://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${PORT}`
}

/**
 * Parses the environment.
 * @throws AppError CONFIG_INVALID with every problem at once in `fields`
 */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: FieldProblem[] = []
  const given = Object.fromEntries(
    Object.entries(readSecretFiles(environment, problems)).filter(([, value]) => value !== undefined && value !== ''),
  )
  const { settings, unread } = readSettings(given, problems)
  problems.push(...findContradictions(settings, unread))
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', { fields: problems })
  return complete(settings)
}

/** What is derived from other settings, and folders from the root of the file system. */
const complete = (settings: z.infer<typeof schema>): Config => ({
  ...settings,
  DATA_DIR: resolve(settings.DATA_DIR),
  UPLOADS_DIR: resolve(settings.UPLOADS_DIR),
  DATABASE_FILE: settings.DATABASE_FILE ?? join(resolve(settings.DATA_DIR), 'netpraxis.sqlite'),
  PUBLIC_URL: (settings.PUBLIC_URL ?? defaultUrl(settings)).replace(/\/+$/, ''),
})

/** A setting as it works now. */
export interface SettingReport {
  readonly name: string
  /** `given` differs from the default; `none` has neither value nor default. */
  readonly state: 'given' | 'default' | 'none'
  readonly isSecret: boolean
  /** In words of the environment; null for a secret and where there is none. */
  readonly value: string | null
  /** Why it would be refused at the next start: a file that is gone, say. */
  readonly problem: Sentence | null
}

/** An address without what it may hold of a secret: a password, a path that only its owner knows. */
function maskAddress(name: string, text: string): string {
  if (name === 'ALERT_WEBHOOK_URL' && URL.canParse(text)) return `${new URL(text).origin}/…`
  return text.replaceAll(/\/\/[^/@\s,]*@/gu, '//…@')
}

function settingText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ')
  const shaped = z.union([portShape, addressShape]).safeParse(value)
  if (!shaped.success) return String(value)
  if ('from' in shaped.data) return `${shaped.data.from}-${shaped.data.to}`
  return shaped.data.network === undefined ? shaped.data.kind : `${shaped.data.kind}:${shaped.data.network}`
}
const portShape = z.object({ from: z.number(), to: z.number() })
const addressShape = z.object({ kind: z.string(), network: z.string().optional() })

/** Every setting with its effective value, secrets left out, looked at again as a start would. */
export function reportSettings(config: Config): SettingReport[] {
  const problems = findContradictions(config, new Set())
  const { DATA_DIR, HOST, PORT, TLS_CERT_FILE } = config
  // what follows from a setting that was given is not given itself
  const usual = complete({ ...schema.parse({}), DATA_DIR, HOST, PORT, TLS_CERT_FILE })
  const standing = { ...usual, ...complete(schema.parse({})), DATABASE_FILE: usual.DATABASE_FILE, PUBLIC_URL: usual.PUBLIC_URL }
  const defaults = new Map<string, unknown>(Object.entries(standing))
  const values = new Map<string, unknown>(Object.entries(config))
  return settingNames.map((name) => {
    const value = values.get(name)
    const isNone = value === undefined || (Array.isArray(value) && value.length === 0)
    const isUsual = JSON.stringify(value) === JSON.stringify(defaults.get(name))
    const isSecret = secretSettingNames.includes(name)
    const isGiven = isUsual ? ('default' as const) : ('given' as const)
    return {
      name,
      state: isNone ? 'none' : isGiven,
      isSecret,
      value: isNone || isSecret ? null : maskAddress(name, settingText(value)),
      problem: problems.find(({ field }) => field === name)?.problem ?? null,
    }
  })
}
