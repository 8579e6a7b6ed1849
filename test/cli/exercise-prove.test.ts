import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/exercise.ts'
import { silentLog } from '../../src/cli/silent-log.ts'
import { createGns3, type Gns3 } from '../../src/clients/gns3/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type Guest, startGuest } from '../../src/sandbox/gns3/index.ts'
import { captureIo } from './captured-io.ts'

const sample = (name: string) => fileURLToPath(new URL(`../fixtures/projects/${name}.gns3project`, import.meta.url))
const solved = sample('sample2-two-pcs-solved')
const exercise = `netpraxis: 1
title: Two PCs on a switch
project: lab.gns3project
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
preconfigure:
  - { device: PC2, commands: [ip 10.0.0.2/24] }
criteria:
  - { id: there, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 2, within: 0 }
  - { id: own, title: PC2 has its address, module: interface_address, device: PC2, params: { addresses: [10.0.0.2/24] }, points: 1, within: 0 }
`

let folder: string
let guest: Guest
let gns3: Gns3
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-prove-'))
  const consolePorts = { from: 33_400, to: 33_460 }
  guest = await startGuest({
    ...{ folder, host: '127.0.0.1', apiPort: 0, consolePorts, version: '2.2', credentials: null, clock: systemClock, speed: 20 },
  })
  gns3 = createGns3({ host: '127.0.0.1', port: guest.apiPort, clock: systemClock, log: silentLog })
  url = `http://127.0.0.1:${guest.apiPort}`
  await copyFile(sample('sample1-two-pcs-unconfigured'), join(folder, 'lab.gns3project'))
  await writeFile(join(folder, 'exercise.yaml'), exercise)
})

afterAll(async () => {
  await gns3.close()
  await guest.stop()
  await rm(folder, { recursive: true, force: true })
})

async function prove(...more: string[]) {
  const io = captureIo()
  const status = await run(['prove', join(folder, 'exercise.yaml'), '--gns3', url, ...more], io)
  return { status, out: io.out(), err: io.err() }
}

describe('netpraxis exercise prove', () => {
  it('holds a solution beside the untouched lab, which is prepared first, and leaves nothing on the server', async () => {
    const { status, out } = await prove('--solution', solved, '--json', join(folder, 'proof.json'), '--evidence', join(folder, 'evidence'))
    expect(out).toContain('there: PC1 reaches PC2: untouched fail, solution pass')
    // PC2 was configured by the exercise itself: that check shows nothing
    expect(out).toMatch(/own: PC2 has its address: untouched pass, solution pass\n {4}shows nothing/)
    expect(out).toContain('Proven: the untouched lab scores 1, the solution 3 of 3.')
    expect(status).toBe(0)
    expect(JSON.parse(await readFile(join(folder, 'proof.json'), 'utf8'))).toMatchObject({
      ...{ schema: 1, proven: true, gap: null, untouched: { points: 1 }, solution: { points: 3, maxPoints: 3 } },
    })
    expect(await readdir(join(folder, 'evidence'))).toEqual(['solution', 'untouched'])
    expect(await gns3.listProjects()).toEqual([])
  })

  it('says that it is not proven: the solution falls short, or the untouched lab has everything', async () => {
    const short = await prove('--solution', join(folder, 'lab.gns3project'))
    expect([short.status, short.out]).toEqual([1, expect.stringContaining('Not proven: the solution scores 0 of 3.')])
    const full = await prove('--untouched', solved, '--solution', solved, '--json', '-')
    expect([full.status, JSON.parse(full.out).gap]).toEqual([1, 'untouchedFull'])
    expect(await gns3.listProjects()).toEqual([])
  })

  it('says all that is wrong at once, with file and line, before anything is imported', async () => {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, exercise.replace('  PC2: {', '  PC9: { platform: vpcs, password: { secret: NINE } }\n  PC2: {'))
    const io = captureIo()
    expect(await run(['prove', file, '--gns3', url, '--solution', 'nobody'], io)).toBe(64)
    expect(io.err()).toContain(`${file}:6: devices.PC9: the project has no device of this name; it has`)
    expect(io.err()).toContain('the environment variable NINE is not set')
    expect(io.err()).toContain('the GNS3 server has no project "nobody"')
    expect(await gns3.listProjects()).toEqual([])
    expect((await prove()).err).toMatch(/^name the solution/)
  })

  it('is undecided, not disproven, where the server cannot be reached', async () => {
    const io = captureIo()
    const argv = ['prove', join(folder, 'exercise.yaml'), '--gns3', 'http://127.0.0.1:1', '--solution', solved]
    expect([await run(argv, io), io.err()]).toEqual([2, expect.stringContaining('could not be reached')])
  })
})
