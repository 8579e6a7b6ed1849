import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { run as capture } from '../../src/cli/capture.ts'
import { run as compare } from '../../src/cli/compare.ts'
import { run as evaluate } from '../../src/cli/evaluate.ts'
import { silentLog } from '../../src/cli/silent-log.ts'
import { createGns3 } from '../../src/clients/gns3/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type Guest, startGuest } from '../../src/sandbox/gns3/index.ts'
import { captureIo } from './captured-io.ts'

const archive = fileURLToPath(new URL('../fixtures/projects/sample2-two-pcs-solved.gns3project', import.meta.url))
const exercise = `netpraxis: 1
title: Two PCs on a switch
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
criteria:
  - { id: there, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 1, within: 0 }
`
const admin = { username: 'admin', password: 'a dmin' }

let guest: Guest | undefined
let folder = ''
afterEach(async () => {
  await guest?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A server with the solved project, not started. @returns where it is */
async function startServer(version: '2.2' | '3.x', credentials: typeof admin | null, firstPort: number): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-gns3-versions-'))
  const consolePorts = { from: firstPort, to: firstPort + 50 }
  guest = await startGuest({ folder, host: '127.0.0.1', apiPort: 0, consolePorts, version, credentials, clock: systemClock, speed: 20 })
  const login = credentials ?? undefined
  const gns3 = createGns3({ host: '127.0.0.1', port: guest.apiPort, credentials: login, clock: systemClock, log: silentLog })
  await gns3.importProject({ projectId: randomUUID(), name: 'solved', archive })
  await gns3.close()
  await writeFile(join(folder, 'exercise.yaml'), exercise)
  const user = credentials === null ? '' : `${credentials.username}:${encodeURIComponent(credentials.password)}@`
  return `http://${user}127.0.0.1:${guest.apiPort}`
}

describe.each<['2.2' | '3.x', typeof admin | null, number]>([
  ['2.2', null, 33_200],
  ['2.2', admin, 33_260],
  ['3.x', admin, 33_320],
])('GNS3 %s with the credentials %o', (version, credentials, firstPort) => {
  it('is graded, captured and compared from the shell', async () => {
    const url = await startServer(version, credentials, firstPort)
    const lab = [join(folder, 'exercise.yaml'), '--gns3', url]
    expect(await evaluate([...lab, '--start'], captureIo())).toBe(0)
    const file = (name: string) => join(folder, name)
    expect(await capture([...lab, '--state', file('one.json')], captureIo())).toBe(0)
    const state = JSON.parse(await readFile(file('one.json'), 'utf8'))
    expect(state.project).toBe('solved')
    expect(state.configurations.map((one: { device: string; source: string }) => `${one.device} ${one.source}`)).toEqual([
      'PC1 show ip',
      'PC1 startup.vpc',
      'PC2 show ip',
      'PC2 startup.vpc',
    ])
    await writeFile(file('two.json'), JSON.stringify(state).replaceAll('10.0.0.2/24', '10.0.0.3/24'))
    expect(await compare([file('one.json'), file('one.json')], captureIo())).toBe(0)
    const io = captureIo()
    expect(await compare([file('one.json'), file('two.json')], io)).toBe(1)
    expect(io.out()).toContain('PC2\n  running configuration (show ip)\n')
    expect(await capture([...lab, '--device', 'PC1', '--command', 'show ip', '--fixture', file('talk')], captureIo())).toBe(0)
    expect(await readFile(file('talk.txt'), 'utf8')).toContain('from solved on')
    const bare = ['--gns3', url, '--device', 'PC2', '--command', 'show ip', '--fixture', file('bare')]
    expect(await capture(bare, captureIo())).toBe(64)
    expect(await capture([...bare, '--platform', 'vpcs'], captureIo())).toBe(0)
  })
})
