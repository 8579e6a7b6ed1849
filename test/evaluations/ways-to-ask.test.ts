import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type HostKeyPins, loadPlatforms } from '../../src/clients/console/index.ts'
import type { Gns3 } from '../../src/clients/gns3/index.ts'
import { readExercise } from '../../src/evaluation/index.ts'
import { accessGns3Lab, runEvaluation } from '../../src/evaluations/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { twoPcsAndServer } from '../support/archive.ts'
import { startGraphicalLab, startSsh } from '../support/graphical-lab.ts'
import { tempFolder } from '../support/temp-folder.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)))
const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const signal = new AbortController().signal
const projectId = randomUUID()

let archives: { readonly graphical: Buffer; readonly auxiliary: Buffer }

beforeAll(async () => {
  archives = {
    graphical: await twoPcsAndServer({ console_type: 'vnc' }),
    auxiliary: await twoPcsAndServer({ console_type: 'vnc', aux_type: 'telnet', aux: 5012 }),
  }
})

/** As the job of a submission does: no address of the exercise's own choice, host keys pinned, configurations captured first. */
async function evaluate(gns3: Gns3, text: string, hostKeys: HostKeyPins) {
  const { exercise, problems } = readExercise(text)
  if (exercise === undefined) throw new Error(JSON.stringify(problems))
  const access = accessGns3Lab({ gns3, projectId, exercise, allowDirect: false, workVmHost: '127.0.0.1' })
  const { result } = await runEvaluation({
    ...{ exercise, access, hostKeys, platforms, signal, clock: systemClock, log: silentLog },
    ...{ secrets: new Map([['HOST', 'hush']]), budgetMs: 60_000, capture: true, credentialsProven: true },
  })
  return result.criteria.map(({ id, verdict, reason }) => `${id}: ${verdict} ${reason.code}`)
}

function createPins(): HostKeyPins & { readonly all: Map<string, string> } {
  const all = new Map<string, string>()
  return { all, find: (endpoint) => all.get(endpoint), remember: (endpoint, key) => void all.set(endpoint, key) }
}

const head = 'netpraxis: 1\ntitle: A graphical host\ndevices:\n  PC1: { platform: vpcs }\n'
const ping =
  '  - { id: self, title: SRV answers itself, module: ping, device: SRV, params: { to: 127.0.0.1, count: 2 }, points: 1, within: 0 }\n'

describe('a host whose console is graphical, in a submission', () => {
  it('is asked at its auxiliary telnet console (GNS3 3.x)', async () => {
    const { gns3 } = await startGraphicalLab(archives.auxiliary, { projectId, firstPort: 33_500 })
    const text = `${head}  SRV: { platform: linux }\ncriteria:\n${ping}`
    expect(await evaluate(gns3, text, createPins())).toEqual(['self: pass PING_REPLIED'])
  })

  it('is asked by SSH through the work VM, the keys of both pinned for the lab', async () => {
    const { gns3 } = await startGraphicalLab(archives.graphical, { projectId, firstPort: 33_550 })
    const [vm, host] = [await startSsh('gns3', 'hush'), await startSsh('root', 'hush')]
    const file = join(tempFolder(), 'motd')
    await writeFile(file, 'welcome to SRV\n')
    const way = `via: ssh, host: 127.0.0.1, port: ${host}, jump: work-vm, jump_port: ${vm}, jump_username: gns3, jump_password: { secret: HOST }`
    const text = `${head}  SRV: { platform: linux, username: root, password: { secret: HOST }, connect: { ${way} } }
criteria:
  - { id: motd, title: SRV greets, module: file, device: SRV, params: { path: ${file}, contains: [welcome to SRV] }, points: 1, within: 0 }
  - { id: none, title: SRV has no such file, module: file, device: SRV, params: { path: ${file}.gone }, points: 1, within: 0 }
`
    const pins = createPins()
    const first = await evaluate(gns3, text, pins)
    expect(first.map((line) => line.replace(/ [A-Z_]+$/, ''))).toEqual(['motd: pass', 'none: fail'])
    expect([...pins.all.keys()].sort()).toEqual(['work-vm', `work-vm/127.0.0.1:${host}`])

    // another machine in its place gets no password, and the run no answer
    pins.all.set('work-vm', `SHA256:${'A'.repeat(43)}`)
    expect(await evaluate(gns3, text, pins)).toEqual(['motd: inconclusive CONSOLE_HOST_KEY', 'none: inconclusive CONSOLE_HOST_KEY'])
  })

  it('cannot be asked where it has neither, and that is the exercise’s fault', async () => {
    const { gns3 } = await startGraphicalLab(archives.graphical, { projectId, firstPort: 33_600 })
    expect(await evaluate(gns3, `${head}  SRV: { platform: linux }\ncriteria:\n${ping}`, createPins())).toEqual([
      'self: inconclusive CONSOLE_GRAPHICAL',
    ])
  })
})
