import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { batch, gate, jobOf, openJobBench } from './job-bench.ts'

const nothing = async () => undefined
const busy = () => new AppError('PROXMOX_BUSY', { details: { reason: 'locked' } })
const fail = async () => {
  throw new AppError('PROXMOX_REFUSED', { details: { reason: 'no' } })
}

describe('the order of jobs', () => {
  it('lets one of a key run at a time, the others in the order in which they came', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    const gates = [gate(), gate(), gate()]
    const runner = bench.start(
      gates.map(({ wait }, index) =>
        jobOf(`job-${index}`, {
          only: async (context) => {
            seen.push(`begin ${index}`)
            await wait(context)
            seen.push(`end ${index}`)
            return undefined
          },
        }),
      ),
    )
    for (const index of gates.keys()) runner.enqueue(`job-${index}`, {}, batch)
    await bench.time.settle()
    expect(seen).toEqual(['begin 0'])
    for (const { open } of gates) open()
    await runner.whenIdle()
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  it('lets jobs of different keys run at once', async () => {
    const bench = openJobBench()
    const { open, wait } = gate()
    const runner = bench.start([jobOf('job', { only: wait })])
    const ids = ['a', 'b', 'c'].map((key) => runner.enqueue('job', { key }, batch))
    await bench.time.settle()
    expect(ids.map(bench.stateOf)).toEqual(['running', 'running', 'running'])
    open()
    await runner.whenIdle()
    expect(ids.map(bench.stateOf)).toEqual(['done', 'done', 'done'])
  })

  it('holds a key for the job that waits to be tried again: the next one would find its work half done', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    const runner = bench.start([
      jobOf('create', {
        only: async ({ attempt }) => {
          seen.push(`create ${attempt}`)
          if (attempt === 1) throw busy()
          return undefined
        },
      }),
      jobOf('start', {
        only: async () => {
          seen.push('start')
          return undefined
        },
      }),
    ])
    const create = runner.enqueue('create', {}, batch)
    const start = runner.enqueue('start', {}, batch)
    await bench.time.settle()
    expect([bench.stateOf(create), bench.stateOf(start)]).toEqual(['waiting', 'queued'])
    await bench.time.advance(2_000)
    await runner.whenIdle()
    expect(seen).toEqual(['create 1', 'create 2', 'start'])
  })

  it('takes nothing up before the server starts and nothing after it stops', async () => {
    const bench = openJobBench()
    const runner = bench.start([jobOf('job', { only: nothing })])
    await runner.stop()
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    expect(bench.stateOf(id)).toBe('queued')
  })

  it('refuses a job that does not exist and a payload that does not fit', () => {
    const bench = openJobBench()
    const runner = bench.start([jobOf('job', { only: nothing })])
    expect(() => runner.enqueue('unknown', {}, batch)).toThrow('no job named unknown')
    expect(() => runner.enqueue('job', { key: 1 }, batch)).toThrow()
  })
})

describe('a restart', () => {
  it('goes on at the step, with what was saved, after a crash in the middle of it', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    const steps = (crash: boolean) => ({
      first: async () => {
        seen.push('first')
        return { data: { result: 7 } }
      },
      second: async ({ data, save }: { data: object; save: (change: object) => void }) => {
        seen.push(`second ${JSON.stringify(data)}`)
        if (!crash) return undefined
        save({ upid: 'UPID:1' })
        return new Promise<undefined>(() => undefined)
      },
    })
    const before = bench.start([jobOf('job', steps(true))])
    const id = before.enqueue('job', {}, batch)
    await bench.time.settle()
    // the process is gone: nothing is stopped in order
    const after = bench.start([jobOf('job', steps(false))])
    await after.whenIdle()
    expect(seen).toEqual(['first', 'second {"result":7}', 'second {"result":7,"upid":"UPID:1"}'])
    expect(bench.stateOf(id)).toBe('done')
    expect(bench.repository.findStep(id, 'second')?.attempts).toBe(2)
  })

  it('in order interrupts the running step and leaves the job to be taken up again', async () => {
    const bench = openJobBench()
    const { wait } = gate()
    const runner = bench.start([
      jobOf('job', { only: wait }, { onFailed: () => bench.logged.push('failed'), onCancelled: () => bench.logged.push('cancelled') }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    await runner.stop()
    expect([bench.stateOf(id), bench.logged]).toEqual(['running', []])
    const next = bench.start([jobOf('job', { only: nothing })])
    await next.whenIdle()
    expect(bench.stateOf(id)).toBe('done')
  })

  it('in order begins no further step, also when the running one does not look at its signal', async () => {
    const bench = openJobBench()
    const { open, opened } = gate()
    const seen: string[] = []
    const deaf = async () => {
      await opened
      return undefined
    }
    const note = async () => {
      seen.push('second')
      return undefined
    }
    const runner = bench.start([jobOf('job', { first: deaf, second: note })])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    const stopped = runner.stop()
    open()
    await stopped
    expect([seen, bench.stateOf(id), bench.stepsOf(id)]).toEqual([[], 'running', ['first done']])
  })

  it('does not run a finished step again', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    const { wait } = gate()
    const once = async () => {
      seen.push('first')
      return undefined
    }
    const runner = bench.start([jobOf('job', { first: once, second: wait })])
    runner.enqueue('job', {}, batch)
    await bench.time.settle()
    await runner.stop()
    await bench.start([jobOf('job', { first: once, second: nothing })]).whenIdle()
    expect(seen).toEqual(['first'])
  })
})

describe('an error', () => {
  it('that may pass is tried again after longer and longer waits, and ends the job after the last attempt', async () => {
    const bench = openJobBench()
    const tries: number[] = []
    const failures: string[] = []
    const runner = bench.start([
      jobOf(
        'job',
        {
          only: async () => {
            tries.push(bench.time.clock.now())
            throw busy()
          },
        },
        { maxAttempts: 4, onFailed: (_end, error) => failures.push(error.code) },
      ),
    ])
    const id = runner.enqueue('job', {}, batch)
    for (let second = 0; second < 30; second += 1) await bench.time.advance(1_000)
    await runner.whenIdle()
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
    expect(waits).toHaveLength(3)
    // 1, 4 and 15 seconds, give or take a fifth
    for (const [index, base] of [1_000, 4_000, 15_000].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(base * 0.8)
      expect(waits[index]).toBeLessThanOrEqual(base * 1.2)
    }
    expect(failures).toEqual(['PROXMOX_BUSY'])
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'PROXMOX_BUSY', errorDetails: { reason: 'locked' } })
  })

  it('that will not pass ends the job at once', async () => {
    const bench = openJobBench()
    const runner = bench.start([jobOf('job', { only: fail })])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'PROXMOX_REFUSED' })
    expect(bench.stepsOf(id)).toEqual(['only failed'])
  })

  it('that nobody foresaw ends it as a fault of ours', async () => {
    const bench = openJobBench()
    const runner = bench.start([
      jobOf('job', {
        only: async () => {
          throw new TypeError('x is undefined')
        },
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'INTERNAL' })
  })

  it('is forgotten by the job once the step succeeded', async () => {
    const bench = openJobBench()
    const second = gate()
    const runner = bench.start([
      jobOf('job', {
        first: async ({ attempt }) => {
          if (attempt === 1) throw busy()
          return undefined
        },
        second: second.wait,
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'waiting', errorCode: 'PROXMOX_BUSY' })
    await bench.time.advance(2_000)
    expect(bench.repository.find(id)).toMatchObject({ state: 'running', step: 'second', errorCode: null })
    second.open()
    await runner.whenIdle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'done', errorCode: null })
  })

  it('counts the attempts of each step anew', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    const flaky =
      (name: string) =>
      async ({ attempt }: { attempt: number }) => {
        seen.push(`${name} ${attempt}`)
        if (attempt < 3) throw busy()
        return undefined
      }
    const runner = bench.start([jobOf('job', { first: flaky('first'), second: flaky('second') })])
    const id = runner.enqueue('job', {}, batch)
    for (let second = 0; second < 15; second += 1) await bench.time.advance(1_000)
    expect(seen).toEqual(['first 1', 'first 2', 'first 3', 'second 1', 'second 2', 'second 3'])
    expect(bench.stateOf(id)).toBe('done')
  })

  it('of one job does not wake the database again and again while another of its key runs', async () => {
    const bench = openJobBench()
    let asked = 0
    const { listRunnable } = bench.repository
    bench.repository.listRunnable = (now) => {
      asked += 1
      return listRunnable(now)
    }
    const { wait } = gate()
    const runner = bench.start([jobOf('long', { only: wait })])
    runner.enqueue('long', {}, batch)
    await bench.time.settle()
    const blocked = runner.enqueue('long', {}, batch)
    bench.repository.update(blocked, { state: 'waiting', runAfter: new Date(bench.time.clock.now() - 5_000).toISOString() })
    await bench.time.settle()
    asked = 0
    for (let second = 0; second < 10; second += 1) await bench.time.advance(1_000)
    expect(asked).toBe(0)
  })
})

describe('a deadline', () => {
  it('interrupts the step, says which it was, and the step is tried again', async () => {
    const bench = openJobBench()
    const reasons: unknown[] = []
    const runner = bench.start([
      jobOf(
        'job',
        {},
        {
          maxAttempts: 2,
          steps: [
            {
              name: 'slow',
              deadlineMs: 5_000,
              run: ({ signal }) =>
                new Promise((_resolve, reject) => {
                  signal.addEventListener('abort', () => {
                    reasons.push(signal.reason)
                    reject(new Error('socket destroyed'))
                  })
                }),
            },
          ],
        },
      ),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    await bench.time.advance(4_999)
    expect(reasons).toEqual([])
    await bench.time.advance(1)
    expect(bench.repository.find(id)).toMatchObject({
      state: 'waiting',
      errorCode: 'JOB_TIMED_OUT',
      errorDetails: { step: 'slow', seconds: 5 },
    })
    await bench.time.advance(8_000)
    await runner.whenIdle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'JOB_TIMED_OUT' })
  })

  it('is of each step, not of the job', async () => {
    const bench = openJobBench()
    const steps = ['one', 'two', 'three'].map((name) => ({
      name,
      deadlineMs: 1_000,
      run: async ({ signal }: { signal: AbortSignal }) => {
        await bench.time.clock.sleep(900, signal)
        return undefined
      },
    }))
    const runner = bench.start([jobOf('job', {}, { steps })])
    const id = runner.enqueue('job', {}, batch)
    for (let turn = 0; turn < 30; turn += 1) await bench.time.advance(100)
    expect(bench.stateOf(id)).toBe('done')
  })
})

describe('a cancellation', () => {
  it('of a job that has not begun ends it at once, although another of its key runs', async () => {
    const bench = openJobBench()
    const { wait } = gate()
    const ends: string[] = []
    const undo = async () => {
      ends.push('undone')
      return undefined
    }
    const definition = jobOf(
      'job',
      { only: wait },
      { onCancelled: ({ jobId }) => ends.push(jobId), compensate: { name: 'compensate', deadlineMs: 1_000, run: undo } },
    )
    const runner = bench.start([definition])
    runner.enqueue('job', {}, batch)
    await bench.time.settle()
    const second = runner.enqueue('job', {}, batch)
    runner.cancel(second)
    expect([bench.stateOf(second), ends]).toEqual(['cancelled', [second]])
    await bench.time.settle()
    expect(bench.stepsOf(second)).toEqual([])
  })

  it('of a running job interrupts its step and undoes what was begun', async () => {
    const bench = openJobBench()
    const { wait } = gate()
    const ends: string[] = []
    const runner = bench.start([
      jobOf(
        'job',
        { first: async () => ({ data: { vmid: 20_001 } }), second: wait },
        {
          onCancelled: () => ends.push('cancelled'),
          onFailed: () => ends.push('failed'),
          compensate: {
            name: 'compensate',
            deadlineMs: 1_000,
            run: async ({ data }) => {
              ends.push(`undone ${JSON.stringify(data)}`)
              return undefined
            },
          },
        },
      ),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    runner.cancel(id)
    await runner.whenIdle()
    expect(ends).toEqual(['undone {"vmid":20001}', 'cancelled'])
    expect(bench.stateOf(id)).toBe('cancelled')
    expect(bench.stepsOf(id)).toEqual(['first done', 'second failed', 'compensate done'])
  })

  it('begins no further step, also when the running one does not look at its signal', async () => {
    const bench = openJobBench()
    const { open, opened } = gate()
    const seen: string[] = []
    const runner = bench.start([
      jobOf('job', {
        first: async () => {
          await opened
          return undefined
        },
        second: async () => {
          seen.push('second')
          return undefined
        },
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    runner.cancel(id)
    open()
    await runner.whenIdle()
    expect([seen, bench.stateOf(id)]).toEqual([[], 'cancelled'])
  })

  it('of a job that waits to be tried again does not wait any longer', async () => {
    const bench = openJobBench()
    const runner = bench.start([
      jobOf('job', {
        only: async () => {
          throw busy()
        },
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    runner.cancel(id)
    await runner.whenIdle()
    expect(bench.stateOf(id)).toBe('cancelled')
  })

  it('pressed twice does not interrupt the undoing', async () => {
    const bench = openJobBench()
    const [work, undo] = [gate(), gate()]
    const runner = bench.start([
      jobOf('job', { only: work.wait }, { compensate: { name: 'compensate', deadlineMs: 60_000, run: undo.wait } }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    runner.cancel(id)
    await bench.time.settle()
    runner.cancel(id)
    await bench.time.settle()
    undo.open()
    await runner.whenIdle()
    expect([bench.stateOf(id), bench.stepsOf(id)]).toEqual(['cancelled', ['only failed', 'compensate done']])
  })

  it('survives a restart before it was carried out', async () => {
    const bench = openJobBench()
    const work = gate()
    const undone: string[] = []
    const definition = jobOf(
      'job',
      { only: work.wait },
      {
        compensate: {
          name: 'compensate',
          deadlineMs: 1_000,
          run: async () => {
            undone.push('undone')
            return undefined
          },
        },
      },
    )
    const runner = bench.start([definition])
    const id = runner.enqueue('job', {}, batch)
    await bench.time.settle()
    await runner.stop()
    runner.cancel(id)
    await bench.start([definition]).whenIdle()
    expect([bench.stateOf(id), undone]).toEqual(['cancelled', ['undone']])
  })

  it.each(['done', 'failed', 'cancelled'] as const)('of a job that is %s is refused', async (state) => {
    const bench = openJobBench()
    const runner = bench.start([jobOf('job', { only: nothing })])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    bench.repository.update(id, { state })
    expect(() => runner.cancel(id)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }))
    expect(() => runner.cancel('unknown')).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }))
  })
})

describe('undoing', () => {
  const undoing = (run: () => Promise<undefined>, ends: string[]) =>
    jobOf(
      'job',
      { only: fail },
      { onFailed: (_end, error) => ends.push(error.code), compensate: { name: 'compensate', deadlineMs: 60_000, run } },
    )

  it('goes on after a crash in it, and the job ends with the failure that caused it', async () => {
    const bench = openJobBench()
    const ends: string[] = []
    const before = bench.start([undoing(() => new Promise(() => undefined), ends)])
    const id = before.enqueue('job', {}, batch)
    await bench.time.settle()
    expect([bench.stateOf(id), ends]).toEqual(['running', []])
    let undone = 0
    const after = bench.start([
      undoing(async () => {
        undone += 1
        return undefined
      }, ends),
    ])
    await after.whenIdle()
    expect([undone, ends]).toEqual([1, ['PROXMOX_REFUSED']])
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'PROXMOX_REFUSED', errorDetails: { reason: 'no' } })
  })

  it('that fails itself is noted on the job, which ends with its own failure', async () => {
    const bench = openJobBench()
    const ends: string[] = []
    const runner = bench.start([
      undoing(async () => {
        throw new AppError('PROXMOX_TIMEOUT')
      }, ends),
    ])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    expect(ends).toEqual(['PROXMOX_REFUSED'])
    expect(bench.stepsOf(id)).toEqual(['only failed', 'compensate failed'])
    expect(bench.repository.findStep(id, 'compensate')?.log).toContain('PROXMOX_TIMEOUT')
  })
})

describe('the end of a job', () => {
  it('and what the domain makes of it are one transaction', async () => {
    const bench = openJobBench()
    const states: (string | undefined)[] = []
    const definition = jobOf(
      'job',
      { only: nothing },
      {
        onDone: ({ jobId }) => {
          bench.repository.update(jobId, { batchId: 'written by the domain' })
          states.push(bench.stateOf(jobId))
          throw new Error('the rule of the domain does not hold')
        },
      },
    )
    const runner = bench.start([definition])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    expect(states).toEqual(['running'])
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', errorCode: 'INTERNAL', batchId: null })
  })

  it('of a step and what it commits are one transaction', async () => {
    const bench = openJobBench()
    const runner = bench.start([
      jobOf('job', {
        only: async ({ jobId }) => ({
          data: { vmid: 1 },
          commit: () => {
            bench.repository.update(jobId, { batchId: 'written by the step' })
            throw new AppError('PROXMOX_REFUSED')
          },
        }),
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    expect(bench.repository.find(id)).toMatchObject({ state: 'failed', batchId: null, data: {} })
  })
})

describe('progress', () => {
  it('is stored and told at most once a second', async () => {
    const bench = openJobBench()
    const runner = bench.start([
      jobOf('job', {
        only: async ({ progress, signal }) => {
          for (let count = 0; count < 30; count += 1) {
            progress('devices', { started: count, total: 30 })
            await bench.time.clock.sleep(100, signal)
          }
          return undefined
        },
      }),
    ])
    const id = runner.enqueue('job', {}, { ...batch, userId: 'ana', courseId: 'networks' })
    await bench.time.settle()
    for (let turn = 0; turn < 31; turn += 1) await bench.time.advance(100)
    const told = bench.events.flatMap(({ data }) => (typeof data.progress === 'string' ? [JSON.parse(data.progress).values.started] : []))
    expect(told).toEqual([0, 10, 20])
    expect(bench.events.every(({ audience }) => audience.userIds[0] === 'ana' && audience.courseId === 'networks')).toBe(true)
    expect(bench.repository.find(id)).toMatchObject({ state: 'done', progress: null })
  })

  it('and the lines for the administrator belong to the step; of a flood the last are kept', async () => {
    const bench = openJobBench()
    const runner = bench.start([
      jobOf('job', {
        only: async ({ line }) => {
          for (let count = 0; count < 200; count += 1) line(`${count} ${'x'.repeat(1_000)}`)
          return undefined
        },
      }),
    ])
    const id = runner.enqueue('job', {}, batch)
    await runner.whenIdle()
    const log = bench.repository.findStep(id, 'only')?.log ?? ''
    expect(log.length).toBeLessThanOrEqual(64_000)
    expect(log).toContain('199 xxx')
  })
})

describe('trying a job again', () => {
  it('begins anew with its payload, without what was undone', async () => {
    const bench = openJobBench()
    const seen: string[] = []
    let isBroken = true
    const runner = bench.start([
      jobOf('job', {
        first: async ({ data, payload }) => {
          seen.push(`${payload.key} ${JSON.stringify(data)}`)
          return { data: { vmid: 1 } }
        },
        second: async () => (isBroken ? fail() : undefined),
      }),
    ])
    const id = runner.enqueue('job', { key: 'work-vm:1' }, batch)
    await runner.whenIdle()
    isBroken = false
    runner.retry(id)
    await runner.whenIdle()
    expect(seen).toEqual(['work-vm:1 {}', 'work-vm:1 {}'])
    expect(bench.repository.find(id)).toMatchObject({ state: 'done', errorCode: null })
  })

  it.each(['queued', 'running', 'waiting', 'done'] as const)('is refused while it is %s', async (state) => {
    const bench = openJobBench()
    const runner = bench.start([jobOf('job', { only: nothing })])
    await runner.stop()
    const id = runner.enqueue('job', {}, batch)
    bench.repository.update(id, { state })
    expect(() => runner.retry(id)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }))
  })
})
