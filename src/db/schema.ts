import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/**
 * All tables, in one readable file. Times are ISO 8601 in UTC. A JSON column is `unknown` here: the repository of its domain parses it
 * with the domain's schema. Ids are random text; numbers that belong to Proxmox (`vmid`) are Proxmox's own.
 */
const id = () => text().primaryKey()
const createdAt = () => text().notNull()
const json = () => text({ mode: 'json' }).$type<unknown>()
const bool = () => integer({ mode: 'boolean' })

/** One row: who we are towards Proxmox. A restored or second database has another id. */
export const installation = sqliteTable('installation', { id: id(), createdAt: createdAt() })

export const users = sqliteTable(
  'users',
  {
    id: id(),
    /** Lower case; the name people sign in with. */
    username: text().notNull(),
    displayName: text().notNull(),
    email: text(),
    studentNumber: text(),
    role: text({ enum: ['admin', 'teacher', 'assistant', 'student'] }).notNull(),
    source: text({ enum: ['local', 'ldap'] }).notNull(),
    /** The directory's stable id: a recycled name inherits nothing. */
    externalId: text(),
    passwordHash: text(),
    passwordMustChange: bool().notNull().default(false),
    state: text({ enum: ['active', 'disabled'] })
      .notNull()
      .default('active'),
    lastSignInAt: text(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('users_username_unique').on(table.username).where(sql`${table.source} = 'local'`),
    uniqueIndex('users_external_id_unique').on(table.source, table.externalId).where(sql`${table.externalId} is not null`),
    index('users_username_index').on(table.username),
  ],
)

export const sessions = sqliteTable(
  'sessions',
  {
    id: id(),
    userId: text()
      .notNull()
      .references(() => users.id),
    kind: text({ enum: ['browser', 'api'] }).notNull(),
    lastSeenAt: text().notNull(),
    expiresAt: text().notNull(),
    revokedAt: text(),
    address: text(),
    userAgent: text(),
    createdAt: createdAt(),
  },
  (table) => [index('sessions_user_index').on(table.userId)],
)

/** Keys of programs that act for a person; only a hash of the secret is kept. */
export const apiTokens = sqliteTable(
  'api_tokens',
  {
    id: id(),
    userId: text()
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** `read`: only what changes nothing. */
    scope: text({ enum: ['read', 'write'] }).notNull(),
    secretHash: text().notNull(),
    lastUsedAt: text(),
    expiresAt: text().notNull(),
    revokedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [index('api_tokens_user_index').on(table.userId)],
)

export const courses = sqliteTable('courses', {
  id: id(),
  name: text().notNull(),
  term: text().notNull(),
  timeZone: text().notNull(),
  state: text({ enum: ['active', 'archived'] })
    .notNull()
    .default('active'),
  createdBy: text().references(() => users.id),
  createdAt: createdAt(),
})

export const courseMembers = sqliteTable(
  'course_members',
  {
    courseId: text()
      .notNull()
      .references(() => courses.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    role: text({ enum: ['teacher', 'assistant', 'student'] }).notNull(),
    groupName: text(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.courseId, table.userId] }), index('course_members_user_index').on(table.userId)],
)

/** Uploaded files, content-addressed under UPLOADS_DIR. */
export const uploads = sqliteTable('uploads', {
  sha256: text().primaryKey(),
  fileName: text().notNull(),
  sizeBytes: integer().notNull(),
  /** What the archive holds, as read when it was accepted. */
  summary: json(),
  createdBy: text().references(() => users.id),
  createdAt: createdAt(),
})

export const exercises = sqliteTable(
  'exercises',
  {
    id: id(),
    courseId: text()
      .notNull()
      .references(() => courses.id),
    title: text().notNull(),
    state: text({ enum: ['draft', 'building', 'ready', 'published', 'failed', 'archived'] }).notNull(),
    currentRevisionId: text().references((): AnySQLiteColumn => exerciseRevisions.id),
    /** Checked on the untouched lab and on a solution, by the present revision. */
    isProven: bool().notNull().default(false),
    publishedUnproven: bool().notNull().default(false),
    /** Attempts, opening times and how results are shown. */
    rules: json().notNull(),
    errorCode: text(),
    errorDetails: json(),
    createdBy: text().references(() => users.id),
    publishedAt: text(),
    archivedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [index('exercises_course_index').on(table.courseId)],
)

/** An exercise that is held as an exam, or was. Its window, attempts and extra time are the rules of the exercise. */
export const exams = sqliteTable('exams', {
  exerciseId: text()
    .primaryKey()
    .references(() => exercises.id),
  state: text({ enum: ['on', 'off'] }).notNull(),
  /** Networks in prefix notation from which its students may use the pages while it runs; empty: every one. */
  addresses: json().notNull(),
  singleSession: bool().notNull(),
  /** Whom its end submits for. */
  collect: text({ enum: ['missing', 'everyone'] }).notNull(),
  switchedBy: text().references(() => users.id),
  switchedAt: text().notNull(),
  createdAt: createdAt(),
})

/** What one student has beyond the rules of an exercise: more time, more attempts. */
export const exerciseAllowances = sqliteTable(
  'exercise_allowances',
  {
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    extraMinutes: integer().notNull().default(0),
    extraAttempts: integer().notNull().default(0),
    createdBy: text().references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.exerciseId, table.userId] })],
)

/** Never changed once written: a new project, pre-configuration or criterion is a new revision. */
export const exerciseRevisions = sqliteTable(
  'exercise_revisions',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references((): AnySQLiteColumn => exercises.id),
    number: integer().notNull(),
    /** The exercise's canonical JSON. */
    definition: json().notNull(),
    sha256: text().notNull(),
    statement: text().notNull().default(''),
    projectSha256: text().references(() => uploads.sha256),
    baseTemplateVmid: integer(),
    createdBy: text().references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('exercise_revisions_number_unique').on(table.exerciseId, table.number)],
)

/** Values of `{ secret: NAME }`, encrypted with SECRET_KEY, which is not in the database. */
export const exerciseSecrets = sqliteTable(
  'exercise_secrets',
  {
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    name: text().notNull(),
    ciphertext: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.exerciseId, table.name] })],
)

/** The VMs an exercise revision was built into: one per node, or one on shared storage. */
export const templateVms = sqliteTable(
  'template_vms',
  {
    id: id(),
    exerciseRevisionId: text()
      .notNull()
      .references(() => exerciseRevisions.id),
    vmid: integer().notNull(),
    pveNode: text().notNull(),
    state: text({ enum: ['building', 'ready', 'failed', 'deleting', 'deleted'] }).notNull(),
    gns3ProjectId: text(),
    /** Devices and links with their GNS3 ids as recorded when it was built: what each clone is compared with. */
    lab: json(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('template_vms_vmid_unique').on(table.vmid), index('template_vms_revision_index').on(table.exerciseRevisionId)],
)

export const enrollments = sqliteTable(
  'enrollments',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    state: text({ enum: ['active', 'archived'] })
      .notNull()
      .default('active'),
    archivedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('enrollments_unique').on(table.exerciseId, table.userId), index('enrollments_user_index').on(table.userId)],
)

export const workVms = sqliteTable(
  'work_vms',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    /** `student`: of an enrollment; `try`: the teacher's own, for trying and proving. */
    purpose: text({ enum: ['student', 'try'] }).notNull(),
    enrollmentId: text().references(() => enrollments.id),
    exerciseRevisionId: text()
      .notNull()
      .references(() => exerciseRevisions.id),
    templateVmId: text().references(() => templateVms.id),
    vmid: integer(),
    pveNode: text(),
    state: text({
      enum: [
        'requested',
        'creating',
        'stopped',
        'queued',
        'starting',
        'ready',
        'stopping',
        'suspended',
        'hibernated',
        'failed',
        'binned',
        'deleting',
        'deleted',
      ],
    }).notNull(),
    /** As Proxmox has it configured, for admission. */
    memoryMb: integer(),
    /** Where its GNS3 was last found: a claim that was checked; cleared when it stops. */
    endpoint: json(),
    /** The address of its student that its firewall lets in (`direct`), from before the rule is written until after it is gone. */
    directAddress: text(),
    /** Secret text that its GNS3 must show, so that no other VM can stand in for it. */
    marker: text(),
    /** SSH host keys of the VM and its devices, by endpoint, as they were first seen; gone with the disk. */
    hostKeys: json(),
    /** What the lab is frozen for: a submission's id, `proof:…`, `ask:…`. */
    frozenFor: text(),
    errorCode: text(),
    errorDetails: json(),
    startedAt: text(),
    readyAt: text(),
    /** When it is put to sleep unless somebody uses it until then. */
    hibernatesAt: text(),
    deletedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('work_vms_live_unique')
      .on(table.exerciseId, table.userId, table.purpose)
      .where(sql`${table.state} not in ('deleted', 'deleting', 'binned')`),
    index('work_vms_user_index').on(table.userId),
    index('work_vms_exercise_index').on(table.exerciseId),
  ],
)

/** Every VM id we ever used. An id is never used again while this row says so. */
export const vmAllocations = sqliteTable('vm_allocations', {
  vmid: integer().primaryKey(),
  pveNode: text(),
  storage: text(),
  purpose: text({ enum: ['template', 'work', 'probe'] }).notNull(),
  /** The row it belongs to: template_vms.id or work_vms.id. */
  ownerId: text().notNull(),
  state: text({ enum: ['reserved', 'exists', 'released', 'leaked'] }).notNull(),
  releasedAt: text(),
  createdAt: createdAt(),
})

export const submissions = sqliteTable(
  'submissions',
  {
    id: id(),
    workVmId: text()
      .notNull()
      .references(() => workVms.id),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    exerciseRevisionId: text()
      .notNull()
      .references(() => exerciseRevisions.id),
    /** 1 for the first of this student in this exercise. */
    number: integer().notNull(),
    state: text({ enum: ['queued', 'evaluating', 'done', 'failed', 'cancelled'] }).notNull(),
    /** The one time that counts for deadlines. */
    acceptedAt: text().notNull(),
    /** The job that submitted at the end of an exam; null: the student himself. */
    collectedBy: text(),
    /** An attempt given back is not counted. */
    attemptUsed: bool().notNull().default(true),
    points: real(),
    maxPoints: real(),
    undecidedPoints: real(),
    errorCode: text(),
    errorDetails: json(),
    endedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('submissions_open_unique').on(table.workVmId).where(sql`${table.state} in ('queued', 'evaluating')`),
    index('submissions_user_index').on(table.userId, table.exerciseId),
    index('submissions_exercise_index').on(table.exerciseId),
  ],
)

/** One pass over the criteria. A broken one is kept; the one that counts is marked. */
export const evaluationRuns = sqliteTable(
  'evaluation_runs',
  {
    id: id(),
    /** `capture`: only configurations were read, before something that would lose them. */
    purpose: text({ enum: ['submission', 'proof', 'preview', 'regrade', 'capture'] }).notNull(),
    submissionId: text().references(() => submissions.id),
    workVmId: text().references(() => workVms.id),
    exerciseRevisionId: text()
      .notNull()
      .references(() => exerciseRevisions.id),
    /** For a proof: `untouched` or `solution`; for a capture: before what. */
    label: text(),
    engineVersion: text().notNull(),
    state: text({ enum: ['running', 'done', 'broken'] }).notNull(),
    isCounted: bool().notNull().default(false),
    /** What differs from the lab that was built. */
    integrity: json(),
    /** Configurations that could not be captured, each with its reason code. */
    missing: json(),
    points: real(),
    maxPoints: real(),
    undecidedPoints: real(),
    endedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('evaluation_runs_submission_index').on(table.submissionId),
    index('evaluation_runs_work_vm_index').on(table.workVmId, table.createdAt),
    uniqueIndex('evaluation_runs_counted_unique').on(table.submissionId).where(sql`${table.isCounted} = 1`),
  ],
)

export const criterionResults = sqliteTable(
  'criterion_results',
  {
    id: id(),
    evaluationRunId: text()
      .notNull()
      .references(() => evaluationRuns.id),
    criterionId: text().notNull(),
    position: integer().notNull(),
    verdict: text({ enum: ['pass', 'fail', 'inconclusive', 'skipped'] }).notNull(),
    reason: json().notNull(),
    points: real().notNull(),
    maxPoints: real().notNull(),
    attempts: integer().notNull(),
    passedAfterMs: integer(),
    /** What was read from the answers, one entry per readable round. */
    facts: json().notNull(),
    startedAt: text().notNull(),
    tookMs: integer().notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('criterion_results_unique').on(table.evaluationRunId, table.criterionId)],
)

/** A question and its answer. The bytes are content-addressed files under DATA_DIR/evidence. */
export const observations = sqliteTable(
  'observations',
  {
    id: id(),
    evaluationRunId: text()
      .notNull()
      .references(() => evaluationRuns.id),
    purpose: text({ enum: ['criterion', 'configuration'] }).notNull(),
    criterionId: text(),
    seq: integer().notNull(),
    device: text().notNull(),
    command: text().notNull(),
    startedAt: text().notNull(),
    tookMs: integer().notNull(),
    ended: text({ enum: ['prompt', 'timeout', 'closed', 'cut'] }).notNull(),
    exitCode: integer(),
    rawSha256: text().notNull(),
    textSha256: text().notNull(),
    /** Of a configuration: `running` or `saved`. */
    kind: text({ enum: ['running', 'saved'] }),
    createdAt: createdAt(),
  },
  (table) => [index('observations_run_index').on(table.evaluationRunId, table.seq)],
)

/** What a teacher decided about a criterion of a submission, or said about it. Rows are added, never changed: the last one counts. */
export const reviews = sqliteTable(
  'reviews',
  {
    id: id(),
    submissionId: text()
      .notNull()
      .references(() => submissions.id),
    /** null: a comment on the submission as a whole. */
    criterionId: text(),
    verdict: text({ enum: ['pass', 'fail', 'inconclusive', 'skipped'] }),
    points: real(),
    reason: text().notNull(),
    reviewedBy: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [index('reviews_submission_index').on(table.submissionId)],
)

/** Comments that staff of an exercise uses again. */
export const exerciseComments = sqliteTable(
  'exercise_comments',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    text: text().notNull(),
    createdBy: text()
      .notNull()
      .references(() => users.id),
    removedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [index('exercise_comments_exercise_index').on(table.exerciseId)],
)

/** A student asked for help; open until the student takes it back or staff came. */
export const helpRequests = sqliteTable(
  'help_requests',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    endedAt: text(),
    endedBy: text().references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('help_requests_open_unique').on(table.exerciseId, table.userId).where(sql`${table.endedAt} is null`)],
)

/** What staff says to everybody enrolled in an exercise; shown until it ends. */
export const classMessages = sqliteTable(
  'class_messages',
  {
    id: id(),
    exerciseId: text()
      .notNull()
      .references(() => exercises.id),
    text: text().notNull(),
    sentBy: text()
      .notNull()
      .references(() => users.id),
    endsAt: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('class_messages_exercise_index').on(table.exerciseId, table.endsAt)],
)

/** Our background work. The columns `step` and `data` are what a restart goes on from. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: id(),
    name: text().notNull(),
    /** One running job per key, such as `work-vm:ID`. */
    key: text().notNull(),
    payload: json().notNull(),
    data: json().notNull(),
    state: text({ enum: ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'] }).notNull(),
    priority: text({ enum: ['interactive', 'repair', 'batch'] }).notNull(),
    step: text(),
    progress: text(),
    attempts: integer().notNull().default(0),
    runAfter: text(),
    batchId: text(),
    courseId: text(),
    userId: text(),
    cancelRequestedAt: text(),
    errorCode: text(),
    errorDetails: json(),
    startedAt: text(),
    endedAt: text(),
    createdBy: text().references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [
    index('jobs_state_index').on(table.state),
    index('jobs_key_index').on(table.key),
    uniqueIndex('jobs_running_key_unique').on(table.key).where(sql`${table.state} = 'running'`),
  ],
)

export const jobSteps = sqliteTable(
  'job_steps',
  {
    jobId: text()
      .notNull()
      .references(() => jobs.id),
    name: text().notNull(),
    position: integer().notNull(),
    state: text({ enum: ['running', 'done', 'failed'] }).notNull(),
    attempts: integer().notNull().default(1),
    progress: text(),
    /** Lines for the administrator: Proxmox's task log among them. */
    log: text().notNull().default(''),
    startedAt: text().notNull(),
    endedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.name] })],
)

export const auditEvents = sqliteTable(
  'audit_events',
  {
    id: id(),
    actorId: text().references(() => users.id),
    onBehalfOf: text().references(() => users.id),
    action: text().notNull(),
    objectType: text().notNull(),
    objectId: text(),
    details: json(),
    address: text(),
    requestId: text(),
    createdAt: createdAt(),
  },
  (table) => [index('audit_events_time_index').on(table.createdAt)],
)

/** What an administrator holds back for now; a row while it lasts. */
export const pauses = sqliteTable('pauses', {
  what: text({ enum: ['clones'] }).primaryKey(),
  pausedBy: text()
    .notNull()
    .references(() => users.id),
  createdAt: createdAt(),
})

export const hostMetrics = sqliteTable(
  'host_metrics',
  {
    pveNode: text().notNull(),
    /** `raw` every two minutes, kept for two days; the means of its hours for two months, of its days for two years. */
    resolution: text({ enum: ['raw', 'hour', 'day'] }).notNull(),
    cpu: real().notNull(),
    memoryUsedMb: integer().notNull(),
    memoryTotalMb: integer().notNull(),
    runningVms: integer().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.pveNode, table.resolution, table.createdAt] })],
)

/** What each VM of ours used while it ran; resolutions as of the nodes. */
export const vmMetrics = sqliteTable(
  'vm_metrics',
  {
    vmid: integer().notNull(),
    resolution: text({ enum: ['raw', 'hour', 'day'] }).notNull(),
    pveNode: text().notNull(),
    cpu: real().notNull(),
    memoryUsedMb: integer().notNull(),
    memoryTotalMb: integer().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.vmid, table.resolution, table.createdAt] }), index('vm_metrics_time_index').on(table.createdAt)],
)

/** On which node a VM was put, or to which it was moved, why, and what came of it. */
export const placements = sqliteTable(
  'placements',
  {
    id: id(),
    /** `clone` and `template`: where a new VM was put; `balance` and `request`: a move, decided by the load or by an administrator. */
    kind: text({ enum: ['clone', 'template', 'balance', 'request'] }).notNull(),
    vmid: integer().notNull(),
    fromNode: text(),
    toNode: text().notNull(),
    /** Every node with its load, or why it was left out. */
    considered: json().notNull(),
    state: text({ enum: ['decided', 'done', 'failed'] }).notNull(),
    errorCode: text(),
    errorDetails: json(),
    endedAt: text(),
    createdBy: text().references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [index('placements_time_index').on(table.createdAt), index('placements_vmid_index').on(table.vmid)],
)

/** What was left behind on Proxmox: retried, shown, never forgotten. */
export const orphans = sqliteTable(
  'orphans',
  {
    id: id(),
    kind: text({ enum: ['volume', 'vm'] }).notNull(),
    pveNode: text().notNull(),
    storage: text(),
    volid: text(),
    vmid: integer().notNull(),
    state: text({ enum: ['open', 'freed', 'gone', 'adopted'] }).notNull(),
    tries: integer().notNull().default(0),
    lastError: text(),
    resolvedAt: text(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('orphans_volume_unique').on(table.pveNode, table.volid).where(sql`${table.state} = 'open'`)],
)
