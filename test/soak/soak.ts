import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileProgram } from '../../src/cli/compile-program.ts'
import type { Point } from './orders.ts'
import { faultNames, makePlan } from './plan.ts'
import { runClass } from './run-class.ts'
import { createSoakWorld, type SoakWorld } from './soak-world.ts'

export interface SoakOptions {
  readonly runs: number
  readonly firstSeed: number
  /** Sandboxes at the same time. */
  readonly lanes: number
  /** How many times as fast as Proxmox the sandbox and the application's clock go; at most 20. */
  readonly speed: number
  /** The end: seeds that have not begun then are left out. */
  readonly untilMs?: number
  readonly say: (line: string) => void
}

export interface SoakReport {
  readonly runs: number
  readonly problems: readonly string[]
  readonly faults: Readonly<Record<string, number>>
  /** `job/step/phase` of the jobs of these runs. */
  readonly deaths: Readonly<Record<string, number>>
  readonly killed: { readonly thread: number; readonly process: number }
  readonly repeats: number
}

/** A fresh sandbox and database after so many classes: what went before is compared after each. */
const classesPerWorld = 40
const nameOf = ({ job, step, phase }: Point): string => `${job}/${step}/${phase}`
/** What enrolling, starting, stopping and un-enrolling run. */
const jobs = ['create-work-vm', 'start-work-vm', 'stop-work-vm', 'delete-work-vm']

/** Runs many classes, each with troubles of its own, and counts what they met. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { runs, firstSeed, lanes, speed, say } = options
  const problems: string[] = []
  const faults: Record<string, number> = Object.fromEntries(faultNames.map((name) => [name, 0]))
  const deaths: Record<string, number> = {}
  const saving = new Map<string, Point>()
  const killed = { thread: 0, process: 0 }
  let next = firstSeed
  let done = 0
  let repeats = 0
  const isOver = () => next >= firstSeed + runs || (options.untilMs !== undefined && Date.now() > options.untilMs)

  async function oneClass(world: SoakWorld): Promise<boolean> {
    const points = world.points().filter(({ job }) => jobs.includes(job))
    for (const point of points) deaths[nameOf(point)] ??= 0
    const seed = next
    next += 1
    try {
      const report = await runClass(world, makePlan(seed, points))
      for (const [name, count] of Object.entries(report.faults)) faults[name] = (faults[name] ?? 0) + count
      repeats += report.repeats
      return true
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      problems.push(problem)
      say(problem)
      return false
    } finally {
      done += 1
      if (done % 20 === 0) say(`${done} classes, ${problems.length} problems`)
    }
  }

  /** A world whose class went wrong is thrown away: the next one must not pay for it. */
  async function lane(): Promise<void> {
    while (!isOver()) {
      const onDeath = (point: Point, as: 'thread' | 'process') => {
        deaths[nameOf(point)] = (deaths[nameOf(point)] ?? 0) + 1
        killed[as] += 1
      }
      const world = await createSoakWorld({ seed: next, speed, program, saving, onDeath })
      try {
        for (let count = 0; count < classesPerWorld && !isOver(); count += 1) if (!(await oneClass(world))) break
      } finally {
        await world.end()
      }
    }
  }

  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-soak-program-'))
  const compiled = join(folder, 'compiled')
  const program = join(compiled, 'application.mjs')
  await compileProgram({ application: fileURLToPath(new URL('application.ts', import.meta.url)) }, compiled)
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    await rm(folder, { recursive: true })
  }
  return { runs: done, problems, faults, deaths, killed, repeats }
}

export interface Least {
  readonly fault: number
  readonly death: number
  /** Processes ended by SIGKILL. */
  readonly sigkill: number
}

/** What occurred too rarely to have been tried. */
export function tooRare({ faults, deaths, killed }: SoakReport, least: Least): string[] {
  const rare = (counts: Readonly<Record<string, number>>, limit: number, what: string) =>
    Object.entries(counts).flatMap(([name, count]) => (count < limit ? [`${what} ${name} occurred ${count} times of ${limit}`] : []))
  return [
    ...rare(faults, least.fault, 'fault'),
    ...rare(deaths, least.death, 'kill point'),
    ...rare({ process: killed.process }, least.sigkill, 'SIGKILL of a'),
  ]
}
