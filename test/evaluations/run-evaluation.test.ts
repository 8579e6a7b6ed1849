import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleTarget, loadPlatforms, openConsole } from '../../src/clients/console/index.ts'
import { createGns3, type Gns3 } from '../../src/clients/gns3/index.ts'
import { type Exercise, explain, readExercise, recordLab } from '../../src/evaluation/index.ts'
import { accessGns3Lab, type EvaluationRun, runEvaluation } from '../../src/evaluations/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type Guest, startGuest, writeImages } from '../../src/sandbox/gns3/index.ts'

/** PC1 - SW1 - R1 - R2 - SW2 - PC2, as a real server exported it. */
const archive = fileURLToPath(new URL('../fixtures/projects/sample5-two-routers-two-pcs.gns3project', import.meta.url))
const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)))
const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const file = `netpraxis: 1
title: Static routing between two LANs
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
  R1: { platform: cisco_ios }
  R2: { platform: cisco_ios }
criteria:
  - { id: gateway, title: PC1 reaches its gateway, module: ping, device: PC1, params: { to: 10.0.1.254 }, points: 1, within: 0 }
  - { id: routers, title: R1 reaches R2, module: ping, device: R1, params: { to: 10.0.12.2 }, points: 1, within: 0 }
  - { id: far, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.2.1 }, points: 2, within: 0 }
  - { id: way, title: PC1 reaches PC2 through R1 and R2, module: traceroute, device: PC1, params: { to: 10.0.2.1, via: [ 10.0.1.254, 10.0.12.2 ] }, points: 1, within: 0 }
  - { id: router-way, title: R1 reaches PC2 through R2, module: traceroute, device: R1, params: { to: 10.0.2.1, via: [ R2 ] }, points: 1, within: 0 }
`
const solution: Record<string, string[]> = {
  PC1: ['ip 10.0.1.1/24 10.0.1.254'],
  PC2: ['ip 10.0.2.1/24 10.0.2.254'],
  R1: router('10.0.1.254', '10.0.12.1', '10.0.2.0', '10.0.12.2'),
  R2: router('10.0.2.254', '10.0.12.2', '10.0.1.0', '10.0.12.1'),
}

function router(lan: string, core: string, network: string, next: string): string[] {
  const set = (port: string, address: string) => [`interface ${port}`, `ip address ${address} 255.255.255.0`, 'no shutdown', 'exit']
  const lines = [...set('FastEthernet0/0', lan), ...set('FastEthernet0/1', core), `ip route ${network} 255.255.255.0 ${next}`]
  return ['configure terminal', ...lines, 'end']
}

let folder: string
let guest: Guest
let gns3: Gns3
const projectId = randomUUID()
const signal = new AbortController().signal

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-run-'))
  writeImages(folder, { files: ['c3725-adventerprisek9-mz.124-15.T14.image'], docker: [] })
  const consolePorts = { from: 33_200, to: 33_299 }
  guest = await startGuest({
    folder,
    host: '127.0.0.1',
    apiPort: 0,
    consolePorts,
    version: '2.2',
    credentials: null,
    clock: systemClock,
    speed: 20,
  })
  gns3 = createGns3({ host: '127.0.0.1', port: guest.apiPort, clock: systemClock, log: silentLog })
  await gns3.importProject({ projectId, name: 'lab', archive })
  await gns3.openProject(projectId)
  await gns3.startAll(projectId)
  for (const [device, commands] of Object.entries(solution)) await type(device, commands)
}, 60_000)

afterAll(async () => {
  await gns3.close()
  await guest.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What a student types on one device, line after line, each when the prompt is back (log lines may follow it). */
async function type(device: string, commands: readonly string[]): Promise<void> {
  const found = (await gns3.readLab(projectId)).devices.find(({ name }) => name === device)
  const endpoint = found === undefined ? null : gns3.consoleOf(found)
  if (endpoint === null) throw new Error(`no console of ${device}`)
  const { host, port } = endpoint
  await awaitBoot(device, { kind: 'telnet', host, port })
  const socket = connect(port, host)
  try {
    for (const command of commands) await typeLine(socket, command)
  } finally {
    socket.destroy()
  }
}

async function awaitBoot(device: string, target: ConsoleTarget): Promise<void> {
  const platform = platforms.get(device.startsWith('PC') ? 'vpcs' : 'cisco_ios')
  const session = await openConsole({ device, target, platform, credentials: {}, redact: [], clock: systemClock, signal, log: silentLog })
  await session.close()
}

function typeLine(socket: Socket, line: string): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    const read = (data: Buffer): void => {
      text += data.toString('latin1')
      const echo = text.indexOf(line)
      if (echo === -1 || !/[>#]/.test(text.slice(echo + line.length))) return
      socket.off('data', read)
      resolve()
    }
    socket.on('data', read)
    socket.write(`${line}\r`)
  })
}

function read(): Exercise {
  const { exercise, problems } = readExercise(file)
  if (exercise === undefined) throw new Error(JSON.stringify(problems))
  return exercise
}

const exercise = read()

function evaluateLab(changes: { capture?: boolean; only?: string[]; maxConsoles?: number } = {}): Promise<EvaluationRun> {
  return runEvaluation({
    exercise,
    access: accessGns3Lab({ gns3, projectId, exercise, allowDirect: false, workVmHost: '127.0.0.1' }),
    platforms,
    secrets: new Map(),
    clock: systemClock,
    signal,
    log: silentLog,
    budgetMs: 120_000,
    capture: false,
    credentialsProven: true,
    ...changes,
  })
}

const verdictsOf = ({ result }: EvaluationRun) =>
  Object.fromEntries(result.criteria.map(({ id, verdict, reason }) => [id, `${verdict} ${reason.code}`]))

describe('an evaluation run on routers and PCs', () => {
  it('gives the solution full points, with its configurations captured first', async () => {
    const recorded = recordLab(await gns3.readLab(projectId))
    const run = await runEvaluation({
      exercise,
      access: accessGns3Lab({ gns3, projectId, exercise, allowDirect: false, workVmHost: '127.0.0.1' }),
      platforms,
      secrets: new Map(),
      clock: systemClock,
      signal,
      log: silentLog,
      budgetMs: 120_000,
      capture: true,
      credentialsProven: true,
      recorded,
    })
    expect(verdictsOf(run)).toEqual({
      gateway: 'pass PING_REPLIED',
      routers: 'pass PING_REPLIED',
      far: 'pass PING_REPLIED',
      way: 'pass TRACE_REACHED',
      'router-way': 'pass TRACE_REACHED',
    })
    expect(run.integrity).toEqual([])
    const text = (device: string, kind: string) =>
      run.configurations
        .flatMap((one) => (one.device === device && one.kind === kind && 'observation' in one ? [one.observation.text] : []))
        .join('\n')
    expect(text('R1', 'running')).toContain('ip route 10.0.2.0 255.255.255.0 10.0.12.2')
    expect(text('PC1', 'running')).toContain('10.0.1.1/24')
    const saved = run.configurations.find((one) => one.device === 'PC1' && one.kind === 'saved')
    expect(saved !== undefined && 'file' in saved && saved.file !== null && Buffer.from(saved.file).toString()).toContain('set pcname PC1')
  })

  it('gives the same verdicts with one console open at a time', async () => {
    const run = await evaluateLab({ maxConsoles: 1, only: ['gateway', 'routers', 'far'] })
    expect(verdictsOf(run)).toEqual({ gateway: 'pass PING_REPLIED', routers: 'pass PING_REPLIED', far: 'pass PING_REPLIED' })
  })

  it('names the gateway that a shut interface took away', async () => {
    await type('R1', ['configure terminal', 'interface FastEthernet0/0', 'shutdown', 'end'])
    // what PC1 learnt of its gateway before stays in its ARP table for two minutes
    await type('PC1', ['clear arp'])
    try {
      const run = await evaluateLab({ only: ['gateway', 'far', 'routers'] })
      expect(verdictsOf(run)).toEqual({
        gateway: 'fail PING_NEIGHBOUR_SILENT',
        routers: 'pass PING_REPLIED',
        far: 'fail PING_GATEWAY_SILENT',
      })
      const far = run.result.criteria.find(({ id }) => id === 'far')
      expect(far && explain(far).why).toBe('The gateway R1 (10.0.1.254) of PC1 does not answer.')
    } finally {
      await type('R1', ['configure terminal', 'interface FastEthernet0/0', 'no shutdown', 'end'])
    }
  })

  it('shows a missing return route as silence, and a missing route by the router that says so', async () => {
    await type('R2', ['configure terminal', 'no ip route 10.0.1.0 255.255.255.0 10.0.12.1', 'end'])
    try {
      expect(verdictsOf(await evaluateLab({ only: ['far', 'gateway'] }))).toEqual({ gateway: 'pass PING_REPLIED', far: 'fail PING_LOST' })
    } finally {
      await type('R2', ['configure terminal', 'ip route 10.0.1.0 255.255.255.0 10.0.12.1', 'end'])
    }
    await type('R1', ['configure terminal', 'no ip route 10.0.2.0 255.255.255.0 10.0.12.2', 'end'])
    try {
      const run = await evaluateLab({ only: ['far', 'router-way'] })
      expect(verdictsOf(run).far).toMatch(/^fail PING_(HOST|NET)_UNREACHABLE$/)
      expect(verdictsOf(run)['router-way']).toMatch(/^fail TRACE_/)
      const far = run.result.criteria.find(({ id }) => id === 'far')
      expect(far && explain(far).why).toContain('10.0.1.254')
    } finally {
      await type('R1', ['configure terminal', 'ip route 10.0.2.0 255.255.255.0 10.0.12.2', 'end'])
    }
  })

  it('shows a wrong gateway by its silence', async () => {
    await type('PC1', ['ip 10.0.1.1/24 10.0.1.253'])
    const run = await evaluateLab({ only: ['far'] })
    expect(verdictsOf(run)).toEqual({ far: 'fail PING_GATEWAY_SILENT' })
    const far = run.result.criteria.find(({ id }) => id === 'far')
    expect(far && explain(far).found).toContain('10.0.1.253')
  })
})
