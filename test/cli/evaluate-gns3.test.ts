import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/evaluate.ts'
import { silentLog } from '../../src/cli/silent-log.ts'
import { createGns3, type Gns3 } from '../../src/clients/gns3/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type Guest, startGuest } from '../../src/sandbox/gns3/index.ts'
import { captureIo } from './captured-io.ts'

const sample = (name: string) => fileURLToPath(new URL(`../fixtures/projects/${name}.gns3project`, import.meta.url))
const exercise = `netpraxis: 1
title: Two PCs on a switch
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
criteria:
  - { id: there, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: PC2 }, points: 1, within: 0 }
  - { id: back, title: PC2 reaches PC1, module: ping, device: PC2, params: { to: 10.0.0.1 }, points: 1, within: 0 }
  - { id: nobody, title: PC1 does not reach .99, module: ping, device: PC1, params: { to: 10.0.0.99, expect: failure, control: 10.0.0.2 }, points: 1, within: 1 }
  - { id: way, title: the way has one hop, module: traceroute, device: PC1, params: { to: 10.0.0.2 }, points: 1, within: 0 }
`

let folder: string
let guest: Guest
let gns3: Gns3
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-evaluate-gns3-'))
  const credentials = { username: 'gns3', password: 'p@ss:word' }
  const consolePorts = { from: 33_000, to: 33_099 }
  guest = await startGuest({
    folder,
    host: '127.0.0.1',
    apiPort: 0,
    consolePorts,
    version: '2.2',
    credentials,
    clock: systemClock,
    speed: 20,
  })
  gns3 = createGns3({ host: '127.0.0.1', port: guest.apiPort, credentials, clock: systemClock, log: silentLog })
  url = `http://gns3:${encodeURIComponent(credentials.password)}@127.0.0.1:${guest.apiPort}`
  await writeFile(join(folder, 'exercise.yaml'), exercise)
})

afterAll(async () => {
  await gns3.close()
  await guest.stop()
  await rm(folder, { recursive: true, force: true })
})

async function evaluate(...more: string[]) {
  const io = captureIo()
  const status = await run([join(folder, 'exercise.yaml'), '--gns3', url, '--json', '-', ...more], io)
  return { status, io, report: io.out().startsWith('{') ? JSON.parse(io.out()) : undefined }
}

const reasonsOf = (report: { criteria: { id: string; verdict: string; reason: { code: string } }[] }) =>
  Object.fromEntries(report.criteria.map(({ id, verdict, reason }) => [id, `${verdict} ${reason.code}`]))

describe('netpraxis evaluate against a GNS3 server', () => {
  it('wants a project when there is none, and names them when there are several', async () => {
    expect(await evaluate()).toMatchObject({ status: 64 })
    await gns3.importProject({ projectId: randomUUID(), name: 'solved', archive: sample('sample2-two-pcs-solved') })
    await gns3.importProject({ projectId: randomUUID(), name: 'untouched', archive: sample('sample1-two-pcs-unconfigured') })
    const { status, io } = await evaluate()
    expect(status).toBe(64)
    expect(io.err()).toMatch(/several projects.*(solved.*untouched|untouched.*solved)/)
    expect((await evaluate('--project', 'neither')).status).toBe(64)
  })

  it('starts nothing by itself: devices that are off fail, and prove nothing', async () => {
    const { status, report } = await evaluate('--project', 'solved')
    expect(status).toBe(1)
    expect(reasonsOf(report)).toEqual({
      there: 'fail DEVICE_STOPPED',
      back: 'fail DEVICE_STOPPED',
      nobody: 'skipped DEVICE_STOPPED_NEGATIVE',
      way: 'fail DEVICE_STOPPED',
    })
  })

  it('gives the solved lab full points once it is started', async () => {
    const { status, report } = await evaluate('--project', 'solved', '--start')
    expect(reasonsOf(report)).toEqual({
      there: 'pass PING_REPLIED',
      back: 'pass PING_REPLIED',
      nobody: 'pass PING_SILENT',
      way: 'pass TRACE_REACHED',
    })
    expect(status).toBe(0)
    expect(report).toMatchObject({ project: 'solved', points: 4, maxPoints: 4 })
  })

  it('gives the untouched lab no points, and says that nothing has an address', async () => {
    const { status, report } = await evaluate('--project', 'untouched', '--start')
    expect(reasonsOf(report)).toEqual({
      there: 'fail TARGET_WITHOUT_ADDRESS',
      back: 'fail PING_NO_ADDRESS',
      nobody: 'inconclusive PING_CONTROL_SILENT',
      way: 'fail TRACE_NO_ADDRESS',
    })
    expect(report.points).toBe(0)
    expect(status).toBe(1)
  })

  it('names the line of a device that the project does not have', async () => {
    await writeFile(join(folder, 'other.yaml'), exercise.replaceAll('PC2', 'PC5'))
    const io = captureIo()
    expect(await run([join(folder, 'other.yaml'), '--gns3', url, '--project', 'solved'], io)).toBe(64)
    expect(io.err()).toMatch(/other\.yaml:5: devices\.PC5: the lab has no device of this name; it has .*PC2/)
  })

  it('ends with 2 when the server does not answer or does not accept the credentials', async () => {
    const io = captureIo()
    expect(await run([join(folder, 'exercise.yaml'), '--gns3', 'http://127.0.0.1:1'], io)).toBe(2)
    expect(io.err()).toContain('The lab could not be reached at 127.0.0.1:1: ')
    expect(await run([join(folder, 'exercise.yaml'), '--gns3', `http://gns3:wrong@127.0.0.1:${guest.apiPort}`], captureIo())).toBe(2)
  })
})
