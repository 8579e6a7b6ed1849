import type { ApiSession } from '../support/api.ts'
import { findDisagreements } from '../support/bookkeeping.ts'
import { sandboxStateSchema } from '../support/sandbox.ts'
import { power } from '../support/steps.ts'
import { nameOf, type Plan } from './plan.ts'
import type { SoakWorld } from './soak-world.ts'

/** What one class met. */
export interface ClassReport {
  readonly seed: number
  /** By name, how often each fault struck. */
  readonly faults: Readonly<Record<string, number>>
  /** How often something failed for good and was asked for again when the trouble was over. */
  readonly repeats: number
}

const usernames = ['soak1', 'soak2', 'soak3', 'soak4', 'soak5']
/** So often a teacher presses the button again before the run counts as broken. */
const mostRepeats = 6

/** A request that died with the application is no answer and no fault. */
async function unlessCut(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error
  })
}

/**
 * One class from enrolling to un-enrolling, its faults switched on, and the application dying once. What failed for good is asked for again
 * without faults, as a teacher would. @throws Error naming what does not agree in the end
 */
export async function runClass(world: SoakWorld, plan: Plan): Promise<ClassReport> {
  const { books, exerciseId } = world
  const students = usernames.slice(0, plan.students)
  const tally: Record<string, number> = {}
  let repeats = 0

  /** The rows of this class; those of the classes before are gone. */
  const labs = () => books.presentWorkVms().filter((row) => row.exerciseId === exerciseId)
  const atRest = () => books.openJobs() === 0
  const ask = async (work: (teacher: ApiSession) => Promise<unknown>) => unlessCut(world.teacher().then(work))

  function takeCounters(): void {
    for (const { fault, fired } of world.sandbox.state().faults) {
      const name = nameOf(fault)
      tally[name] = (tally[name] ?? 0) + fired
    }
    world.setFaults({ faults: [] })
  }

  /** Asks, waits until nothing is at work, and asks again while it is not so: the first time with all faults, then without. */
  async function achieve(what: string, isSo: () => boolean, act: () => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      await act()
      await world.until(`${what} (seed ${plan.seed})`, () => isSo() || atRest())
      await world.until(`rest after ${what} (seed ${plan.seed})`, atRest)
      if (isSo()) return
      if (attempt === mostRepeats) throw new Error(`seed ${plan.seed}: ${what} was not achieved: ${describe()}`)
      repeats += 1
      takeCounters()
      await world.helpAsRoot()
      await world.do('retry-deletions')
    }
  }
  const describe = (): string => {
    const rows = labs().map(({ state, vmid, errorCode, errorDetails }) => ({ state, vmid, errorCode, errorDetails }))
    const jobs = books.jobs().filter(({ state }) => state !== 'done')
    return JSON.stringify({
      rows,
      jobs: jobs.map(({ name, state, step, errorCode, errorDetails }) => ({ name, state, step, errorCode, errorDetails })),
    })
  }

  const every = (state: string) => () => labs().length === students.length && labs().every((lab) => lab.state === state)

  await world.dieAt(plan.death)
  world.setFaults({ faults: plan.faults.filter(({ fault }) => fault !== 'node-down') })
  await achieve(
    'every student is enrolled',
    () => labs().length === students.length,
    () => ask((teacher) => teacher.request('POST', `/exercises/${exerciseId}/enrollments`, { usernames: students })),
  )
  // a node that is down is given no labs: it must go down while it has some
  takeCounters()
  world.setFaults({ faults: [...plan.faults] })
  await achieve('every lab is ready', every('ready'), async () => {
    for (const lab of labs()) if (lab.state !== 'ready') await ask((teacher) => teacher.request('POST', `/work-vms/${lab.id}/start`))
  })
  const off = plan.off === 'hibernate' ? 'hibernated' : 'stopped'
  await achieve('every lab is off', every(off), async () => {
    for (const lab of labs()) {
      // one that failed can be stopped, but must run to be put to sleep
      const verb = lab.state === 'failed' && plan.off === 'hibernate' ? 'start' : plan.off
      if (lab.state !== off) await ask((teacher) => power(teacher, lab.id, verb))
    }
  })
  const everybody = new Set(labs().map(({ userId }) => userId))
  if (everybody.size !== students.length) throw new Error(`seed ${plan.seed}: ${students.length - everybody.size} students are lost`)
  await achieve(
    'every VM is gone',
    () => labs().length === 0,
    async () => {
      for (const { userId, state } of labs())
        if (state !== 'binned' && state !== 'deleting')
          await ask((teacher) => teacher.request('DELETE', `/exercises/${exerciseId}/enrollments/${userId}`))
      await world.until(`the bin (seed ${plan.seed})`, atRest)
      await world.do('empty-bin')
      // an application that died instead empties it when it starts
      await world.until(`the empty bin (seed ${plan.seed})`, () => labs().every(({ state }) => state !== 'binned'))
    },
  )
  takeCounters()
  await world.dieAt(null)
  await agree(world, plan)
  return { seed: plan.seed, faults: tally, repeats }
}

const youngMs = 11 * 60_000

/** The emulator's own state against what is written down, after what the hourly look would do. */
async function agree(world: SoakWorld, plan: Plan): Promise<void> {
  const problems = (): string[] => {
    const state = sandboxStateSchema.parse(world.sandbox.state())
    return [...findDisagreements(world.books, state), ...(state.runningTasks === 0 ? [] : ['tasks still run'])]
  }
  for (let look = 0; problems().length > 0 && look < 5; look += 1) {
    await world.helpAsRoot()
    await world.do('mend')
    // a volume is left alone until it is ten minutes old
    if (problems().length > 0) await world.skip(youngMs)
    await world.until(`the tasks after a look (seed ${plan.seed})`, () => world.sandbox.state().runningTasks === 0)
  }
  const left = problems()
  if (left.length > 0) throw new Error(`seed ${plan.seed}: ${left.join('; ')}`)
}
