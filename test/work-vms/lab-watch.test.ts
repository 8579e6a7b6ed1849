import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import type { LabState } from '../../src/evaluation/index.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { createLabWatch, type WorkVmRow } from '../../src/work-vms/index.ts'

const device = (name: string, state: LabState['devices'][number]['state']) => ({
  id: name,
  name,
  type: 'vpcs',
  state,
  console: { type: 'telnet', port: 5_001 },
  properties: {},
  ports: [{ adapter: 0, port: 0, name: 'e0' }],
  x: 0,
  y: 0,
  symbol: '',
})
const end = (deviceId: string) => ({ deviceId, adapter: 0, port: 0, label: null })
const labOf = (state: LabState['devices'][number]['state']) => ({
  projectId: 'project',
  devices: [device('PC1', state), device('PC2', state)],
  links: [{ id: 'l1', ends: [end('PC1'), end('PC2')] satisfies [unknown, unknown], suspended: false }],
})

const workVm = (change: Partial<WorkVmRow> = {}): WorkVmRow => ({
  id: 'vm1',
  exerciseId: 'e1',
  userId: 'ana',
  purpose: 'student',
  enrollmentId: null,
  exerciseRevisionId: 'r1',
  templateVmId: null,
  vmid: 20_001,
  pveNode: 'pve1',
  state: 'ready',
  memoryMb: null,
  endpoint: { host: '127.77.0.1', port: 3_080 },
  directAddress: null,
  marker: null,
  hostKeys: null,
  frozenFor: null,
  errorCode: null,
  errorDetails: null,
  startedAt: null,
  readyAt: '2026-01-01T10:00:00.000Z',
  hibernatesAt: null,
  deletedAt: null,
  createdAt: '2026-01-01T09:00:00.000Z',
  ...change,
})

/** A watch over a GNS3 that answers when the test says so. */
function watchOver(options: { isSandbox?: boolean } = {}) {
  const time = { now: 1_000_000 }
  const clock: Clock = { now: () => time.now, sleep: () => Promise.reject(new Error('nothing here waits')) }
  const waiting: { resolve: (lab: LabState) => void; reject: (error: Error) => void }[] = []
  const announced: string[] = []
  const asked = { count: 0 }
  const watch = createLabWatch({
    exercises: {
      getRevision: () => ({ definition: { devices: { PC1: { platform: 'vpcs' } } } }) as never,
      findTemplate: () => undefined,
      findLab: () => recorded,
    },
    workVms: { announce: (id) => void announced.push(id) },
    labLink: {
      withGns3: (async () => {
        asked.count += 1
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
      }) as never,
    },
    clock,
    log: pino({ level: 'silent' }),
    isSandbox: options.isSandbox ?? false,
  })
  const recorded = labOf('started')
  const settle = async (end: (question: (typeof waiting)[number]) => void) => {
    const question = waiting.shift()
    if (!question) throw new Error('GNS3 was not asked')
    end(question)
    await turn()
  }
  return {
    watch,
    announced,
    asked,
    pass: (ms: number) => {
      time.now += ms
    },
    answer: (state: LabState['devices'][number]['state']) => settle((question) => question.resolve(labOf(state))),
    refuse: () => settle((question) => question.reject(new AppError('GNS3_UNREACHABLE'))),
    states: (row = workVm()) => watch.lastSeen(row).devices.map((one) => one.state),
  }
}

describe('the topology of a page', () => {
  it('is there at once, its states unknown, while GNS3 is asked for the first time', () => {
    const { states, asked } = watchOver()
    expect(states()).toEqual(['unknown', 'unknown'])
    expect(asked.count).toBe(1)
  })

  it('tells open pages what was seen, and shows it from then on', async () => {
    const { states, answer, announced, asked } = watchOver()
    states()
    await answer('started')
    expect(announced).toEqual(['vm1'])
    expect(states()).toEqual(['started', 'started'])
    expect(asked.count).toBe(1)
  })

  it('asks once for all the pages that look at the same time', () => {
    const { states, asked, pass } = watchOver()
    states()
    pass(4_000)
    states()
    expect(asked.count).toBe(1)
  })

  it('asks again after two seconds, showing what was last seen meanwhile', async () => {
    const { states, answer, announced, asked, pass } = watchOver()
    states()
    await answer('started')
    pass(2_000)
    expect(states()).toEqual(['started', 'started'])
    expect(asked.count).toBe(2)
    await answer('stopped')
    expect(states()).toEqual(['stopped', 'stopped'])
    expect(announced).toEqual(['vm1', 'vm1'])
  })

  it('is no news when nothing changed, and the same object, so that it is drawn once', async () => {
    const { watch, states, answer, announced, pass } = watchOver()
    states()
    await answer('started')
    const before = watch.lastSeen(workVm())
    pass(2_000)
    states()
    await answer('started')
    expect(announced).toEqual(['vm1'])
    expect(watch.lastSeen(workVm())).toBe(before)
  })

  it('keeps what was seen while GNS3 is silent for a moment, and forgets it after half a minute', async () => {
    const { states, answer, refuse, pass, announced } = watchOver()
    states()
    await answer('started')
    pass(10_000)
    states()
    await refuse()
    expect(states()).toEqual(['started', 'started'])
    pass(21_000)
    states()
    await refuse()
    expect(states()).toEqual(['unknown', 'unknown'])
    expect(announced).toEqual(['vm1', 'vm1'])
  })

  it('leaves a GNS3 that did not answer alone for ten seconds', async () => {
    const { states, refuse, pass, asked } = watchOver()
    states()
    await refuse()
    pass(9_000)
    states()
    expect(asked.count).toBe(1)
    pass(1_000)
    states()
    expect(asked.count).toBe(2)
  })

  it('asks four labs at once, and the others in their turn', async () => {
    const { states, asked, answer } = watchOver()
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'f']) states(workVm({ id }))
    expect(asked.count).toBe(4)
    await answer('started')
    expect(asked.count).toBe(5)
    for (let more = 0; more < 5; more += 1) await answer('started')
    expect(asked.count).toBe(6)
  })

  it('begins anew with a lab that was started again', async () => {
    const { states, answer } = watchOver()
    states()
    await answer('started')
    expect(states(workVm({ readyAt: '2026-01-01T11:00:00.000Z' }))).toEqual(['unknown', 'unknown'])
  })

  it('shows a lab that is off as stopped, without asking anybody', () => {
    const { states, asked } = watchOver()
    expect(states(workVm({ state: 'stopped', endpoint: null }))).toEqual(['stopped', 'stopped'])
    expect(asked.count).toBe(0)
  })

  it('names ports, and platforms of what is graded', () => {
    const { watch } = watchOver()
    const { devices, links } = watch.lastSeen(workVm())
    expect(devices.map((one) => one.platform)).toEqual(['vpcs', null])
    expect(links).toEqual([{ id: 'l1', a: { device: 'PC1', port: 'e0' }, b: { device: 'PC2', port: 'e0' } }])
  })
})

describe('the topology of a program', () => {
  it('waits for what GNS3 says now', async () => {
    const { watch, answer, states } = watchOver()
    const reading = watch.read(workVm())
    await answer('suspended')
    expect((await reading).devices.map((one) => one.state)).toEqual(['suspended', 'suspended'])
    expect(states()).toEqual(['suspended', 'suspended'])
  })

  it('is answered though GNS3 is not', async () => {
    const { watch, refuse } = watchOver()
    const reading = watch.read(workVm())
    await refuse()
    expect((await reading).devices.map((one) => one.state)).toEqual(['unknown', 'unknown'])
  })

  it('tells consoles in the sandbox only', async () => {
    const readIn = async (isSandbox: boolean) => {
      const { watch, answer } = watchOver({ isSandbox })
      const reading = watch.read(workVm())
      await answer('started')
      return (await reading).devices[0]?.console
    }
    expect(await readIn(true)).toEqual({ type: 'telnet', host: '127.77.0.1', port: 5_001 })
    expect(await readIn(false)).toBeNull()
  })
})
