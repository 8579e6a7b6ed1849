import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../src/cli/exercise.ts'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'
import { captureIo } from './captured-io.ts'

const project = fileURLToPath(new URL('../fixtures/projects/sample1-two-pcs-unconfigured.gns3project', import.meta.url))
const template = (vmid: number) =>
  resourceAnswer.parse({ id: `qemu/${vmid}`, type: 'qemu', node: 'pve1', vmid, name: `base${vmid}`, template: 1 })
const exercise = `netpraxis: 1
title: Two PCs
statement: text.md
project: lab.gns3project
devices:
  PC1: { platform: vpcs, password: { secret: PC_PASSWORD } }
criteria:
  - { id: there, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 2 }
`

let on: TestApp
let folder: string
let course: string
let url: string
let token: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-import-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  on = await startTestApp({ proxmox: { resources: () => Promise.resolve([template(9000)]) } })
  onTestFinished(() => on.close())
  const teacher = actorFor(await on.addUser('teresa', 'teacher'))
  course = on.services.courses.create(teacher, { name: 'Networks', term: 'now' }).id
  token = on.services.apiTokens.create(teacher, { name: 'shell', scope: 'write', days: 1 })
  url = await on.app.listen({ host: '127.0.0.1', port: 0 })
  await copyFile(project, join(folder, 'lab.gns3project'))
  await writeFile(join(folder, 'text.md'), '# What to do\n')
  await writeFile(join(folder, 'exercise.yaml'), exercise)
})

const file = (name = 'exercise.yaml') => join(folder, name)

async function command(argv: readonly string[], env: Record<string, string> = {}) {
  const io = captureIo({ NETPRAXIS_TOKEN: token, ...env })
  const status = await run([...argv, '--server', url], io)
  return { status, out: io.out(), err: io.err() }
}

/** No job runs in such a test: the build ends as the test says. */
async function endBuild(state: 'done' | 'cancelled') {
  const job = await waitFor('the job of the build', () =>
    on.services.jobsRepository.list({ limit: 9 }).find((one) => one.state === 'queued'),
  )
  on.services.jobsRepository.update(job.id, { state })
}

const importNew = (...more: string[]) => command(['import', file(), '--course', course, ...more], { PC_PASSWORD: 'hush' })
const idIn = (out: string) => /exercise (\w+)/.exec(out)?.[1] ?? ''

describe('netpraxis exercise import and export', () => {
  it('carry an exercise to a server and back, with statement, project and the names of secrets', async () => {
    const [imported] = await Promise.all([importNew(), endBuild('done')])
    expect([imported.status, imported.err]).toEqual([0, ''])
    const id = idIn(imported.out)
    const saved = on.services.exercises.get(id)
    const revision = on.services.exercises.revisionOf(saved)
    expect(revision).toMatchObject({ statement: '# What to do\n', baseTemplateVmid: 9000 })
    expect([...on.services.exercises.openSecrets(id, revision.definition)]).toEqual([['PC_PASSWORD', 'hush']])

    const target = join(folder, 'out')
    const exported = await command(['export', id, '--output', target])
    expect([exported.status, exported.out.split('\n')]).toEqual([
      0,
      ['exercise.yaml', 'statement.md', 'lab.gns3project'].map((name) => `written: ${join(target, name)}`).concat(''),
    ])
    expect(await readFile(join(target, 'lab.gns3project'))).toEqual(await readFile(project))
    expect(await readFile(join(target, 'statement.md'), 'utf8')).toBe('# What to do\n')
    const text = await readFile(join(target, 'exercise.yaml'), 'utf8')
    expect(text).toMatch(/^netpraxis: 1\ntitle: Two PCs\nstatement: statement.md\nproject: lab.gns3project\n/)
    expect([text.includes('secret: PC_PASSWORD'), text.includes('hush')]).toEqual([true, false])
    const io = captureIo()
    expect([await run(['validate', join(target, 'exercise.yaml')], io), io.err()]).toEqual([0, ''])

    // nothing of somebody's is written over unasked
    const again = await command(['export', id, '--output', target])
    expect([again.status, again.err.split('\n').length]).toEqual([64, 4])
    expect((await command(['export', id, '--output', target, '--force'])).status).toBe(0)

    await writeFile(join(target, 'exercise.yaml'), text.replace('points: 2', 'points: 7'))
    on.services.exercises.setState(id, 'ready')
    const [revised] = await Promise.all([command(['import', join(target, 'exercise.yaml'), '--exercise', id]), endBuild('cancelled')])
    expect([revised.status, revised.err]).toEqual([2, 'The build was broken off.\n'])
    expect(on.services.exercises.revisionOf(on.services.exercises.get(id))).toMatchObject({
      number: 2,
      baseTemplateVmid: 9000,
      definition: { criteria: [{ points: 7 }] },
    })
  })

  it('says everything that is wrong at once, with file and line, and sends nothing', async () => {
    await writeFile(
      file('wrong.yaml'),
      exercise.replace('text.md', 'gone.md').replace('PC1: {', 'PC7: {').replace('device: PC1', 'device: PC7'),
    )
    const { status, err } = await command(['import', file('wrong.yaml'), '--course', course], { NETPRAXIS_TOKEN: '' })
    expect(status).toBe(64)
    expect(err.split('\n').slice(0, 3)).toEqual([
      `${file('wrong.yaml')}:3: statement: cannot be read (ENOENT)`,
      expect.stringMatching(/wrong\.yaml:6: devices\.PC7: the project has no device of this name; it has .*PC1/),
      expect.stringContaining('NETPRAXIS_TOKEN is not set'),
    ])
    expect(on.services.exercises.listByCourses([course])).toEqual([])
    const nothing = await command(['import'])
    expect([nothing.status, nothing.err.split('\n').slice(0, 2)]).toEqual([
      64,
      ['name one exercise file', 'say where it goes: --course ID for a new exercise, or --exercise ID for a new revision, one of them'],
    ])
  })

  it('says what the server refuses, by its own words', async () => {
    expect(await command(['import', file(), '--course', 'nobodys'])).toMatchObject({
      status: 64,
      err: expect.stringContaining('does not have it'),
    })
    expect(await command(['import', file(), '--course', course, '--base-template', '1234'])).toMatchObject({
      status: 64,
      err: expect.stringMatching(/^The server does not accept it: .*\nbaseTemplate: /),
    })
    expect(await command(['export', 'nobodys', '--output', join(folder, 'x')])).toMatchObject({ status: 64 })
    expect((await command(['import', file(), '--course', course], { NETPRAXIS_TOKEN: 'npx_wrong' })).status).toBe(64)
  })

  it('is undecided where no NetPraxis server answers', async () => {
    const other = createServer((_request, response) => response.end('<html>hello</html>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    for (const [server, words] of [
      [`http://127.0.0.1:${port}`, 'does not speak as a NetPraxis server'],
      ['http://127.0.0.1:1', 'cannot be reached'],
    ]) {
      const io = captureIo({ NETPRAXIS_TOKEN: token })
      expect(await run(['import', file(), '--course', course, '--server', server ?? ''], io)).toBe(2)
      expect(io.err()).toContain(words)
    }
  })
})
