import { describe, expect, it } from 'vitest'
import type { TurnRequest } from '../../../src/clients/proxmox/budgets.ts'
import { createEnsure, type Operation } from '../../../src/clients/proxmox/ensure.ts'
import { faultError } from '../../../src/clients/proxmox/fault.ts'
import type { TaskEntry } from '../../../src/clients/proxmox/schemas.ts'
import type { TaskEnd } from '../../../src/clients/proxmox/types.ts'
import { type AppError, isAppError } from '../../../src/errors.ts'
import type { Outcome } from '../../../src/lib/limiter.ts'
import { silent } from './support.ts'

const upidOf = (n: number): string => `UPID:pve1:0003A1B2:0A1B2C3D:0000000${n}:qmclone:900:lab@pve!app:`

/** The engine with everything around it told what to answer; time passes by itself. */
function given(world: { end?: (upid: string) => TaskEnd | Error; listed?: () => TaskEntry[]; log?: (upid: string) => string[] } = {}) {
  let now = 0
  const story: string[] = []
  const released: [Outcome, boolean][] = []
  const asList = <T>(value: T | Error): T => {
    if (value instanceof Error) throw value
    return value
  }
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const fine = (upid: string): TaskEnd => ({ upid, exitstatus: 'OK', ok: true, warnings: 0, log: [] })
  const { ensure } = createEnsure({
    api: { serverNowS: () => 1_000, read: unused, list: unused, write: unused },
    tasks: {
      taskStatus: unused,
      taskLog: async (upid) => world.log?.(upid) ?? [],
      listTasks: async () => world.listed?.() ?? [],
      waitTask: async (upid) => {
        story.push(`wait ${upid}`)
        return asList(world.end?.(upid) ?? fine(upid))
      },
    },
    budgets: {
      take: async (_: TurnRequest) => {
        story.push('take')
        return { release: (outcome: Outcome, measure: boolean) => void released.push([outcome, measure]) }
      },
    },
    locks: {
      waitUnlocked: async () => {
        story.push('await lock')
      },
    },
    clock,
    log: silent,
    random: () => 0,
  })
  return { ensure, story, released, now: () => now }
}

async function unused(): Promise<never> {
  throw new Error('not part of this test')
}

/** An operation that is done once `isDone` says so. */
function operation(
  story: string[],
  parts: { isDone: () => boolean; ask: () => string | undefined | Error; knownUpid?: string; signal?: AbortSignal; mentions?: number },
): Operation<true> {
  return {
    what: { key: 'details.proxmox.vm', values: { vmid: 1 } },
    options: {
      signal: parts.signal ?? new AbortController().signal,
      priority: 'batch',
      knownUpid: parts.knownUpid,
      onUpid: (upid) => void story.push(`record ${upid}`),
    },
    look: async () => (parts.isDone() ? true : undefined),
    ask: async () => {
      story.push('ask')
      const answered = parts.ask()
      if (answered instanceof Error) throw answered
      return answered
    },
    turn: async () => ({ locks: new Map([['lab', 1]]), kind: 'allocate' }),
    trace: { node: 'pve1', type: 'qmclone', vmid: 900, ...(parts.mentions === undefined ? {} : { mentions: parts.mentions }) },
    waitsFor: [],
    deadlineMs: 1_000,
    measures: true,
  }
}

const asked = (story: string[]): number => story.filter((one) => one === 'ask').length
const refused = (text: string) => faultError({ where: 'answer', status: 500, text })
const lost = () => faultError({ where: 'lost', text: 'other side closed' })

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

const entry = (n: number, more: Partial<TaskEntry> = {}): TaskEntry => ({
  upid: upidOf(n),
  node: 'pve1',
  type: 'qmclone',
  id: '900',
  user: 'lab@pve',
  starttime: 1_000,
  endtime: undefined,
  status: undefined,
  ...more,
})

describe('ensure', () => {
  it('asks nothing and takes no place when it is done already', async () => {
    const { ensure, story } = given()
    await ensure(operation(story, { isDone: () => true, ask: () => upidOf(1) }))
    expect(story).toEqual([])
  })

  it('takes its places, asks, records, waits, in this order, and measures what went well', async () => {
    const { ensure, story, released } = given()
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(1)}`), ask: () => upidOf(1) }))
    expect(story).toEqual(['take', 'ask', `record ${upidOf(1)}`, `wait ${upidOf(1)}`])
    expect(released).toEqual([['ok', true]])
  })

  it('waits for the effect of what HA was told to do, whose task ends before anything was done, and does not ask again', async () => {
    const told = 'UPID:pve1:0003A1B2:0A1B2C3D:00000001:hastart:101:lab@pve!app:'
    const world = given()
    await world.ensure(operation(world.story, { isDone: () => world.now() > 60_000, ask: () => told }))
    expect(asked(world.story)).toBe(1)
  })

  it('looks at the effect when the known task is no longer listed, and asks only if there is none', async () => {
    const gone = given({
      end: (upid) =>
        upid === upidOf(1)
          ? faultError({ where: 'task', text: 'no such task' })
          : { upid, exitstatus: 'OK', ok: true, warnings: 0, log: [] },
    })
    await gone.ensure(operation(gone.story, { isDone: () => true, ask: () => upidOf(2), knownUpid: upidOf(1) }))
    expect(asked(gone.story)).toBe(0)
    const undone = given({
      end: (upid) =>
        upid === upidOf(1)
          ? faultError({ where: 'task', text: 'no such task' })
          : { upid, exitstatus: 'OK', ok: true, warnings: 0, log: [] },
    })
    await undone.ensure(
      operation(undone.story, { isDone: () => undone.story.includes(`wait ${upidOf(2)}`), ask: () => upidOf(2), knownUpid: upidOf(1) }),
    )
    expect(asked(undone.story)).toBe(1)
  })

  it('does not believe a task that ended well without its effect', async () => {
    const { ensure, story } = given()
    expect((await failure(ensure(operation(story, { isDone: () => false, ask: () => upidOf(1) })))).code).toBe('PROXMOX_EFFECT_MISSING')
  })

  it('asks again after a lock time-out, with longer and longer pauses, and gives up with its text', async () => {
    const { ensure, story, released, now } = given({
      end: (upid) => ({
        upid,
        exitstatus: "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout",
        ok: false,
        warnings: 0,
        log: [],
      }),
    })
    const error = await failure(ensure(operation(story, { isDone: () => false, ask: () => upidOf(1) })))
    expect([error.code, asked(story)]).toEqual(['PROXMOX_BUSY', 9])
    expect(now()).toBeGreaterThan(20_000)
    expect(released.every(([outcome, measure]) => outcome === 'overloaded' && !measure)).toBe(true)
  })

  it('waits for a configuration lock before it asks again', async () => {
    const { ensure, story } = given()
    const ask = () => (asked(story) === 1 ? refused('VM is locked (backup)') : upidOf(1))
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(1)}`), ask }))
    expect(story).toEqual(['take', 'ask', 'await lock', 'take', 'ask', `record ${upidOf(1)}`, `wait ${upidOf(1)}`])
  })

  it('takes "already running" for success only when a look confirms it', async () => {
    const { ensure, story } = given()
    await ensure(operation(story, { isDone: () => asked(story) === 1, ask: () => refused('VM 100 already running') }))
    const never = given()
    expect(
      (await failure(never.ensure(operation(never.story, { isDone: () => false, ask: () => refused('VM 100 already running') })))).code,
    ).toBe('PROXMOX_ALREADY_DONE')
  })

  it('asks again when what had the number is gone by the time of the look, and not for ever', async () => {
    const taken = 'unable to create VM 2101: config file already exists'
    const { ensure, story } = given()
    const ask = () => (asked(story) === 1 ? refused(taken) : upidOf(1))
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(1)}`), ask }))
    expect(asked(story)).toBe(2)
    const never = given()
    const error = await failure(never.ensure(operation(never.story, { isDone: () => false, ask: () => refused(taken) })))
    expect([error.code, asked(never.story)]).toEqual(['PROXMOX_ID_TAKEN', 3])
  })

  it.each(['something new', 'Permission check failed (/vms/100, VM.Clone)'])('does not repeat %j', async (text) => {
    const { ensure, story } = given()
    expect((await failure(ensure(operation(story, { isDone: () => false, ask: () => refused(text) })))).code).toBe('PROXMOX_REFUSED')
    expect(asked(story)).toBe(1)
  })

  it('follows the task that was started although its answer was lost', async () => {
    const { ensure, story } = given({
      listed: () => [entry(7)],
      log: () => ['clone 900/base-900-disk-0.qcow2: images, vm-2101-disk-0.qcow2, 2101 to vm-2101-disk-0.qcow2'],
    })
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(7)}`), ask: () => lost(), mentions: 2101 }))
    expect(story).toEqual(['take', 'ask', `record ${upidOf(7)}`, `wait ${upidOf(7)}`])
  })

  it('does not follow the clone of another VM from the same source, and waits for one that does not yet say for whom it is', async () => {
    let looks = 0
    const listed = () => {
      looks += 1
      return [entry(5, { endtime: 1_001 }), entry(6, looks > 9 ? { endtime: 1_009 } : {})]
    }
    const { ensure, story } = given({ listed, log: (upid) => (upid === upidOf(5) ? ['with ID 2102'] : []) })
    const ask = () => (asked(story) === 1 ? lost() : upidOf(8))
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(8)}`), ask, mentions: 2101 }))
    expect(looks).toBeGreaterThan(9)
    expect(story.filter((one) => one.startsWith('wait'))).toEqual([`wait ${upidOf(8)}`])
  })

  it('ignores tasks from before it asked, of other objects, and those that somebody was told of', async () => {
    const { ensure, story } = given({ listed: () => [entry(1), entry(3, { starttime: 900 }), entry(4, { id: '901' })] })
    await ensure(operation(story, { isDone: () => story.includes(`wait ${upidOf(1)}`), ask: () => upidOf(1) }))
    const second: string[] = []
    const error = await failure(ensure(operation(second, { isDone: () => false, ask: () => lost() })))
    expect(error.code).toBe('PROXMOX_OUTCOME_UNKNOWN')
    expect(second.filter((one) => one.startsWith('record'))).toEqual([])
    expect(asked(second)).toBe(4)
  })

  it('ends with the reason of the caller when he gives up, not with an error of ours', async () => {
    const abort = new AbortController()
    const { ensure, story } = given()
    const ask = () => {
      abort.abort(new Error('cancelled'))
      return lost()
    }
    await expect(ensure(operation(story, { isDone: () => false, ask, signal: abort.signal }))).rejects.toThrow('cancelled')
  })
})
