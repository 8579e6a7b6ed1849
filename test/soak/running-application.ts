import { type ChildProcess, fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { type News, newsSchema, type Order, type Point, type Verb } from './orders.ts'

/** An application that may die at any time. */
export interface RunningApplication {
  readonly url: string
  readonly password: string
  /** Before and after every step of every job it knows. */
  readonly points: readonly Point[]
  isDead(): boolean
  /** Where it died, when it died where it was told to. */
  diedAt(): Point | null
  dieAt(point: Point | null): void
  skipTo(skippedMs: number): void
  /** Resolves when it is done, or when the application died over it. */
  do(verb: Verb): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
}

export interface ApplicationStart {
  /** The compiled application (application.ts). */
  readonly program: string
  /** A thread is terminated; a process is killed by SIGKILL. */
  readonly as: 'thread' | 'process'
  readonly order: Extract<Order, { start: object }>
  /** Calls with the time that has passed, again and again until the application is dead. */
  readonly follow: (hear: (passedMs: number) => void) => () => void
  /** Told of every step that turns out to save something while it runs. */
  readonly onSaves: (point: Point) => void
}

interface Vessel {
  post(order: Order): void
  onNews(listener: (news: News) => void): void
  onEnd(listener: (isKilled: boolean) => void): void
  kill(): void
}

function openThread(program: string): Vessel {
  const worker = new Worker(program, { execArgv: [] })
  return {
    post: (order) => worker.postMessage(order),
    onNews: (listener) => worker.on('message', (message) => listener(newsSchema.parse(message))),
    onEnd: (listener) => {
      worker.on('error', (error) => process.stderr.write(`${error.stack}\n`))
      worker.on('exit', () => listener(false))
    },
    kill: () => void worker.terminate(),
  }
}

function openProcess(program: string): Vessel {
  const child: ChildProcess = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  // an order to a process that was just killed is no fault
  child.on('error', () => undefined)
  return {
    post: (order) => void child.send(order, () => undefined),
    onNews: (listener) => child.on('message', (message) => listener(newsSchema.parse(message))),
    onEnd: (listener) => child.on('exit', (_code, signal) => listener(signal === 'SIGKILL')),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** @throws Error when it ends before it listens */
export async function startApplication({ program, as, order, follow, onSaves }: ApplicationStart): Promise<RunningApplication> {
  const vessel = as === 'thread' ? openThread(program) : openProcess(program)
  const life: { isDead: boolean; told: Point | null; died: Point | null } = { isDead: false, told: null, died: null }
  const waiting: (() => void)[] = []
  const unfollow = follow((hear) => {
    if (!life.isDead) vessel.post({ hear })
  })
  const ended = new Promise<void>((resolve) => {
    vessel.onEnd((isKilled) => {
      // a killed process cannot tell where; it was told, and nobody else kills it
      if (isKilled) life.died = life.told
      life.isDead = true
      unfollow()
      resolve()
    })
  })
  const ready = await new Promise<Extract<News, { ready: object }>['ready']>((resolve, reject) => {
    void ended.then(() => reject(new Error('the application ended before it listened')))
    vessel.onNews((news) => {
      if ('ready' in news) resolve(news.ready)
      else if ('saves' in news) onSaves(news.saves)
      else if ('did' in news) waiting.shift()?.()
      else {
        life.died = news.died
        life.isDead = true
        vessel.kill()
      }
    })
    vessel.post(order)
  })
  return {
    ...ready,
    isDead: () => life.isDead,
    diedAt: () => life.died,
    dieAt: (point) => {
      // an order that comes too late is not obeyed
      if (point) life.told = point
      if (!life.isDead) vessel.post({ dieAt: point })
    },
    skipTo: (skippedMs) => {
      if (!life.isDead) vessel.post({ skipTo: skippedMs })
    },
    do: async (verb) => {
      const did = new Promise<void>((resolve) => waiting.push(resolve))
      if (!life.isDead) vessel.post({ do: verb })
      await Promise.race([did, ended])
    },
    kill: async () => {
      life.told = null
      vessel.kill()
      await ended
    },
  }
}
