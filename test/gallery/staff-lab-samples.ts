import type { GallerySample } from '../../src/http/gallery.routes.ts'
import { emptyForm, type PageModels, type PageRole } from '../../src/http/page-context.ts'
import type { CriterionComparison } from '../../src/submissions/compare.ts'
import type { RegradePage } from '../../src/submissions/submissions.views.ts'
import type { NodesPage, VmLoadPage } from '../../src/work-vms/nodes.views.ts'
import type { ConfigurationsPage, LabCableRow, WorkVmPage } from '../../src/work-vms/work-vms.views.ts'
import { contextOf } from './contexts.ts'
import { drawing, labs } from './lab-samples.ts'
import { course } from './submission-samples.ts'

/** What staff sees of the labs of others: where they run, what runs in them, what was captured, and what a new judgement would change. */
const as =
  (role: PageRole) =>
  <View extends keyof PageModels>(id: string, view: View, model: PageModels[View]): GallerySample => ({
    id,
    view,
    model,
    context: contextOf(role),
  })
const asAdmin = as('admin')
const asTeacher = as('teacher')

const timeZone = 'Europe/Lisbon'
const exercise = { id: '5', title: 'Static routing between two LANs' }

const periods = (path: string): VmLoadPage['periods'] =>
  (['day', 'month', 'year'] as const).map((name) => ({
    text: { day: 'the last day', month: 'the last 30 days', year: 'the last year' }[name],
    href: `${path}?period=${name}`,
    isCurrent: name === 'day',
  }))

const plot = (name: string) => ({
  ...{ name, highestCpu: 0.82, highestMemory: 0.91, highestVms: 11 },
  cpuLine: 'M0 50L60 42L120 20L150 12L200 30L300 35',
  memoryLine: 'M0 30L60 28L120 10L160 6M220 8L300 9',
})

const lab = (rest: Partial<NodesPage['labs'][number]>): NodesPage['labs'][number] => ({
  ...{ id: '41', vmid: 20_014, name: 'Static routing between two LANs · Ana Silva', node: 'pve1', state: 'ready' },
  ...{ isMoving: false, targets: ['pve2', 'pve3'] },
  ...rest,
})

const nodesPage = (rest: Partial<NodesPage>): NodesPage => ({
  ...{ period: 'day', periods: periods('/admin/nodes'), fault: null, isAutomatic: false },
  nodes: [
    { node: 'pve1', load: '0.31', choice: 'Takes the next', isBest: true },
    { node: 'pve2', load: '0.64', choice: 'Could take it', isBest: false },
    { node: 'pve3', load: null, choice: 'Skipped: it is offline', isBest: false },
  ],
  loads: [plot('pve1'), plot('pve2')],
  labs: [
    lab({}),
    lab({ id: '42', vmid: 20_015, name: 'Static routing between two LANs · Bruno Matos', isMoving: true, targets: [] }),
    lab({ id: '43', vmid: 20_016, name: 'OSPF in one area · Carla Nunes', node: 'pve3', state: 'starting', targets: [] }),
  ],
  decisions: [
    {
      ...{ at: '2026-11-22T14:00:00Z', kind: 'request', vmid: 20_015, where: 'pve1 to pve2', why: 'pve1: 0.31, pve2: 0.64' },
      ...{ state: 'decided', isBad: false, fault: null },
    },
    {
      ...{ at: '2026-11-22T13:40:00Z', kind: 'balance', vmid: 20_016, where: 'pve3 to pve1', why: 'pve3: 0.91, pve1: 0.22' },
      ...{ state: 'failed', isBad: true, fault: 'A Proxmox task failed: migration aborted: no route to host' },
    },
    {
      ...{ at: '2026-11-22T13:20:00Z', kind: 'clone', vmid: 20_014, where: 'pve1', why: 'pve1: 0.20, pve3 skipped: it is offline' },
      ...{ state: 'placed', isBad: false, fault: null },
    },
  ],
  ...rest,
})

const configurations = (rest: Partial<ConfigurationsPage>): ConfigurationsPage => ({
  exercise: { ...exercise, labHref: '/work-vms/41' },
  ...{ timeZone, workVmId: '41', student: 'Ana Silva', devices: ['PC1', 'R1', 'R2'], device: 'R1' },
  ...{ isRestorable: true, mayRestore: true, outcome: null },
  entries: [
    {
      ...{ id: 'c2', at: '2026-11-22T14:12:25Z', keptFor: 'submission' },
      running: 'hostname R1\n!\nip route 10.0.2.0 255.255.255.0 10.0.12.2\n!',
      saved: 'hostname R1\n!',
      change: {
        change: 'changed',
        hunks: [
          {
            header: '@@ -1,2 +1,3 @@',
            lines: [
              { change: 'same', text: 'hostname R1' },
              { change: 'added', text: 'ip route 10.0.2.0 255.255.255.0 10.0.12.2' },
              { change: 'same', text: '!' },
            ],
          },
        ],
      },
      preview: ['configure terminal', 'ip route 10.0.2.0 255.255.255.0 10.0.12.2', 'end'],
    },
    {
      ...{ id: 'c1', at: '2026-11-22T13:02:11Z', keptFor: 'restart-device', running: 'hostname R1\n!', saved: null },
      ...{ change: null, preview: [] },
    },
  ],
  ...rest,
})

const cable = (id: string, a: readonly [string, string], b: readonly [string, string], capture: LabCableRow['capture']): LabCableRow => ({
  id,
  a: { device: a[0], port: a[1] },
  b: { device: b[0], port: b[1] },
  capture,
})
const cables: readonly LabCableRow[] = [
  cable('l1', ['PC1', 'e0'], ['SW1', 'e0'], null),
  cable('l2', ['R1', 'f0/1'], ['R2', 'f0/1'], { id: 'k1', startedAt: '2026-11-22T14:05:00Z', sizeBytes: 18_240, ended: null }),
  cable('l3', ['SW2', 'e1'], ['PC2', 'e0'], { id: 'k2', startedAt: '2026-11-22T13:40:00Z', sizeBytes: 20_971_520, ended: 'size' }),
]

const staffLab = (shown: WorkVmPage['lab']): WorkVmPage => ({
  exercise: { ...exercise, course },
  timeZone,
  student: { name: 'Ana Silva', username: 'ana' },
  lab: shown,
})

const changed: CriterionComparison = {
  id: 'r1-pc2',
  title: 'R1 reaches PC2 in the other LAN',
  before: { verdict: 'fail', points: 0 },
  after: { verdict: 'pass', points: 3 },
}
const regrade = (rest: Partial<RegradePage>): RegradePage => ({
  exercise: { ...exercise, course },
  ...{ timeZone, revision: 4, looked: 31, stamp: 'r4', columns: [{ id: 'r1-pc2', title: 'R1 reaches PC2 in the other LAN' }] },
  rows: [{ submissionId: '93', number: 2, name: 'Ana Silva', pointsBefore: 7, pointsAfter: 10, cells: [changed] }],
  ...rest,
})

export const staffLabSamples: readonly GallerySample[] = [
  asAdmin('nodes', 'work-vms/nodes.njk', nodesPage({})),
  asAdmin('nodes-empty', 'work-vms/nodes.njk', nodesPage({ isAutomatic: true, loads: [], labs: [], decisions: [] })),
  asAdmin(
    'nodes-unreachable',
    'work-vms/nodes.njk',
    nodesPage({ fault: 'Proxmox cannot be reached.', nodes: [], labs: [lab({ targets: [] })] }),
  ),
  asAdmin('vm-load', 'work-vms/vm-load.njk', {
    ...{ period: 'day', periods: periods('/admin/nodes/vms/20014'), vmid: 20_014, load: plot('20014') },
  }),
  asTeacher('configurations', 'work-vms/configurations.njk', configurations({})),
  asTeacher('configurations-lab-off', 'work-vms/configurations.njk', configurations({ mayRestore: false })),
  asTeacher(
    'configurations-outcome',
    'work-vms/configurations.njk',
    configurations({
      outcome: {
        ...{ job: 'restore-device', device: 'R1', isDone: true, typed: ['configure terminal', 'no router rip', 'end'] },
        refused: [{ command: 'no router rip', said: '% Invalid input detected' }],
        ...{ leftOut: ['banner motd ^C'], found: [], error: null },
      },
    }),
  ),
  asTeacher('configurations-empty', 'work-vms/configurations.njk', configurations({ entries: [] })),
  asTeacher('configurations-no-device', 'work-vms/configurations.njk', configurations({ devices: [], device: null, entries: [] })),
  asTeacher('staff-lab', 'work-vms/show.njk', staffLab({ ...labs.ready, cables, isCaptured: true })),
  asTeacher('staff-lab-starting', 'work-vms/show.njk', staffLab(labs.starting)),
  asTeacher('staff-lab-proof', 'work-vms/show.njk', staffLab({ ...labs.partly, openSubmissionId: null })),
  asTeacher('staff-lab-failed', 'work-vms/show.njk', staffLab(labs.failed)),
  asTeacher('watch-why', 'terminals/ask.njk', { labId: '41', device: 'R1', name: 'Ana Silva', exercise, form: emptyForm }),
  asTeacher('watch-why-refused', 'terminals/ask.njk', {
    ...{ labId: '41', device: 'R1', name: 'Ana Silva', exercise },
    form: { values: { reason: '' }, problems: [{ field: 'reason', message: 'Please fill this in.' }], message: null },
  }),
  asTeacher('watch', 'terminals/show.njk', {
    ...{ labId: '41', exercise, backHref: '/work-vms/41', device: null, devices: labs.ready.devices, topology: drawing('started') },
    ...{ hasGns3Ui: true, watch: { name: 'Ana Silva', reason: 'She asked for help with R1.' } },
  }),
  asTeacher('console-why', 'screens/ask.njk', { labId: '41', name: 'Ana Silva', vmid: 20_041, exercise, form: emptyForm }),
  asTeacher('console', 'screens/machine.njk', { labId: '41', name: 'Ana Silva', vmid: 20_041, exercise, reason: 'It does not start.' }),
  asTeacher('console-none', 'screens/machine.njk', { labId: '41', name: 'Ana Silva', vmid: null, exercise, reason: 'It does not start.' }),
  asTeacher('watch-lab-off', 'terminals/show.njk', {
    ...{ labId: '41', exercise, backHref: '/work-vms/41', device: null, devices: [], topology: drawing('unknown') },
    ...{ hasGns3Ui: false, watch: { name: 'Ana Silva', reason: 'She asked for help with R1.' } },
  }),
  asTeacher('regrade', 'submissions/regrade.njk', regrade({})),
  asTeacher('regrade-nothing', 'submissions/regrade.njk', regrade({ rows: [], columns: [] })),
]
