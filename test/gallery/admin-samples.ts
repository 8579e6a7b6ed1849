import type { GallerySample } from '../../src/http/gallery.routes.ts'
import { emptyForm, type PageModels } from '../../src/http/page-context.ts'
import type { JobRow } from '../../src/jobs/jobs.views.ts'
import type { UserRow } from '../../src/users/users.views.ts'
import { contextOf, visitor } from './contexts.ts'
import { startingSteps, step } from './lab-samples.ts'

/** Which part of the product a page of the administrator hangs in, where it is not the status. */
const parts: Partial<Record<keyof PageModels, string>> = {
  'jobs/list.njk': '/admin/jobs',
  'jobs/show.njk': '/admin/jobs',
  'users/list.njk': '/admin/users',
  'users/show.njk': '/admin/users',
  'users/audit.njk': '/admin/audit',
}

const asAdmin = <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
  id,
  view,
  model,
  context: contextOf('admin', parts[view]),
})
const asVisitor = <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
  id,
  view,
  model,
  context: visitor,
})

const job = (rest: Partial<JobRow>): JobRow => ({
  id: '8812',
  name: 'create-work-vm',
  state: 'running',
  subject: 'Static routing · Ana Silva',
  subjectHref: '/exercises/5',
  attempts: 1,
  createdAt: '2026-11-22T14:00:00Z',
  startedAt: '2026-11-22T14:00:01Z',
  endedAt: null,
  errorMessage: null,
  ...rest,
})

const failed = job({
  id: '8790',
  name: 'start-work-vm',
  state: 'failed',
  attempts: 3,
  endedAt: '2026-11-22T13:40:00Z',
  errorMessage: 'The VM got no network address in time.',
})
const counts = { queued: 2, running: 3, waiting: 1, done: 214, failed: 1, cancelled: 0 }

const user = (rest: Partial<UserRow>): UserRow => ({
  id: '11',
  username: 'ana',
  name: 'Ana Silva',
  email: 'ana@example.org',
  role: 'student',
  origin: 'local',
  isActive: true,
  createdAt: '2026-09-01T09:00:00Z',
  lastSeenAt: '2026-11-22T14:00:00Z',
  ...rest,
})

const error = (status: number, code: string, message: string): PageModels['errors/show.njk'] => ({
  status,
  error: { code, message, tried: null, reference: 'req-1k' },
  problems: [],
  backHref: null,
})

export const adminSamples: readonly GallerySample[] = [
  asVisitor('sign-in', 'auth/sign-in.njk', {
    form: emptyForm,
    next: '/',
    isInterrupted: false,
    mode: 'local',
    demoAccounts: [
      { username: 'ana', password: 'demo', name: 'Ana Silva', role: 'student' },
      { username: 'helena', password: 'demo', name: 'Helena Duarte', role: 'teacher' },
      { username: 'rui', password: 'demo', name: 'Rui Costa', role: 'assistant' },
      { username: 'miguel', password: 'demo', name: 'Miguel Reis', role: 'admin' },
    ],
  }),
  asVisitor('sign-in-refused', 'auth/sign-in.njk', {
    form: { values: { username: 'ana' }, problems: [], message: 'The user name or the password is not right. Check both and try again.' },
    next: '/',
    isInterrupted: false,
    mode: 'ldap',
    demoAccounts: [],
  }),
  asVisitor('sign-in-interrupted', 'auth/sign-in.njk', {
    form: emptyForm,
    next: '/work-vms/lab7/submissions',
    isInterrupted: true,
    mode: 'local',
    demoAccounts: [],
  }),
  {
    id: 'password-forced',
    view: 'auth/password.njk',
    model: {
      form: { values: {}, problems: [{ field: 'repeat', message: 'The two are not the same.' }], message: null },
      next: '/',
      isForced: true,
      minLength: 10,
    } satisfies PageModels['auth/password.njk'],
    context: contextOf('student'),
  },
  asAdmin('users', 'users/list.njk', {
    users: [
      user({}),
      user({ id: '2', username: 'helena', name: 'Prof. Helena Duarte', role: 'teacher', origin: 'ldap', email: null }),
      user({ id: '9', username: 'old', name: 'Old Account', isActive: false, lastSeenAt: null }),
    ],
    query: '',
    role: null,
    nextHref: '/admin/users?cursor=9',
    form: emptyForm,
    oneTimePasswords: [],
  }),
  asAdmin('users-empty', 'users/list.njk', {
    users: [],
    query: 'zzz',
    role: 'student',
    nextHref: null,
    form: emptyForm,
    oneTimePasswords: [{ username: 'nova', name: 'Nova Pessoa', password: 'cedar-ripple-92-walnut' }],
  }),
  asAdmin('audit', 'users/audit.njk', {
    rows: [
      {
        ...{ at: '2026-11-22T14:00:00Z', actor: 'teresa', behalf: 'ana', action: 'submission.override', object: 'submission 7k2m' },
        ...{ details: '{"criterionId":"pc1-reaches-srv","verdict":"pass","reason":"The cable was pulled by us."}', address: '192.0.2.7' },
      },
      {
        ...{ at: '2026-11-22T13:58:00Z', actor: null, behalf: null, action: 'session.refused', object: 'user' },
        ...{ details: '{"username":"root"}', address: '2001:db8::7' },
      },
    ],
    actions: ['session.refused', 'submission.override'],
    filter: { action: '', user: '', from: '2026-11-01', to: '' },
    nextHref: '/admin/audit?before=1',
    exportHref: '/admin/audit.csv',
  }),
  asAdmin('audit-empty', 'users/audit.njk', {
    rows: [],
    actions: [],
    filter: { action: '', user: 'nobody', from: '', to: '' },
    nextHref: null,
    exportHref: '/admin/audit.csv',
  }),
  asAdmin('user', 'users/show.njk', {
    user: user({}),
    courses: [{ id: '1', title: 'Networks I', role: 'student' }],
    sessions: 2,
    isSelf: false,
    form: emptyForm,
    oneTimePassword: null,
  }),
  asAdmin('jobs', 'jobs/list.njk', {
    jobs: [job({}), job({ id: '8811', name: 'build-template', state: 'waiting', subjectHref: null }), failed],
    counts,
    state: null,
    nextHref: '/admin/jobs?cursor=1',
    clonesPausedAt: null,
  }),
  asAdmin('jobs-empty', 'jobs/list.njk', {
    jobs: [],
    counts: { ...counts, cancelled: 0 },
    state: 'cancelled',
    nextHref: null,
    clonesPausedAt: '2026-11-22T13:00:00Z',
  }),
  asAdmin('job-running', 'jobs/show.njk', {
    job: job({}),
    steps: startingSteps,
    tasks: [
      {
        upid: 'UPID:pve1:000B2F11:0A1B2C3D:6921C1B0:qmclone:20014:netpraxis@pve!token:',
        node: 'pve1',
        type: 'qmclone',
        startedAt: '2026-11-22T14:00:02Z',
        endedAt: null,
        exit: null,
        outcome: 'running',
        log: [{ text: 'create linked clone of drive scsi0 (local-lvm:base-20014-disk-0)', isWarning: false }],
      },
    ],
    error: null,
    may: { retry: false, cancel: true },
  }),
  asAdmin('job-failed', 'jobs/show.njk', {
    job: failed,
    steps: [
      step('start', 'Starting the VM', { state: 'done', tookMs: 6100, log: ['TASK OK'] }),
      step('address', 'Waiting for an address', {
        state: 'failed',
        tookMs: 120_000,
        errorMessage: 'The VM got no network address in time.',
      }),
    ],
    tasks: [
      {
        upid: 'UPID:pve1:000B2F12:0A1B2C3D:6921C1B0:qmdestroy:20044:netpraxis@pve!token:',
        node: 'pve1',
        type: 'qmdestroy',
        startedAt: '2026-11-22T13:39:02Z',
        endedAt: '2026-11-22T13:39:12Z',
        exit: 'OK',
        outcome: 'warnings',
        log: [
          { text: 'destroy VM 20044', isWarning: false },
          { text: "Could not remove disk 'local-lvm:vm-20044-disk-0', check manually: lvremove failed", isWarning: true },
          { text: 'TASK OK', isWarning: false },
        ],
      },
    ],
    error: { code: 'LAB_ADDRESS_MISSING', message: 'The VM got no network address in time.' },
    may: { retry: true, cancel: false },
  }),
  asAdmin('status', 'jobs/status.njk', {
    alerts: [{ text: 'The Proxmox node pve2 is offline; its labs cannot be reached.', since: '2026-11-22T13:55:00Z' }],
    items: [
      { id: 'proxmox', label: 'Proxmox', state: 'ok', detail: 'Two nodes answer in 14 ms', since: '2026-11-20T08:00:00Z' },
      { id: 'gns3', label: 'GNS3 in the labs', state: 'warning', detail: '11 of 12 answer', since: '2026-11-22T13:50:00Z' },
      {
        id: 'disk',
        label: 'Disk',
        state: 'failing',
        detail: '8 % free: no uploads and no submissions are accepted',
        since: '2026-11-22T14:00:00Z',
      },
      { id: 'ldap', label: 'Directory', state: 'unknown', detail: 'Not configured', since: null },
    ],
    hosts: [
      { name: 'pve1', isOnline: true, cpu: 0.42, memory: 0.91, storage: 0.55, runningVms: 9 },
      { name: 'pve2', isOnline: false, cpu: null, memory: null, storage: null, runningVms: 0 },
    ],
    loads: [
      {
        ...{ name: 'pve1', highestCpu: 0.82, highestMemory: 0.91, highestVms: 11 },
        cpuLine: 'M0 50L60 42L120 20L150 12L200 30L300 35',
        memoryLine: 'M0 30L60 28L120 10L160 6M220 8L300 9',
      },
    ],
    labs: { ready: 12, starting: 2, queued: 1, limit: 40 },
    jobs: counts,
    recentFailures: [failed],
    version: '0.1.0',
    startedAt: '2026-11-20T08:00:00Z',
  }),
  asAdmin('account', 'auth/account.njk', {
    sessions: [
      {
        ...{
          name: '0011223344556677',
          isThis: true,
          kind: 'browser',
          address: '192.0.2.17',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
        },
        ...{ lastSeenAt: '2026-11-22T14:00:00Z', createdAt: '2026-11-22T08:00:00Z' },
      },
      {
        ...{ name: '8899aabbccddeeff', isThis: false, kind: 'api', address: '2001:db8::7', userAgent: null },
        ...{ lastSeenAt: '2026-11-21T19:12:00Z', createdAt: '2026-11-21T19:00:00Z' },
      },
    ],
    tokens: [
      { id: '1', name: 'Grades to the study office', scope: 'read', lastUsedAt: '2026-11-22T02:00:00Z', expiresAt: '2027-02-01T00:00:00Z' },
      { id: '2', name: 'Nightly proof', scope: 'write', lastUsedAt: null, expiresAt: '2026-12-01T00:00:00Z' },
    ],
    newToken: 'npx_0123456789abcdef_sample-sample-sample-sample-sample-sample-x',
    mayAdd: true,
    form: emptyForm,
  }),
  asAdmin('reconcile', 'vms/reconcile.njk', {
    lookedAt: '2026-11-22T14:00:00Z',
    isLooking: false,
    fault: null,
    unread: ['pve3', 'pve2/backup'],
    findings: [
      { kind: 'vm-left', vmid: 20_014, node: 'pve1', name: 'lab-20014', action: 'delete' },
      { kind: 'vm-unknown', vmid: 20_051, node: 'pve2', name: 'lab-20051', action: 'adopt' },
      { kind: 'vm-ownerless', vmid: 20_052, node: 'pve2', name: 'lab-20052', action: 'remove' },
      { kind: 'vm-foreign', vmid: 20_099, node: 'pve1', name: 'my <test> & more', action: null },
      {
        kind: 'volume-left',
        vmid: 20_009,
        node: 'pve1',
        name: 'lab:900/base-900-disk-0.qcow2/20009/vm-20009-disk-0.qcow2',
        action: 'free',
      },
    ],
    range: { from: 20_000, to: 20_999 },
  }),
  asAdmin('reconcile-never', 'vms/reconcile.njk', {
    ...{
      lookedAt: null,
      isLooking: true,
      fault: 'Proxmox does not answer.',
      unread: [],
      findings: [],
      range: { from: 20_000, to: 20_999 },
    },
  }),
  asAdmin('configuration', 'jobs/configuration.njk', {
    problems: 1,
    groups: [
      {
        id: 'server',
        settings: [
          {
            ...{ name: 'PUBLIC_URL', state: 'given', isSecret: false, value: 'https://praxis.example.org' },
            ...{ explanation: 'Where browsers reach the server.', problem: null },
          },
          {
            ...{ name: 'TLS_KEY_FILE', state: 'given', isSecret: false, value: '/etc/netpraxis/key.pem' },
            ...{ explanation: 'Key of that certificate.', problem: 'There is no file /etc/netpraxis/key.pem.' },
          },
          { name: 'SESSION_SECRET', state: 'given', isSecret: true, value: null, explanation: 'Signs the sessions.', problem: null },
        ],
      },
      {
        id: 'proxmox',
        settings: [
          {
            ...{ name: 'PROXMOX_VMID_MIN', state: 'default', isSecret: false, value: '20000' },
            ...{ explanation: 'First number of a VM that is ours.', problem: null },
          },
          { name: 'PROXMOX_CA_FILE', state: 'none', isSecret: false, value: null, explanation: 'Certificates.', problem: null },
        ],
      },
    ],
  }),
  asAdmin('configuration-fine', 'jobs/configuration.njk', { problems: 0, groups: [] }),
  asAdmin('status-calm', 'jobs/status.njk', {
    alerts: [],
    items: [],
    hosts: [],
    loads: [],
    labs: { ready: 0, starting: 0, queued: 0, limit: null },
    jobs: counts,
    recentFailures: [],
    version: '0.1.0',
    startedAt: '2026-11-20T08:00:00Z',
  }),
  asAdmin(
    'error-404',
    'errors/show.njk',
    error(404, 'NOT_FOUND', 'There is nothing here, or it is not yours to see. Go back to the start page to find what you may open.'),
  ),
  asVisitor(
    'error-403',
    'errors/show.njk',
    error(403, 'FORBIDDEN', 'Your account may not do this. If you think it should, ask your teacher or the administrator.'),
  ),
  asAdmin('error-409', 'errors/show.njk', {
    ...error(409, 'LAB_FROZEN', 'The lab is being checked. It is left alone until the last answer; this takes a moment.'),
    backHref: '/exercises/5',
  }),
  asAdmin('error-422', 'errors/show.njk', {
    ...error(422, 'EXERCISE_FILE_INVALID', 'The exercise file has problems; each is listed with its line.'),
    problems: [{ field: 'criteria.0.module', message: 'There is no check “pingg”.', line: 14 }],
  }),
  asAdmin(
    'error-500',
    'errors/show.njk',
    error(500, 'INTERNAL', 'Something went wrong on our side. Nothing of yours was lost; tell the administrator the reference req-1k.'),
  ),
  asAdmin('error-418', 'errors/show.njk', error(418, 'BAD_REQUEST', 'This did not work.')),
]
