import { drawTopology, type TopologyDevice, type TopologyLink } from '../../src/http/topology-drawing.ts'
import type { StepView } from '../../src/jobs/steps.views.ts'
import type { LabDeviceRow, LabMay, LabView } from '../../src/work-vms/work-vms.views.ts'

type State = 'started' | 'stopped' | 'suspended' | 'unknown'

const device = (name: string, type: string, place: readonly [number, number], symbol: string, state: State): TopologyDevice => ({
  id: name,
  name,
  type,
  x: place[0],
  y: place[1],
  symbol: `:/symbols/${symbol}.svg`,
  state,
})

/** Positions and ports of a real export: two LANs behind two routers. */
export const twoLans = (state: State, r2State: State = state) => [
  device('PC1', 'vpcs', [-400, 0], 'vpcs_guest', state),
  device('SW1', 'ethernet_switch', [-250, 0], 'ethernet_switch', state),
  device('R1', 'dynamips', [-100, -50], 'router', state),
  device('R2', 'dynamips', [150, -50], 'router', r2State),
  device('SW2', 'ethernet_switch', [300, 0], 'ethernet_switch', state),
  device('PC2', 'vpcs', [450, 0], 'vpcs_guest', state),
]

const link = (a: string, aPort: string, b: string, bPort: string): TopologyLink => ({
  id: `${a}-${b}`,
  ends: [
    { deviceId: a, port: aPort },
    { deviceId: b, port: bPort },
  ],
})

export const twoLansLinks: readonly TopologyLink[] = [
  link('PC1', 'e0', 'SW1', 'e0'),
  link('SW1', 'e1', 'R1', 'f0/0'),
  link('R1', 'f0/1', 'R2', 'f0/1'),
  link('R2', 'f0/0', 'SW2', 'e0'),
  link('SW2', 'e1', 'PC2', 'e0'),
]

export const drawing = (state: State, r2State: State = state) => drawTopology({ devices: twoLans(state, r2State), links: twoLansLinks })

export const step = (id: string, label: string, rest: Partial<StepView> = {}): StepView => ({
  id,
  label,
  state: 'waiting',
  startedAt: null,
  tookMs: null,
  usualMs: 8000,
  progress: null,
  log: [],
  errorMessage: null,
  ...rest,
})

export const startingSteps: readonly StepView[] = [
  step('admit', 'In the queue', { state: 'done', tookMs: 1200 }),
  step('clone', 'Copying the disk', { state: 'done', tookMs: 12_400, log: ['create linked clone of drive scsi0', 'TASK OK'] }),
  step('start', 'Starting the VM', { state: 'done', tookMs: 6100 }),
  step('address', 'Waiting for an address', { state: 'done', tookMs: 9800 }),
  step('gns3', 'GNS3 answers', { state: 'done', tookMs: 2300 }),
  step('devices', 'Starting the devices', {
    state: 'running',
    progress: '4 of 6 devices run',
    startedAt: '2026-11-22T14:02:00Z',
    usualMs: 21_000,
  }),
  step('consoles', 'Consoles answer', { usualMs: 12_000 }),
]

const idle: LabMay = { start: false, stop: false, devices: false, power: [], reset: false, replace: false, submit: false }

const deviceRows = (r2State: LabDeviceRow['state']): readonly LabDeviceRow[] => [
  { name: 'PC1', platform: 'vpcs', state: 'started', console: 'telnet 127.77.0.3 5000', isGraded: true, reach: 'terminal' },
  { name: 'R1', platform: 'cisco_ios', state: 'started', console: 'telnet 127.77.0.3 5002', isGraded: true, reach: 'terminal' },
  { name: 'R2', platform: 'cisco_ios', state: r2State, console: 'telnet 127.77.0.3 5003', isGraded: true, reach: 'terminal' },
  { name: 'SW1', platform: null, state: 'started', console: null, isGraded: false, reach: 'none' },
  { name: 'SW2', platform: null, state: 'started', console: null, isGraded: false, reach: 'none' },
  { name: 'PC2', platform: 'vpcs', state: 'started', console: 'telnet 127.77.0.3 5006', isGraded: true, reach: 'terminal' },
]

const base: LabView = {
  id: '41',
  state: 'stopped',
  queuePosition: null,
  steps: [],
  remainingMs: null,
  readyAt: null,
  hibernatesAt: null,
  hibernatesInMs: null,
  direct: null,
  hasGns3Ui: true,
  cables: [],
  isCaptured: false,
  error: null,
  deviceOutcome: null,
  devices: [],
  topology: drawing('unknown'),
  openSubmissionId: null,
  isFrozen: false,
  may: idle,
}

export const labs = {
  none: { ...base, id: null, state: 'none', may: { ...idle, start: true } },
  queued: {
    ...base,
    state: 'queued',
    queuePosition: 3,
    steps: startingSteps.slice(0, 1).map((item) => ({ ...item, state: 'running' as const, tookMs: null, progress: null })),
  },
  starting: { ...base, state: 'starting', steps: startingSteps, remainingMs: 26_000 },
  ready: {
    ...base,
    state: 'ready',
    readyAt: '2026-11-22T14:03:11Z',
    devices: deviceRows('started'),
    topology: drawing('started'),
    may: {
      start: false,
      stop: true,
      devices: true,
      power: ['reboot', 'suspend', 'hibernate', 'stop'],
      reset: true,
      replace: false,
      submit: true,
    },
  },
  direct: {
    ...base,
    state: 'ready',
    readyAt: '2026-11-22T14:03:11Z',
    direct: { address: '10.20.0.31', here: '10.20.0.31', isUsable: true, gns3: { host: '10.30.0.7', port: 3_080 } },
    devices: deviceRows('started'),
    topology: drawing('started'),
    may: { ...idle, stop: true, submit: true, power: ['reboot'] },
  },
  elsewhere: {
    ...base,
    state: 'ready',
    readyAt: '2026-11-22T14:03:11Z',
    direct: { address: '10.20.0.31', here: '10.20.0.99', isUsable: true, gns3: { host: '10.30.0.7', port: 3_080 } },
    devices: deviceRows('started'),
    topology: drawing('started'),
    may: { ...idle, stop: true, submit: true, power: ['reboot'] },
  },
  partly: {
    ...base,
    state: 'ready',
    readyAt: '2026-11-22T14:03:11Z',
    hibernatesAt: '2026-11-22T16:40:00Z',
    hibernatesInMs: 840_000,
    devices: deviceRows('stopped'),
    topology: drawing('started', 'stopped'),
    openSubmissionId: '93',
    isFrozen: true,
    may: idle,
  },
  stopped: { ...base, may: { ...idle, start: true, reset: true } },
  failed: {
    ...base,
    state: 'failed',
    steps: startingSteps
      .slice(0, 4)
      .map((item, index) =>
        index === 3
          ? step('address', 'Waiting for an address', { state: 'failed', tookMs: 120_000, errorMessage: 'No address within 120 s.' })
          : item,
      ),
    error: {
      code: 'LAB_ADDRESS_MISSING',
      message: 'The VM got no network address in time.',
      tried: 'It was tried again once; the administrator sees it.',
      reference: 'job-8812',
    },
    may: { ...idle, start: true },
  },
} as const satisfies Record<string, LabView>
