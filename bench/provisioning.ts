import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log, TaskOptions } from '../src/clients/proxmox/index.ts'
import { type OneClock, startOnOneClock } from '../test/clients/proxmox/one-clock.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { requestsWhileIdle } from './provisioning/idle.ts'
import { createPlainClient } from './provisioning/plain-client.ts'

const sizes = [1, 10, 20, 100, 200]
const baseTemplate = 9_000
const templateVmid = 2_000
const firstVmid = 2_101
/** What one volume holds the storage's lock; LVM-thin takes some 0.1 to 1 s. */
const holdMs = 1_000

interface Part {
  /** Of the virtual clock. */
  readonly tookMs: number
  /** Of this process, the sandbox's work included: both live in it. */
  readonly cpuMs: number
  readonly requests: number
}

interface Sequence {
  readonly clones: Part
  readonly deletions: Part
  readonly orphans: number
  /** Requests and tasks that failed, whether or not they were tried again. */
  readonly troubles: number
  /** VMs that were asked for and are not there, or the other way round. */
  readonly unfinished: number
}

const idsOf = (size: number): number[] => Array.from({ length: size }, (_, index) => firstVmid + index)
const requestsOf = ({ sandbox }: OneClock): number => Object.values(sandbox.state().requests).reduce((sum, count) => sum + count, 0)

/** Runs one part to its end on the virtual clock. */
async function part(world: OneClock, work: () => Promise<unknown>): Promise<Part> {
  const [startedAt, before, cpu] = [world.clock.now(), requestsOf(world), process.cpuUsage()]
  const state = { isOver: false }
  const running = work().finally(() => {
    state.isOver = true
  })
  await world.until(() => state.isOver)
  await running
  const { user, system } = process.cpuUsage(cpu)
  return { tookMs: world.clock.now() - startedAt, cpuMs: (user + system) / 1_000, requests: requestsOf(world) - before }
}

async function inWorld<T>(log: Log, work: (world: OneClock) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-bench-'))
  const durations = { volumeClone: holdMs, volumeFree: holdMs, volumeConvert: holdMs }
  const world = await startOnOneClock({ stateDir: join(folder, 'sandbox'), durations, log })
  try {
    return await work(world)
  } finally {
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const present = ({ sandbox }: OneClock, ids: readonly number[]): number =>
  sandbox.state().vms.filter(({ vmid }) => ids.includes(vmid)).length

/** Template, so many clones, all of them deleted, by the gateway; again and again with the same gateway when asked. */
async function byGateway(size: number, times = 1): Promise<readonly Sequence[]> {
  const ids = idsOf(size)
  let troubles = 0
  const ignore = () => undefined
  const log: Log = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: () => {
      troubles += 1
    },
  }
  const mark = (vmid: number): string => `netpraxis:bench:${vmid}:work`
  const options = (): TaskOptions => ({ signal: new AbortController().signal, priority: 'batch', onUpid: ignore })
  return inWorld(log, async (world) => {
    const { proxmox } = world
    const clone = (source: number, vmid: number, full: boolean) =>
      proxmox.ensureClone({ node: 'pve1', source, vmid, name: `bench-${vmid}`, description: mark(vmid), full, ...options() })
    const remove = (vmid: number) =>
      proxmox.ensureDestroyed({ node: 'pve1', vmid, expectedDescription: mark(vmid), storages: ['labshared'], ...options() })
    const once = async (): Promise<Sequence> => {
      troubles = 0
      await part(world, async () => {
        await clone(baseTemplate, templateVmid, true)
        await proxmox.ensureTemplate({ node: 'pve1', vmid: templateVmid, ...options() })
      })
      const clones = await part(world, () => Promise.all(ids.map((vmid) => clone(templateVmid, vmid, false))))
      const made = present(world, ids)
      const deletions = await part(world, async () => {
        await Promise.all(ids.map(remove))
        await remove(templateVmid)
      })
      const unfinished = size - made + present(world, [...ids, templateVmid])
      return { clones, deletions, orphans: world.sandbox.state().orphans.length, troubles, unfinished }
    }
    const all: Sequence[] = []
    for (let time = 1; time <= times; time += 1) all.push(await once())
    return all
  })
}

/** The same clones and deletions without a gateway: one after the other, or all at once. */
async function byScript(size: number, how: 'in-turn' | 'at-once'): Promise<Sequence> {
  const ids = idsOf(size)
  const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  return inWorld(silent, async (world) => {
    const plain = createPlainClient(world)
    const each = async (work: (vmid: number) => Promise<void>): Promise<void> => {
      if (how === 'at-once') await Promise.all(ids.map(work))
      else for (const vmid of ids) await work(vmid)
    }
    const clones = await part(world, () => each((vmid) => plain.clone(baseTemplate, vmid)))
    const missing = ids.filter((vmid) => present(world, [vmid]) === 0)
    // the deletions are to be measured with as many as there should be
    await part(world, async () => {
      for (const vmid of missing) await plain.clone(baseTemplate, vmid)
    })
    const deletions = await part(world, () => each(plain.remove))
    const { refused, failedTasks } = plain.counts
    await plain.close()
    return {
      ...{ clones, deletions, orphans: world.sandbox.state().orphans.length },
      ...{ troubles: refused + failedTasks, unfinished: missing.length + present(world, ids) },
    }
  })
}

/** The storage's lock is one after the other for everybody: so many volumes, so much time. */
const serialMs = (size: number): number => size * holdMs

async function figuresFor(size: number, say: (progress: string) => void): Promise<readonly Figure[]> {
  const [ours] = await byGateway(size)
  if (!ours) throw new Error('nothing was run')
  say(`${size}: gateway done`)
  const inTurn = await byScript(size, 'in-turn')
  const atOnce = await byScript(size, 'at-once')
  say(`${size}: scripts done`)
  const isLarge = size >= 100
  const slack = 'what comes before and after the lock of each VM (looks, polls) is not hidden by others when there are few'
  const limit = (value: number, atMost: number): Pick<Figure, 'value' | 'aim' | 'cause'> => ({
    value,
    ...(isLarge ? { aim: { atMost }, cause: slack } : {}),
  })
  const ratio = (took: Part): number => took.tookMs / serialMs(size)
  const label = (what: string): string => `${size} VMs: ${what}`
  return [
    { what: label('clones, as a multiple of the serial limit'), unit: 'x', ...limit(ratio(ours.clones), 1.2) },
    { what: label('deletions, as a multiple of the serial limit'), unit: 'x', ...limit(ratio(ours.deletions), 1.4) },
    { what: label('clones, on the virtual clock'), unit: 's', value: ours.clones.tookMs / 1_000 },
    { what: label('deletions, on the virtual clock'), unit: 's', value: ours.deletions.tookMs / 1_000 },
    { what: label('CPU per VM, gateway and sandbox together'), unit: 'ms', value: (ours.clones.cpuMs + ours.deletions.cpuMs) / size },
    {
      what: label('API requests per VM, clone and deletion'),
      unit: 'requests',
      value: (ours.clones.requests + ours.deletions.requests) / size,
    },
    { what: label('orphans'), unit: 'count', value: ours.orphans, aim: { atMost: 0 } },
    { what: label('not made or not removed'), unit: 'count', value: ours.unfinished, aim: { atMost: 0 } },
    { what: label('refusals and failed tasks that were tried again'), unit: 'count', value: ours.troubles },
    { what: label('one after the other: clones, as a multiple of ours'), unit: 'x', value: inTurn.clones.tookMs / ours.clones.tookMs },
    {
      what: label('one after the other: deletions, as a multiple of ours'),
      unit: 'x',
      value: inTurn.deletions.tookMs / ours.deletions.tookMs,
    },
    { what: label('all at once: not made or not removed'), unit: 'count', value: atOnce.unfinished },
    { what: label('all at once: orphans'), unit: 'count', value: atOnce.orphans },
    { what: label('all at once: refusals and failed tasks'), unit: 'count', value: atOnce.troubles },
  ]
}

const repeats = 10
const repeatedSize = 200

/** A class again and again with one gateway: nothing must pile up in it. */
async function repeated(say: (progress: string) => void): Promise<readonly Figure[]> {
  const all = await byGateway(repeatedSize, repeats)
  say(`${repeatedSize}, ${repeats} times: done`)
  const took = all.map(({ clones, deletions }) => clones.tookMs + deletions.tookMs)
  const sum = (of: 'orphans' | 'unfinished') => all.reduce((total, one) => total + one[of], 0)
  const label = (what: string): string => `${repeatedSize} VMs, ${repeats} times: ${what}`
  return [
    {
      what: label('the last time, as a multiple of the first'),
      unit: 'x',
      value: (took.at(-1) ?? 0) / (took[0] ?? 1),
      aim: { atMost: 1.05 },
    },
    { what: label('the slowest, as a multiple of the first'), unit: 'x', value: Math.max(...took) / (took[0] ?? 1) },
    { what: label('orphans'), unit: 'count', value: sum('orphans'), aim: { atMost: 0 } },
    { what: label('not made or not removed'), unit: 'count', value: sum('unfinished'), aim: { atMost: 0 } },
  ]
}

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const size of sizes) figures.push(...(await figuresFor(size, say)))
  const idle = {
    what: 'nothing to do: API requests of the whole server in an hour',
    unit: 'requests' as const,
    value: await requestsWhileIdle(),
  }
  return [...figures, ...(await repeated(say)), idle]
}

export const provisioning: Benchmark = {
  name: 'provisioning',
  title: 'Provisioning',
  how: `A template, so many linked clones of it, and all deleted again, by the gateway alone against the sandbox, on one virtual clock that moves only while every request lies with the sandbox: the figures do not depend on the machine, and only ratios are given. One volume holds the storage's lock for ${holdMs / 1_000} s; the serial limit is that times the number of VMs. Baselines in the same run, by plain requests: one VM after the other with a look each second, and all at once without a limit (what was not cloned then is cloned in turn, so that the deletions meet as many VMs). Then the largest class ten times with one gateway, and an hour of the whole server with nothing to do. Not in it but for that hour: jobs, database, pages; and the making of the template, which is a copy.`,
  run,
}
