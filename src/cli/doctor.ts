import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import type { LdapDirectory } from '../clients/ldap/index.ts'
import { type Config, loadConfig } from '../config.ts'
import { connectProxmox } from '../connect-proxmox.ts'
import { openDatabase } from '../db/index.ts'
import { countPendingMigrations } from '../db/migrate.ts'
import { requireOwnSchema } from '../db/schema-check.ts'
import { loadKeys } from '../keys.ts'
import { systemClock } from '../lib/clock.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import { createLog, type ServerLog } from '../log.ts'
import { createServices, type Services } from '../services.ts'
import { createTranslator } from '../strings/index.ts'
import { type Finding, findingKinds } from '../vms/index.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { connectDirectory } from './connect-directory.ts'
import { type DoctorFinding, examine, examineLabHosts, fine, wrong } from './doctor-findings.ts'
import { checkPermissions, checkTemplate, examineProxmox } from './doctor-proxmox.ts'
import { examineBaseTemplate } from './doctor-template.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()

interface Wanted {
  readonly user: string | null
  /** A base template that a throw-away clone is made of. */
  readonly template: number | null
}

function parse(argv: readonly string[]): Wanted | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { user: { type: 'string' }, template: { type: 'string' } },
      allowPositionals: true,
    })
    if (positionals.length > 0 || (values.template !== undefined && !/^[1-9]\d{2,8}$/.test(values.template))) return null
    return { user: values.user ?? null, template: values.template === undefined ? null : Number(values.template) }
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

const groupSettings = {
  allowed: 'LDAP_ALLOWED_GROUP_DN',
  admin: 'LDAP_ADMIN_GROUP_DN',
  teacher: 'LDAP_TEACHER_GROUP_DN',
  assistant: 'LDAP_ASSISTANT_GROUP_DN',
} as const

type ConnectedProxmox = ReturnType<typeof connectProxmox>

/** Of a kind of difference, in its line. */
const namedAtMost = 5

/** Below these shares of free disk: look at it; no uploads and submissions any more (http/uploads.ts). */
const lowDisk = { warning: 0.2, failing: 0.1 }

/** The folder itself, or where it will be made. */
const nearest = (folder: string): string => (existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder)))

async function examineDisk({ DATA_DIR }: Config): Promise<DoctorFinding[]> {
  const { bavail, blocks } = await statfs(nearest(DATA_DIR))
  const share = blocks === 0 ? 1 : bavail / blocks
  const values = { folder: DATA_DIR, percent: Math.round(share * 100) }
  if (share < lowDisk.failing) return [wrong('failing', 'diskFull', values)]
  return [share < lowDisk.warning ? wrong('warning', 'diskFilling', values) : fine('disk', values)]
}

async function examineDatabase({ DATABASE_FILE }: Config, whenMissing: 'warning' | 'failing'): Promise<DoctorFinding[]> {
  if (!existsSync(DATABASE_FILE)) return [wrong(whenMissing, 'databaseNone', { file: DATABASE_FILE })]
  const db = openDatabase(DATABASE_FILE)
  try {
    requireOwnSchema(db, DATABASE_FILE)
    const pending = countPendingMigrations(db)
    return [pending > 0 ? wrong('warning', 'databaseOld', { count: pending }) : fine('database')]
  } finally {
    db.close()
  }
}

async function examineDirectory(directory: LdapDirectory | null, user: string | null): Promise<DoctorFinding[]> {
  if (directory === null) return user === null ? [fine('localAccounts')] : [wrong('warning', 'noDirectory')]
  // nobody has this name: the question alone shows that our search is allowed
  const found = await directory.describe(user ?? 'netpraxis-doctor')
  if (user === null) return [fine('directory')]
  if (found === null) return [wrong('failing', 'personUnknown', { name: user })]
  const { person, dn, groups, maySignIn } = found
  const { displayName, email, externalId, studentNumber, username } = person
  const values = { name: username, displayName, email: email ?? '–', id: externalId, number: studentNumber ?? '–' }
  return [
    fine('person', values),
    fine('personEntry', { dn }),
    ...groups.map(({ purpose, dn: group, isMember }) =>
      fine(isMember ? 'personInGroup' : 'personNotInGroup', { group, setting: groupSettings[purpose] }),
    ),
    ...(maySignIn
      ? [fine(person.role === null ? 'personWithoutRole' : 'personRole', { name: username, role: person.role ?? '' })]
      : [wrong('failing', 'personNotAllowed', { name: username })]),
  ]
}

function print(io: CommandIo, findings: readonly DoctorFinding[]): void {
  for (const { state, about, todo } of findings) {
    io.stdout.write(`${t(`doctor.states.${state}`).padEnd(8)}${t(about.key, about.values)}\n`)
    if (todo !== undefined) io.stdout.write(`${''.padEnd(8)}→ ${t(todo.key, todo.values)}\n`)
  }
}

async function findAll(config: Config, log: ServerLog, user: string | null, signal: AbortSignal): Promise<DoctorFinding[]> {
  const proxmox = connectProxmox(config, systemClock, log)
  try {
    const parts = [
      await examine('disk', () => examineDisk(config)),
      await examine('database', () => examineDatabase(config, 'warning')),
      examineLabHosts(config),
      config.PROXMOX_URL.length === 0
        ? [wrong('failing', 'proxmoxMissing')]
        : await examine('proxmox', () => examineProxmox(proxmox, config)),
      await examineAgreement(config, log, signal),
      await examine('directory', () => examineDirectory(connectDirectory(config, log), user)),
    ]
    return parts.flat()
  } finally {
    await proxmox.close()
  }
}

/** What the server's parts say, on its own database; where there is none, or not of today, there is nothing to ask. */
async function askServices(
  config: Config,
  log: ServerLog,
  ask: (services: Services, proxmox: ConnectedProxmox) => Promise<readonly DoctorFinding[]>,
): Promise<readonly DoctorFinding[] | null> {
  if (!existsSync(config.DATABASE_FILE)) return null
  const proxmox = connectProxmox(config, systemClock, log)
  const db = openDatabase(config.DATABASE_FILE)
  try {
    requireOwnSchema(db, config.DATABASE_FILE)
    if (countPendingMigrations(db) > 0) return null
    const secrets = loadKeys(config)
    const services = createServices({ config, db, clock: systemClock, log: log.log, proxmox, directory: null, secrets })
    return await examine('proxmox', () => ask(services, proxmox))
  } finally {
    db.close()
    await proxmox.close()
  }
}

const nameOf = ({ kind, vmid, name }: Finding): string => (kind.startsWith('vm-') ? String(vmid) : name)

/** Whether Proxmox has what our rows have: a look, nothing is freed. Each kind of difference is one line; what is not ours is no fault. */
async function examineAgreement(config: Config, log: ServerLog, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  if (config.PROXMOX_URL.length === 0) return []
  const found = await askServices(config, log, async ({ reconciler }) => {
    const { findings, unread } = await reconciler.look(signal)
    const kinds = findingKinds.map((kind) => ({ kind, names: findings.filter((one) => one.kind === kind).map(nameOf) }))
    const differences = kinds
      .filter(({ names }) => names.length > 0)
      .map(({ kind, names }) => {
        const values = { count: names.length, what: say(`pages.reconcile.kinds.${kind}`), names: names.slice(0, namedAtMost) }
        return kind.endsWith('-foreign') ? fine('difference', values) : wrong('warning', 'difference', values)
      })
    const partial = unread.length > 0 ? [wrong('warning', 'agreementPartial', { names: unread })] : []
    return [...partial, ...(differences.length > 0 ? differences : [fine('agreement')])]
  })
  return found ?? []
}

/** What a base template must bring: seen in its configuration, then in a clone that is booted and removed again. */
async function findInTemplate(config: Config, log: ServerLog, vmid: number, io: CommandIo): Promise<readonly DoctorFinding[]> {
  const found = await askServices(config, log, async (services, proxmox) => {
    const rights = checkPermissions(await proxmox.permissions(), config.PROXMOX_STORAGE)
    const vms = await proxmox.resources('vm')
    const seen = [...rights, ...(await checkTemplate(proxmox, vmid, vms))]
    const node = vms.find((vm) => vm.vmid === vmid)?.node
    if (node === undefined || seen.some(({ state }) => state === 'failing')) return seen
    const announce = (step: Sentence) => io.stderr.write(`${t(step.key, step.values)}\n`)
    return [...seen, ...(await examineBaseTemplate({ services, template: { vmid, node }, signal: io.signal, say: announce }))]
  })
  return found ?? examineDatabase(config, 'failing')
}

/**
 * `netpraxis doctor [--user NAME | --template VMID]`: looks at everything that the server leans on and changes nothing; with a base template
 * it boots a clone of it and removes it again. 1 when something is failing.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const wanted = parse(argv)
  if (wanted === null) {
    io.stderr.write(`${t('commands.doctor.usage')}\n`)
    return exitCodes.usage
  }
  try {
    const config = loadConfig(io.env)
    const log = createLog({ ...config, LOG_LEVEL: 'silent' })
    const findings =
      wanted.template === null ? await findAll(config, log, wanted.user, io.signal) : await findInTemplate(config, log, wanted.template, io)
    print(io, findings)
    const failing = findings.filter(({ state }) => state === 'failing').length
    io.stdout.write(`${t('commands.doctor.summary', { failing, warnings: findings.filter(({ state }) => state === 'warning').length })}\n`)
    return failing > 0 ? exitCodes.failed : exitCodes.ok
  } catch (error) {
    const lines = describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return exitCodes.usage
  }
}
