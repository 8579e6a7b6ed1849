import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createAlerts, createWebhook } from './alerts/index.ts'
import {
  createApiTokensRepository,
  createApiTokensService,
  createAuthService,
  createProxmoxTickets,
  createSessionsRepository,
  type Directory,
} from './auth/index.ts'
import { createCaptures } from './captures/index.ts'
import { createClassroomRepository, createClassroomService } from './classroom/index.ts'
import { connectTelnet, loadPlatforms, openConsole, probePort } from './clients/console/index.ts'
import { createGns3 } from './clients/gns3/index.ts'
import type { Proxmox } from './clients/proxmox/index.ts'
import { connectVnc } from './clients/vnc/index.ts'
import { type Config, directoryGivesRoles } from './config.ts'
import { createCoursesRepository, createCoursesService } from './courses/index.ts'
import type { Db } from './db/index.ts'
import { createEnrollmentsRepository, createEnrollmentsService } from './enrollments/index.ts'
import type { Exercise } from './evaluation/index.ts'
import { createEvaluationsRepository, createEvidenceStore, createRunStore } from './evaluations/index.ts'
import { collectExamJob, createCollection, createExamsRepository, createExamsService } from './exams/index.ts'
import { type BaseTemplate, buildTemplateJob, createExercisesRepository, createExercisesService } from './exercises/index.ts'
import { requireFreeDisk, uploadPath } from './http/uploads.ts'
import { createJobRunner, createJobsRepository, type JobRunner, type RunnerHooks, raiseJobAlerts } from './jobs/index.ts'
import {
  createCheckedSince,
  createLabGuard,
  createLabHosts,
  createLabVisits,
  createOpenLines,
  createWatchGrants,
} from './lab-guard/index.ts'
import { type Clock, isoNow } from './lib/clock.ts'
import { createEventBus } from './lib/events.ts'
import { createLimiter } from './lib/limiter.ts'
import { createSecretBox } from './lib/secret-box.ts'
import { createSignal } from './lib/signal.ts'
import { createScreensService } from './screens/index.ts'
import { createTranslator } from './strings/index.ts'
import {
  createAskNow,
  createCommentBank,
  createCommentBankRepository,
  createLabEvaluator,
  createProofsService,
  createRegradesService,
  createSubmissionsRepository,
  createSubmissionsService,
  evaluateSubmissionJob,
  proveExerciseJob,
} from './submissions/index.ts'
import { createTerminalsService } from './terminals/index.ts'
import {
  createAuditRepository,
  createPersonalDataRepository,
  createPersonalDataService,
  createUsersRepository,
  createUsersService,
} from './users/index.ts'
import {
  createAddressFinder,
  createClonePause,
  createGns3Ui,
  createHostAddresses,
  createHostMetrics,
  createHostMetricsRepository,
  createIsolationCheck,
  createLabConsoles,
  createLabLink,
  createOrphanCollector,
  createPlacements,
  createPlacementsRepository,
  createProxmoxWatch,
  createReconciler,
  createStorageGauge,
  createVmLedger,
  createVmsRepository,
  type Endpoint,
  firewallOf,
  ownAddresses,
  staticAddress,
} from './vms/index.ts'
import {
  createClassLabs,
  createClassSchedule,
  createDirectAccess,
  createIdleLabs,
  createLabDevices,
  createLabWatch,
  createMoves,
  createPowerWatch,
  createStudentPower,
  createVmOwners,
  createWorkVmJob,
  createWorkVmsRepository,
  createWorkVmsService,
  deleteExerciseVmsJob,
  deleteWorkVmJob,
  freeConsoleJob,
  isolationOf,
  migrateWorkVmJob,
  resetWorkVmJob,
  restartDeviceJob,
  restoreDeviceJob,
  startWorkVmJob,
  stopWorkVmJob,
  type WorkVmJobParts,
  type WorkVmRow,
} from './work-vms/index.ts'

export interface ServicesOptions {
  readonly config: Config
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly proxmox: Proxmox
  readonly directory: Directory | null
  readonly secrets: { readonly session: string; readonly secretKey: string }
  /** The sandbox's endpoints, where VMs have no address of their own. */
  readonly sandboxEndpoints?: (vmid: number) => Promise<Endpoint | null>
  /** Called around every persisted step of a job; tests kill the process here. */
  readonly hooks?: RunnerHooks
}

export const inventoryFolder = fileURLToPath(new URL('../inventory/', import.meta.url))
const submissionsPerMinute = 6
/** Discard: no firewall of a lab lets it in, and what drops it answers nothing. */
const closedPort = 9
const probeMs = 3_000
const networkOf = (config: Config) => (config.LAB_ADDRESSES.kind === 'cloud-init' ? config.LAB_ADDRESSES.network : null)

/** Hosts whose addresses no lab may claim: this server's own, and those of the systems it trusts. */
function forbiddenHosts(config: Config): string[] {
  const hosts = [...config.PROXMOX_URL, ...config.LDAP_URL, config.PUBLIC_URL].flatMap((address) =>
    URL.canParse(address) ? [new URL(address).hostname] : [],
  )
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
  return [config.HOST, ...own, ...hosts.map((host) => host.replace(/^\[|\]$/g, ''))]
}

/** Everything but HTTP: repositories, gateways, services and jobs, wired together. The one place that knows them all. */
export function createServices(options: ServicesOptions) {
  const { config, db, clock, log, proxmox, directory } = options
  const translate = createTranslator()
  const moduleLog = (module: string) => log.child({ module })
  const events = createEventBus(clock.now())
  const audit = createAuditRepository(db, clock)
  const jobsRepository = createJobsRepository(db)
  const platforms = loadPlatforms(join(inventoryFolder, 'platforms'), { commandMs: config.COMMAND_TIMEOUT_SECONDS * 1_000 })
  const secrets = createSecretBox(options.secrets.secretKey, config.SECRET_KEY_PREVIOUS)
  const evidence = createEvidenceStore(join(config.DATA_DIR, 'evidence'))
  const evaluations = createEvaluationsRepository(db)

  // the runner needs the jobs, the jobs need the services, the services need to enqueue
  const late: { runner?: JobRunner } = {}
  const runnerOf = (): JobRunner => {
    if (!late.runner) throw new Error('a job is enqueued before the runner exists')
    return late.runner
  }
  const jobs: Pick<JobRunner, 'enqueue' | 'cancel' | 'retry'> = {
    enqueue: (...args) => runnerOf().enqueue(...args),
    cancel: (id) => runnerOf().cancel(id),
    retry: (id) => runnerOf().retry(id),
  }

  const accessEnded = createSignal((error) => moduleLog('auth').error({ err: error }, 'what is open could not be looked at again'))
  const sessions = createSessionsRepository(db, accessEnded.emit)
  const apiTokens = createApiTokensService({ repository: createApiTokensRepository(db, accessEnded.emit), audit, clock })
  const usersRepository = createUsersRepository(db)
  const personalData = createPersonalDataService({
    ...{ repository: createPersonalDataRepository(db), users: usersRepository, audit, clock, retentionDays: config.RETENTION_DAYS },
  })
  const users = createUsersService({
    repository: usersRepository,
    clock,
    audit,
    directoryGivesRoles: directoryGivesRoles(config),
    onAccessChanged: (userId) => {
      sessions.revokeAll(userId, isoNow(clock), '')
      apiTokens.revokeAll(userId)
    },
  })
  const tickets =
    config.PROXMOX_USER_TICKETS && config.PROXMOX_USER_REALM !== undefined
      ? createProxmoxTickets({
          ...{ proxmox, clock, log: moduleLog('auth'), realm: config.PROXMOX_USER_REALM },
          isSignedIn: (userId) => sessions.countOpen(userId, isoNow(clock)) > 0,
        })
      : null
  const auth = createAuthService({
    ...{ users, sessions, tokens: apiTokens, directory, audit, clock, secret: options.secrets.session },
    onDirectorySignIn: ({ id, username, role }, password) => {
      if (role === 'student') tickets?.remember(id, username, password)
    },
  })
  if (tickets) accessEnded.subscribe(tickets.forgetOld)
  const courses = createCoursesService({
    ...{ repository: createCoursesRepository(db), audit, clock },
    ...{ defaultTimeZone: config.TIME_ZONE, onAccessChanged: accessEnded.emit },
  })

  async function listBaseTemplates(): Promise<readonly BaseTemplate[]> {
    const vms = await proxmox.resources('vm')
    return config.PROXMOX_BASE_TEMPLATES.flatMap((group) => {
      const copies = group.flatMap((id) => {
        const vm = vms.find(({ vmid, template }) => vmid === id && template)
        return vm?.node === undefined ? [] : [{ vmid: id, node: vm.node, name: vm.name ?? String(id) }]
      })
      // known by the first of the group, also while that one's node is lost and another copy is used
      const [first] = copies
      return first === undefined ? [] : [{ vmid: group[0] ?? first.vmid, name: first.name, node: first.node, copies }]
    })
  }

  const exercisesRepository = createExercisesRepository(db)
  const exercises = createExercisesService({
    repository: exercisesRepository,
    courses,
    audit,
    jobs,
    events,
    clock,
    secrets,
    listBaseTemplates,
    uploadPath: (sha256) => uploadPath(config.UPLOADS_DIR, sha256),
  })
  const workVms = createWorkVmsService({
    repository: createWorkVmsRepository(db),
    exercises,
    jobs,
    jobsRepository,
    events,
    audit,
    clock,
    limits: { perStudent: config.LAB_MAX_PER_STUDENT, binDays: config.BIN_DAYS },
  })
  const idleLabs = createIdleLabs({ workVms, clock, idleMinutes: config.LAB_IDLE_MINUTES })
  const classLabs = createClassLabs({ exercises, workVms, jobs, jobsRepository, audit })
  const enrollments = createEnrollmentsService({
    repository: createEnrollmentsRepository(db),
    exercises,
    courses,
    users,
    workVms,
    directory,
    audit,
    clock,
    translate,
  })
  const submissionsRepository = createSubmissionsRepository(db)
  const submissions = createSubmissionsService({
    repository: submissionsRepository,
    evaluations,
    exercises,
    workVms,
    jobs,
    events,
    audit,
    clock,
    perMinute: submissionsPerMinute,
    requireFreeDisk: () => requireFreeDisk(config.DATA_DIR),
    noteUse: idleLabs.note,
  })
  const commentBank = createCommentBank({ repository: createCommentBankRepository(db), submissions, clock })
  const examsRepository = createExamsRepository(db)
  const collection = createCollection({ exercises, enrollments, submissions, workVms, clock })
  const exams = createExamsService({
    repository: examsRepository,
    exercises,
    collection,
    auth,
    jobs,
    jobsRepository,
    audit,
    clock,
  })
  const regrades = createRegradesService({ evaluations, evidence, exercises, submissions, audit, clock })
  const classroom = createClassroomService({ repository: createClassroomRepository(db), exercises, enrollments, events, audit, clock })
  const proofs = createProofsService({ evaluations, exercises, workVms, jobs, audit })

  const vmsRepository = createVmsRepository(db)
  const ledger = createVmLedger({
    repository: vmsRepository,
    clock,
    range: { from: config.PROXMOX_VMID_MIN, to: config.PROXMOX_VMID_MAX },
  })
  const placements = createPlacements({ repository: createPlacementsRepository(db), clock })
  const clonePause = createClonePause(db, clock)
  const gns3Log = moduleLog('gns3')
  const credentials =
    config.GNS3_USERNAME !== undefined && config.GNS3_PASSWORD !== undefined
      ? { username: config.GNS3_USERNAME, password: config.GNS3_PASSWORD }
      : undefined
  const gns3Ui = createGns3Ui(join(config.DATA_DIR, 'gns3-ui'))
  const labLink = createLabLink({
    proxmox,
    addresses: createAddressFinder({
      mode: config.LAB_ADDRESSES,
      proxmox,
      networks: config.LAB_NETWORKS,
      forbidden: createHostAddresses({ hosts: forbiddenHosts(config), log: moduleLog('vms') }),
      gns3Port: config.GNS3_PORT,
      clock,
      firstVmid: config.PROXMOX_VMID_MIN,
      ...(options.sandboxEndpoints ? { sandboxEndpoints: options.sandboxEndpoints } : {}),
      ...(config.SANDBOX ? { pollMs: 1_000 } : {}),
    }),
    connectGns3: (endpoint, signal) =>
      createGns3({ ...endpoint, credentials, clock, log: gns3Log, signal, consolePorts: config.GNS3_CONSOLE_PORTS }),
  })
  const labWatch = createLabWatch({ exercises, workVms, labLink, clock, log: moduleLog('labs'), isSandbox: config.SANDBOX })
  const labDevices = createLabDevices({ workVms, exercises, labWatch, evaluations, jobs, jobsRepository, audit })
  const consoles = createLabConsoles({ platforms, openConsole, connectTelnet, connectVnc, clock, log: moduleLog('console') })

  const acceptedAt = (submissionId: string): number | null => {
    const submission = submissionsRepository.find(submissionId)
    return submission ? Date.parse(submission.acceptedAt) : null
  }
  const checkedSince = createCheckedSince({ workVms, acceptedAt, clock })
  const watchGrants = createWatchGrants({ audit, clock, action: 'work-vm.watch' })
  const consoleGrants = createWatchGrants({ audit, clock, action: 'work-vm.console' })
  const labHosts = createLabHosts({ pattern: config.LAB_HOST_PATTERN, publicUrl: config.PUBLIC_URL, isSandbox: config.SANDBOX })
  const labVisits = createLabVisits(clock)
  const labGuard = createLabGuard({ workVms, exercises, labLink, watchGrants, isOpen: auth.isOpen })
  const openLines = createOpenLines({ events })
  const terminals = createTerminalsService({
    noteUse: idleLabs.note,
    guard: labGuard,
    ...{ workVms, exercises, labWatch, consoles, events, checkedSince, clock, translate },
    log: moduleLog('terminals'),
  })
  const screens = createScreensService({
    ...{ workVms, exercises, labWatch, guard: labGuard, consoleGrants, consoles, proxmox, openLines, events, checkedSince, clock },
    ...{ ledger, isOpen: auth.isOpen, noteUse: idleLabs.note, translate, log: moduleLog('screens') },
  })
  accessEnded.subscribe(terminals.recheck)
  accessEnded.subscribe(openLines.recheck)
  const captures = createCaptures({
    folder: join(config.DATA_DIR, 'captures'),
    ...{ guard: labGuard, labLink, workVms, events, noteUse: idleLabs.note, clock },
    requireFreeDisk: () => requireFreeDisk(config.DATA_DIR),
    log: moduleLog('captures'),
  })

  const askNow = createAskNow({ exercises, workVms, labLink, platforms, clock, log: moduleLog('console') })
  const budgetMs = config.EVALUATION_TIMEOUT_MINUTES * 60_000
  const runs = createRunStore({ repository: evaluations, evidence, clock })
  const evaluateLab = createLabEvaluator({
    exercises,
    workVms,
    evaluations,
    runs,
    labDevices,
    labLink,
    platforms,
    events,
    clock,
    limiter: createLimiter({
      clock,
      ruleOf: () => ({ start: config.EVALUATION_CONCURRENCY, min: config.EVALUATION_CONCURRENCY, max: config.EVALUATION_CONCURRENCY }),
    }),
    budgetMs,
    maxConsoles: config.EVALUATION_CONSOLES,
  })

  const isolation = {
    serverAddresses: config.LAB_SERVER_ADDRESSES.length > 0 ? config.LAB_SERVER_ADDRESSES : ownAddresses(),
    gns3Port: config.GNS3_PORT,
    consolePorts: config.GNS3_CONSOLE_PORTS,
  }
  const isolationCheck = createIsolationCheck({
    proxmox,
    // the sandbox filters no packets: there a knock says nothing about rules
    knock: config.SANDBOX ? null : (host) => probePort({ host, port: closedPort, waitMs: probeMs }),
    clock,
    log: moduleLog('vms'),
  })
  const labFirewall = (wanted: Exercise['network'], direct: string | null = null) => firewallOf(wanted, isolation, direct)
  const directAccess = createDirectAccess({
    ...{ workVms, exercises, proxmox, firewallOf: labFirewall, serverAddresses: isolation.serverAddresses, isInExam: exams.isSitting },
    log: moduleLog('work-vms'),
  })
  const network = networkOf(config)
  const prefixLength = network?.split('/')[1] ?? ''
  const storageGauge = createStorageGauge({ proxmox, clock })
  const vmParts: WorkVmJobParts = {
    workVms,
    exercises,
    proxmox,
    ledger,
    placements,
    labLink,
    consoles,
    platforms,
    runs,
    storageGauge,
    clonePause,
    evaluations,
    evidence,
    clock,
    allowedNodes: config.PROXMOX_NODES,
    idleEnd: idleLabs.end,
    directAccess,
    limits: { maxRunning: config.LAB_MAX_RUNNING, memoryReserveMb: config.LAB_MEMORY_RESERVE_MB },
    studentPower: tickets
      ? createStudentPower({
          ...{ proxmox, tickets, audit, isInExam: exams.isSitting },
          directoryNameOf: (userId) => {
            const user = users.find(userId)
            return user?.source === 'ldap' ? user.username : null
          },
        })
      : null,
    cloudInitAddress:
      network === null
        ? null
        : (vmid) => {
            const address = staticAddress(network, vmid - config.PROXMOX_VMID_MIN)
            return address === undefined ? undefined : `${address}/${prefixLength}`
          },
  }
  const startAgain = (workVmId: string, from: string | undefined) => {
    const workVm = workVms.get(workVmId)
    jobs.enqueue(
      'start-work-vm',
      { workVmId, from },
      { priority: 'interactive', userId: workVm.userId, courseId: exercises.get(workVm.exerciseId).courseId },
    )
  }
  const runner = createJobRunner({
    repository: jobsRepository,
    definitions: [
      buildTemplateJob({
        exercises,
        repository: exercisesRepository,
        proxmox,
        ledger,
        placements,
        jobs,
        labLink,
        consoles,
        clock,
        storage: config.PROXMOX_STORAGE,
        firewallOf: labFirewall,
        gns3Ui,
      }),
      createWorkVmJob(vmParts),
      startWorkVmJob(vmParts),
      stopWorkVmJob(vmParts),
      resetWorkVmJob(vmParts, startAgain),
      deleteWorkVmJob(vmParts),
      restartDeviceJob(vmParts),
      freeConsoleJob(vmParts),
      restoreDeviceJob(vmParts),
      migrateWorkVmJob(vmParts),
      deleteExerciseVmsJob({ ...vmParts, repository: exercisesRepository }),
      evaluateSubmissionJob({ submissions, workVms, runs, evaluateLab, budgetMs, clock }),
      proveExerciseJob({ exercises, workVms, evaluations, evaluateLab, budgetMs }),
      collectExamJob({ repository: examsRepository, collection, exercises, submissions, workVms, jobsRepository, clock }),
    ],
    clock,
    log: moduleLog('jobs'),
    publish: events.publish,
    ...(options.hooks ? { hooks: options.hooks } : {}),
  })
  late.runner = runner

  const webhook = createWebhook({
    ...{ url: config.ALERT_WEBHOOK_URL ?? null, publicUrl: config.PUBLIC_URL, clock, translate, log: moduleLog('alerts') },
  })
  const alerts = createAlerts({ clock, log: moduleLog('alerts'), tell: webhook.tell })
  raiseJobAlerts({ events, jobs: jobsRepository, alerts, translate })

  const freeOrphans = createOrphanCollector({ repository: vmsRepository, proxmox, clock, log: moduleLog('vms') })
  const hostMetrics = createHostMetrics({
    proxmox,
    repository: createHostMetricsRepository(db),
    clock,
    isOurs: (vmid) => ledger.find(vmid) !== undefined,
    log: moduleLog('vms'),
  })
  const watchProxmox = createProxmoxWatch({ proxmox, gauge: storageGauge, repository: vmsRepository, alerts, log: moduleLog('vms') })
  const reconciler = createReconciler({
    repository: vmsRepository,
    proxmox,
    ledger,
    clock,
    range: { from: config.PROXMOX_VMID_MIN, to: config.PROXMOX_VMID_MAX },
    ownerOf: createVmOwners({ workVms: { find: workVms.lookUp }, exercises: exercisesRepository, jobs: jobsRepository }),
    freeOrphans,
    log: moduleLog('vms'),
  })
  const classSchedule = createClassSchedule({ exercises, workVms, clock, log: moduleLog('work-vms') })
  const watchPower = createPowerWatch({ workVms, exercises, ledger, proxmox, log: moduleLog('work-vms') })
  const moves = createMoves({
    ...{ workVms, exercises, proxmox, placements, jobs, audit, clock },
    allowedNodes: config.PROXMOX_NODES,
    isAutomatic: config.PROXMOX_BALANCE,
    log: moduleLog('work-vms'),
  })

  return {
    config,
    db,
    clock,
    log,
    translate,
    events,
    accessEnded,
    audit,
    jobs: runner,
    jobsRepository,
    users,
    personalData,
    auth,
    apiTokens,
    courses,
    exercises,
    workVms,
    classLabs,
    idleLabs,
    classSchedule,
    watchPower,
    directAccess,
    isolationOf: (workVm: WorkVmRow) => isolationOf({ exercises, check: isolationCheck, firewallOf: labFirewall }, workVm),
    moves,
    placements,
    clonePause,
    reconciler,
    watchProxmox,
    hostMetrics,
    alerts,
    webhook,
    enrollments,
    submissions,
    commentBank,
    exams,
    classroom,
    proofs,
    askNow,
    regrades,
    evaluations,
    evidence,
    ledger,
    gns3Ui,
    labLink,
    labWatch,
    labDevices,
    terminals,
    screens,
    watchGrants,
    consoleGrants,
    labHosts,
    labVisits,
    labGuard,
    openLines,
    captures,
    platforms,
    secrets,
    proxmox,
    directory,
  }
}

export type Services = ReturnType<typeof createServices>
