import { spawnSync } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'ssh2'
import { z } from 'zod'
import {
  type ConsoleCredentials,
  type ConsoleSession,
  type ConsoleTarget,
  loadPlatforms,
  openConsole,
} from '../src/clients/console/index.ts'
import { systemClock } from '../src/lib/clock.ts'
import type { SharedConsole } from '../test/real/shared-console.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { isInstalled, type SshHost, startConsole, startFrr, startSshd, startVpcs } from './consoles/devices.ts'
import { openRaw } from './consoles/raw.ts'
import { startChild } from './support/child.ts'
import { median, quantile } from './support/numbers.ts'
import { rssMb } from './support/processes.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../inventory/platforms', import.meta.url)))
const flood = fileURLToPath(new URL('consoles/flood.ts', import.meta.url))
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const rounds = 3
const prompts = { vpcs: /\n\r?\S+> $/u, frr: /\n\S+# $/u }
const noMore = 'other work on the machine took the processor'

function open(platform: string, target: ConsoleTarget, credentials: ConsoleCredentials = {}): Promise<ConsoleSession> {
  const signal = new AbortController().signal
  return openConsole({
    device: 'bench',
    platform: platforms.get(platform),
    target,
    credentials,
    redact: [],
    clock: systemClock,
    signal,
    log: silent,
  })
}

const telnet = (port: number): ConsoleTarget => ({ kind: 'telnet', host: '127.0.0.1', port })

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

/** Both contestants in turn, so that what else the machine does hits both. */
async function inTurn(ours: () => Promise<unknown>, raw: () => Promise<unknown>): Promise<{ ours: number; raw: number }> {
  const seen = { ours: [] as number[], raw: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    seen.raw.push(await seconds(raw))
    seen.ours.push(await seconds(ours))
  }
  return { ours: median(seen.ours), raw: median(seen.raw) }
}

async function pingAll(ports: readonly number[], neighbours: readonly string[]): Promise<{ ours: number; raw: number }> {
  const command = (index: number) => `ping ${neighbours[index]} -c 2`
  const ours = async (port: number, index: number) => {
    const session = await open('vpcs', telnet(port))
    const answer = await session.ask(command(index))
    if (!/icmp_seq=2 ttl=/u.test(answer.text)) throw new Error(`no replies: ${answer.text}`)
    await session.close()
  }
  const raw = async (port: number, index: number) => {
    const console = await openRaw(port, prompts.vpcs)
    if (!/icmp_seq=2 ttl=/u.test(await console.ask(command(index)))) throw new Error('no replies')
    console.close()
  }
  return inTurn(
    () => Promise.all(ports.map(ours)),
    () => Promise.all(ports.map(raw)),
  )
}

/** (a), (c) and the memory of idle consoles, on real VPCS. */
async function runVpcs(say: (progress: string) => void): Promise<readonly Figure[]> {
  const { ports, stop } = await startVpcs(64)
  try {
    const before = await rssMb(process.pid)
    const sessions = await Promise.all(ports.map((port) => open('vpcs', telnet(port))))
    const idle = (await rssMb(process.pid)) - before
    await Promise.all(sessions.map((session, index) => session.ask(`ip 10.9.${index >> 1}.${(index % 2) + 1}/24`)))
    await Promise.all(sessions.map((session) => session.close()))
    const neighbours = ports.map((_, index) => `10.9.${index >> 1}.${((index + 1) % 2) + 1}`)
    const figures: Figure[] = []
    for (const count of [1, 4, 16, 64]) {
      const { ours, raw } = await pingAll(ports.slice(0, count), neighbours)
      say(`${count} VPCS: ${ours.toFixed(2)} s, raw ${raw.toFixed(2)} s`)
      figures.push(
        { what: `ping -c 2 on ${count} VPCS`, value: ours, unit: 's' },
        {
          what: `ping -c 2 on ${count} VPCS, as a multiple of raw`,
          value: ours / raw,
          unit: 'x',
          ...(count === 64
            ? {
                aim: { atMost: 1.05 },
                cause: `${noMore}; ours takes four times the processor time of raw (option codec, screen, confirmed prompts), some 5 ms a console`,
              }
            : {}),
        },
      )
    }
    return [
      ...figures,
      ...(await tenPings(ports[0] ?? 0, neighbours[0] ?? '')),
      { what: 'memory per open idle console (64 open)', value: idle / 64, unit: 'MB', aim: { atMost: 2 }, cause: noMore },
    ]
  } finally {
    stop()
  }
}

async function tenPings(port: number, to: string): Promise<readonly Figure[]> {
  const command = `ping ${to} -c 1 -i 100 -w 500`
  const ours = async () => {
    const session = await open('vpcs', telnet(port))
    for (let count = 0; count < 10; count += 1) if (!/icmp_seq=1 ttl/u.test((await session.ask(command)).text)) throw new Error('no reply')
    await session.close()
  }
  const raw = async () => {
    const console = await openRaw(port, prompts.vpcs)
    for (let count = 0; count < 10; count += 1) {
      // a VPCS loses what follows its prompt too closely
      await pause(10)
      await console.ask(command)
    }
    console.close()
  }
  const seen = await inTurn(ours, raw)
  return [
    {
      what: 'ten quick pings on one VPCS, connecting included',
      value: seen.ours,
      unit: 's',
      aim: { atMost: 1.4 },
      cause:
        'a ping takes a tenth of a second by its own -i 100, as raw does (with -i 10 it takes 55 to 60 ms on the same console), and the prompt is confirmed before the next command goes; TCP on its side sometimes waits 40 ms for our ACK, which holds back the reply but not the prompt',
    },
    { what: 'ten quick pings, raw', value: seen.raw, unit: 's' },
  ]
}

/** (b): a console that is kept. */
async function runFrr(say: (progress: string) => void): Promise<readonly Figure[]> {
  const frr = await startFrr()
  const console = await frr.open()
  try {
    const session = await open('frr', telnet(console.port))
    const raw = await openRaw(console.port, prompts.frr)
    const ten = async (ask: (command: string) => Promise<unknown>) => {
      for (let count = 0; count < 10; count += 1) await ask('show ip route')
    }
    const seen = await inTurn(
      () => ten((command) => session.ask(command)),
      () => ten((command) => raw.ask(command)),
    )
    raw.close()
    await session.close()
    say(`ten show ip route: ${seen.ours.toFixed(3)} s, raw ${seen.raw.toFixed(3)} s`)
    return [
      { what: 'ten show ip route on a kept FRR console', value: seen.ours, unit: 's', aim: { atMost: 0.2 }, cause: noMore },
      { what: 'ten show ip route, raw', value: seen.raw, unit: 's' },
      ...(await runDirty(say, frr.open)),
    ]
  } finally {
    await console.stop()
    frr.stop()
  }
}

interface DirtyState {
  readonly what: string
  readonly platform: string
  readonly start: () => Promise<SharedConsole>
  readonly typed: string
  readonly command: string
  readonly expected: RegExp
}

/** (e): the nine states of the reference measurement, each on a console of its own. */
async function runDirty(say: (progress: string) => void, openFrr: () => Promise<SharedConsole>): Promise<readonly Figure[]> {
  const bash = () => startConsole(['bash', '--norc'])
  const routes = { platform: 'frr', start: openFrr, command: 'show ip route', expected: /^Codes:[\s\S]*10\.19\.0\.0\/16/u }
  const host = { platform: 'linux', start: bash, command: 'echo $((6 * 7))', expected: /^42\n$/u }
  const states: readonly DirtyState[] = [
    { what: 'FRR, half a line', ...routes, typed: 'show ip ro' },
    { what: 'FRR, configuring a router', ...routes, typed: 'configure terminal\rinterface lo\r' },
    { what: 'FRR, a pager', ...routes, typed: 'terminal paginate\rshow running-config\r' },
    { what: 'FRR, a ping left running', ...routes, typed: 'ping 127.0.0.1\r' },
    { what: 'Linux, half a line', ...host, typed: 'echo half' },
    { what: 'Linux, a ping left running', ...host, typed: 'ping 127.0.0.1\r' },
    { what: 'Linux, less open', ...host, typed: 'less /etc/services\r' },
  ]
  let answered = 0
  for (const state of states) {
    const isRight = await askDirty(state)
    answered += isRight ? 1 : 0
    if (!isRight) say(`not answered: ${state.what}`)
  }
  answered += await askDirtyVpcs()
  return [{ what: 'dirty states answered (of nine)', value: answered, unit: 'states', aim: { atLeast: 9 } }]
}

async function askDirty({ platform, start, typed, command, expected }: DirtyState): Promise<boolean> {
  const console = await start()
  try {
    console.type(typed)
    await pause(1_000)
    const session = await open(platform, telnet(console.port))
    const { text } = await session.ask(command)
    await session.close()
    return expected.test(text)
  } finally {
    await console.stop()
  }
}

/** A VPCS has one client at a time: the student types, leaves, and we come. */
async function askDirtyVpcs(): Promise<number> {
  const { ports, stop } = await startVpcs(2)
  try {
    let answered = 0
    for (const [index, typed] of ['sho', 'ping 10.9.9.9 -t\r'].entries()) {
      const student = await openRaw(ports[index] ?? 0, prompts.vpcs)
      student.ask(typed.trim()).catch(() => undefined) // he leaves before it ends
      await pause(500)
      student.close()
      const session = await open('vpcs', telnet(ports[index] ?? 0))
      if (/^NAME {8}: /u.test((await session.ask('show ip')).text)) answered += 1
      await session.close()
    }
    return answered
  } finally {
    stop()
  }
}

/** (d) */
async function runSsh(): Promise<readonly Figure[]> {
  const host = await startSshd()
  try {
    const target: ConsoleTarget = { kind: 'ssh', host: '127.0.0.1', port: host.port, hostKey: host.hostKey }
    const ours = async () => {
      const session = await open('linux', target, host)
      await session.ask('ip -br addr')
      await session.close()
    }
    const seen = await inTurn(ours, () => rawExec(host))
    return [
      { what: 'SSH connect and one command', value: seen.ours, unit: 's', aim: { atMost: 0.45 }, cause: noMore },
      { what: 'SSH connect and one command, ssh2 alone', value: seen.raw, unit: 's' },
    ]
  } finally {
    host.stop()
  }
}

const rawExec = ({ port, username, password }: SshHost): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new Client()
    client.on('error', reject)
    client.on('ready', () =>
      client.exec('ip -br addr', (error, channel) => {
        if (error) return reject(error)
        channel.resume().on('close', () => {
          client.end()
          resolve()
        })
      }),
    )
    client.connect({ host: '127.0.0.1', port, username, password })
  })

/** The event loop while 64 consoles deliver a megabyte each, and the memory that takes. */
async function runFlood(): Promise<readonly Figure[]> {
  const child = await startChild(flood)
  try {
    const { port } = z.object({ port: z.number() }).parse(JSON.parse(await child.firstLine))
    const sessions = await Promise.all(Array.from({ length: 64 }, () => open('cisco_ios', telnet(port))))
    const idle = monitorEventLoopDelay({ resolution: 5 })
    idle.enable()
    await pause(3_000)
    idle.disable()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    const memory: number[] = []
    const before = await rssMb(process.pid)
    const watch = setInterval(() => void rssMb(process.pid).then((mb) => memory.push(mb - before)), 200)
    delay.enable()
    const took = await seconds(() =>
      Promise.all(
        sessions.map(async (session) => {
          const { ended, raw } = await session.ask('show flood', { timeoutMs: 120_000 })
          if (ended !== 'prompt' || raw.length < 1_000_000) throw new Error(`${ended} after ${raw.length} bytes`)
        }),
      ),
    )
    delay.disable()
    clearInterval(watch)
    await Promise.all(sessions.map((session) => session.close()))
    return [
      {
        what: '99th percentile of the event loop, 64 consoles with a megabyte each',
        value: delay.percentile(99) / 1e6,
        unit: 'ms',
        aim: { atMost: 50 },
        cause: noMore,
      },
      { what: 'the same while the process does nothing, just before', value: idle.percentile(99) / 1e6, unit: 'ms' },
      { what: 'time of it', value: took, unit: 's' },
      {
        what: 'memory per console while its megabyte is read',
        value: quantile(memory, 1) / 64,
        unit: 'MB',
        aim: { atMost: 2 + 3 },
        cause: 'the answers of all 64 are held at once until each has ended',
      },
    ]
  } finally {
    await child.stop()
  }
}

/** Whatever lacks its program is left out and named. */
async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const isRoot = process.getuid?.() === 0
  const parts = [
    { needs: ['vpcs', 'pgrep'], root: false, measure: () => runVpcs(say) },
    { needs: ['vtysh', 'zebra', 'staticd', 'ip', 'script', 'less', 'vpcs'], root: true, measure: () => runFrr(say) },
    { needs: ['sshd', 'ssh-keygen', 'useradd'], root: true, measure: runSsh },
    { needs: [], root: false, measure: runFlood },
  ]
  const figures: Figure[] = []
  for (const { needs, root, measure } of parts) {
    if (isInstalled(...needs) && (isRoot || !root)) figures.push(...(await measure()))
    else say(`left out for want of ${root && !isRoot ? 'root' : needs.filter((one) => !isInstalled(one)).join(', ')}`)
  }
  const hasNetmiko = spawnSync('python3', ['-c', 'import netmiko']).status === 0
  say(hasNetmiko ? 'netmiko is installed, but is not measured here' : 'netmiko is not installed: no contestant')
  return figures
}

export const consoles: Benchmark = {
  name: 'consoles',
  title: 'Device consoles',
  how: `The product's own sessions against a raw socket script (connect, 150 ms of silence, CR, prompt, command, echo and prompt), the same commands in the same run, in turn; medians of ${rounds} rounds. Real VPCS on their own telnet ports, each two joined; FRR's vtysh on a shared terminal; OpenSSH; 64 consoles of a process of its own that answer with a megabyte each. Dirty states: half a line, configuration, a pager, a ping left running, on FRR, Linux and VPCS; the usual Python stack answered three of them on the reference machine. Memory is resident memory of the measuring process, its growth divided by the consoles.`,
  run,
}
