import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import yauzl from 'yauzl'
import { type Answer, type Lab, listOf, memberOf, openTerminal, readSample, startLab, until } from './lab.ts'

const messageOf = (answer: Answer): string => String(memberOf(answer.json, 'message'))

async function namesIn(archive: Buffer): Promise<string[]> {
  const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true })
  const names: string[] = []
  for await (const entry of zip.eachEntry()) names.push(entry.fileName)
  return names
}

describe.each(['2.2', '3.x'] as const)('projects on an emulated GNS3 %s', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version })
  })
  afterAll(() => lab.end())

  it('imports under the given id and name as closed, with auto_close forced to true', async () => {
    const id = randomUUID()
    const answer = await lab.call('POST', `/projects/${id}/import?name=fresh`, { raw: await readSample('sample1-two-pcs-unconfigured') })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      project_id: id,
      name: 'fresh',
      status: 'closed',
      auto_close: true,
      auto_start: false,
      filename: 'fresh.gns3',
    })
  })

  it('takes the archive name when none is given, with a suffix when it is taken', async () => {
    const names: unknown[] = []
    for (let turn = 0; turn < 2; turn++) {
      const answer = await lab.call('POST', `/projects/${randomUUID()}/import`, { raw: await readSample('sample1-two-pcs-unconfigured') })
      names.push(memberOf(answer.json, 'name'))
    }
    expect(names).toEqual(['sample1-two-pcs', 'sample1-two-pcs-1'])
  })

  it('lists nodes of a closed project from its file, with ports of another machine and no status', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    const pc = await lab.node(id, 'PC1')
    expect(pc.console).toBe(5005)
    expect(pc).not.toHaveProperty('status')
    expect(pc).not.toHaveProperty('console_host')
    await lab.call('POST', `/projects/${id}/open`)
    const opened = await lab.node(id, 'PC1')
    expect(opened.console).not.toBe(5005)
    expect(opened).toMatchObject({ status: 'stopped', console_host: '0.0.0.0', console_type: 'telnet' })
  })

  it('gives nodes other ids on every import', async () => {
    const ids = await Promise.all([lab.importSample('sample1-two-pcs-unconfigured'), lab.importSample('sample1-two-pcs-unconfigured')])
    const nodes = await Promise.all(ids.map((id) => lab.node(id, 'PC1')))
    expect(new Set([...nodes.map((node) => node.node_id), 'ba81a85c-7a23-4e8b-b285-cae04081c8a8']).size).toBe(3)
  })

  it('answers an import onto an existing id with 201 and the old project, and takes the startup files from its nodes', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured', 'first name')
    await lab.call('POST', `/projects/${id}/open`)
    const archive = await exportZip(lab, id)
    const pc = await lab.node(id, 'PC1')
    const file = `/projects/${id}/nodes/${pc.node_id}/files/startup.vpc`
    expect((await lab.call('GET', file)).status).toBe(200)
    const again = await lab.call('POST', `/projects/${id}/import?name=second`, { raw: archive })
    expect(again.status).toBe(201)
    expect(again.json).toMatchObject({ name: 'first name', project_id: id, status: 'opened' })
    expect((await lab.call('GET', file)).status).toBe(404)
  })

  it('lets one of three imports of one id at once through and refuses the others', async () => {
    const id = randomUUID()
    const archive = await readSample('sample1-two-pcs-unconfigured')
    const answers = await Promise.all([1, 2, 3].map(() => lab.call('POST', `/projects/${id}/import?name=same-id`, { raw: archive })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
    const refused = answers.filter((answer) => answer.status === 409)
    for (const answer of refused) expect(messageOf(answer)).toMatch(/^Could not load topology .*No such file or directory/)
  })

  it('refuses what is no project with the genuine messages', async () => {
    const empty = await lab.call('POST', `/projects/${randomUUID()}/import`, { raw: '' })
    expect(empty.status).toBe(409)
    expect(messageOf(empty)).toBe('Cannot import project, not a GNS3 project (invalid zip)')
    const text = await lab.call('POST', `/projects/${randomUUID()}/import`, { raw: 'no zip at all' })
    expect(messageOf(text)).toBe('Cannot import project, not a GNS3 project (invalid zip)')
  })

  it('leaves an orphan folder behind when an import fails after unpacking', async () => {
    const id = randomUUID()
    const name = `taken-${id}`
    const archive = await readSample('sample1-two-pcs-unconfigured')
    const ids = [id, randomUUID(), randomUUID()]
    const answers = await Promise.all(ids.map((one) => lab.call('POST', `/projects/${one}/import?name=${name}`, { raw: archive })))
    const refused = ids.filter((_one, index) => answers[index]?.status === 409)
    expect(refused.length).toBe(2)
    for (const answer of answers.filter((one) => one.status === 409)) expect(messageOf(answer)).toBe(`Project "${name}" already exists`)
    for (const orphan of refused) {
      expect(existsSync(join(lab.folder, 'projects', orphan))).toBe(true)
      expect((await lab.call('GET', `/projects/${orphan}`)).status).toBe(404)
    }
  })

  it('opens idempotently, four times at once', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    const answers = await Promise.all([1, 2, 3, 4].map(() => lab.call('POST', `/projects/${id}/open`)))
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201])
    expect((await lab.call('POST', `/projects/${id}/close`)).status).toBe(204)
    expect((await lab.call('POST', `/projects/${id}/close`)).status).toBe(204)
  })

  it('refuses to open while it is closing', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const closing = lab.call('POST', `/projects/${id}/close`)
    let refused: Answer | undefined
    await until(async () => {
      const answer = await lab.call('POST', `/projects/${id}/open`)
      if (answer.status === 409) refused = answer
      return answer.status === 409 || (await Promise.race([closing.then(() => true), Promise.resolve(false)]))
    }, 'the closing to begin')
    expect((await closing).status).toBe(204)
    expect(refused?.json).toMatchObject({ message: 'Project is closing, please try again in a few seconds...' })
  })

  it('exports only what is stopped, with project.gns3 and node folders, and without logs', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const refused = await lab.call('GET', `/projects/${id}/export?compression=zip`)
    expect(refused.status).toBe(409)
    expect(messageOf(refused)).toBe('Project must be stopped in order to export it')
    await lab.call('POST', `/projects/${id}/nodes/stop`)
    const pc = await lab.node(id, 'PC1')
    const names = await namesIn(await exportZip(lab, id))
    expect(names).toContain('project.gns3')
    expect(names).toContain(`project-files/vpcs/${pc.node_id}/startup.vpc`)
  })

  it('imports its own export', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved')
    const copy = randomUUID()
    const answer = await lab.call('POST', `/projects/${copy}/import?name=${copy}`, { raw: await exportZip(lab, id) })
    expect(answer.status).toBe(201)
    await lab.call('POST', `/projects/${copy}/open`)
    const pc = await lab.node(copy, 'PC2')
    expect((await lab.call('GET', `/projects/${copy}/nodes/${pc.node_id}/files/startup.vpc`)).text).toContain('10.0.0.2/24')
  })

  it('refuses a taken name, but gives the old project for a taken id', async () => {
    const name = `made-${randomUUID()}`
    const made = await lab.call('POST', '/projects', { body: { name } })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ name, status: 'opened' })
    const taken = await lab.call('POST', '/projects', { body: { name } })
    expect([taken.status, messageOf(taken)]).toEqual([409, `Project "${name}" already exists`])
    const id = memberOf(made.json, 'project_id')
    const same = await lab.call('POST', '/projects', { body: { name: 'other', project_id: id } })
    expect([same.status, memberOf(same.json, 'name')]).toEqual([201, name])
  })

  it('deletes once, also while nodes run', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    expect((await lab.call('DELETE', `/projects/${id}`)).status).toBe(204)
    expect((await lab.call('DELETE', `/projects/${id}`)).status).toBe(404)
    expect(existsSync(join(lab.folder, 'projects', id))).toBe(false)
  })

  it('duplicates under a free name with auto_close false', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved', `dup-${version}`)
    const answer = await lab.call('POST', `/projects/${id}/duplicate`, { body: { name: `dup-${version}` } })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ name: `dup-${version}-1`, auto_close: false, status: 'closed' })
  })

  it('takes a snapshot of stopped nodes and restores it with new node ids', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved')
    await lab.call('POST', `/projects/${id}/open`)
    const taken = await lab.call('POST', `/projects/${id}/snapshots`, { body: { name: 'before' } })
    expect(taken.status).toBe(201)
    expect((await lab.call('POST', `/projects/${id}/snapshots`, { body: { name: 'before' } })).status).toBe(409)
    const before = await lab.node(id, 'PC1')
    const restored = await lab.call('POST', `/projects/${id}/snapshots/${String(memberOf(taken.json, 'snapshot_id'))}/restore`)
    expect(restored.status).toBe(201)
    const after = await lab.node(id, 'PC1')
    expect(after.node_id).not.toBe(before.node_id)
    expect((await lab.call('GET', `/projects/${id}/nodes/${after.node_id}/files/startup.vpc`)).text).toContain('10.0.0.1/24')
  })

  it('keeps a marker file of the project, and none outside it', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    const written = await lab.call('POST', `/projects/${id}/files/netpraxis.json`, { raw: '{"workVm":7}' })
    expect(written.status).toBe(version === '2.2' ? 201 : 204)
    expect((await lab.call('GET', `/projects/${id}/files/netpraxis.json`)).text).toBe('{"workVm":7}')
    expect((await lab.call('GET', `/projects/${id}/files/..%2f..%2fsecret`)).status).toBe(403)
    expect((await lab.call('GET', `/projects/${id}/files/absent.txt`)).status).toBe(404)
  })
})

/** Opens when needed, stops everything, exports. */
async function exportZip(lab: Lab, id: string): Promise<Buffer> {
  const answer = await lab.call('GET', `/projects/${id}/export?compression=zip`)
  expect(answer.status).toBe(200)
  return answer.bytes
}

describe('archives between the versions', () => {
  let older: Lab
  let newer: Lab
  beforeAll(async () => {
    older = await startLab({ version: '2.2' })
    newer = await startLab({ version: '3.x' })
  })
  afterAll(() => Promise.all([older.end(), newer.end()]))

  it('refuses in 2.2 what 3.x has written', async () => {
    const id = await newer.importSample('sample1-two-pcs-unconfigured')
    await newer.call('POST', `/projects/${id}/open`)
    const answer = await older.call('POST', `/projects/${randomUUID()}/import`, { raw: await exportZip(newer, id) })
    expect(answer.status).toBe(409)
    expect(messageOf(answer)).toMatch(/more recent version of GNS3 \(file revision: 10\)/)
  })

  it('says that zstd archives are not emulated', async () => {
    const id = await newer.importSample('sample1-two-pcs-unconfigured')
    const answer = await newer.call('GET', `/projects/${id}/export`)
    expect(answer.status).toBe(500)
    expect(messageOf(answer)).toContain('not emulated')
  })
})

describe('power', () => {
  it('lists an opened project as closed after a power cut, and has what was saved', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-gns3-'))
    const first = await startLab({ folder })
    const id = await first.importSample('sample1-two-pcs-unconfigured')
    await first.call('POST', `/projects/${id}/open`)
    const pc = await first.node(id, 'PC1')
    const file = `/projects/${id}/nodes/${pc.node_id}/files/startup.vpc`
    await first.call('POST', file, { raw: 'ip 10.9.9.9/24\n' })
    await first.guest.stop()
    const second = await startLab({ folder })
    expect((await second.call('GET', `/projects/${id}`)).json).toMatchObject({ status: 'closed' })
    await second.call('POST', `/projects/${id}/open`)
    expect((await second.node(id, 'PC1')).node_id).toBe(pc.node_id)
    expect((await second.call('GET', file)).text).toBe('ip 10.9.9.9/24\n')
    await second.end()
  })

  it('goes on after hibernation with the same ports and running nodes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-gns3-'))
    const first = await startLab({ folder })
    const id = await first.importSample('sample2-two-pcs-solved')
    await first.call('POST', `/projects/${id}/open`)
    await first.call('POST', `/projects/${id}/nodes/start`)
    const before = listOf(await first.call('GET', `/projects/${id}/nodes`))
    const ports = before.map((node) => node.console)
    const saved: unknown = JSON.parse(JSON.stringify(await first.guest.hibernate()))
    const second = await startLab({ folder, restored: saved, consolePorts: { from: Math.min(...ports), to: Math.max(...ports) + 20 } })
    const after = listOf(await second.call('GET', `/projects/${id}/nodes`))
    expect(after.map((node) => [node.name, node.status, node.console])).toEqual(
      before.map((node) => [node.name, node.status, node.console]),
    )
    await second.end()
  })

  it('keeps in hibernation what a device did not save, and loses it in a power cut', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-gns3-'))
    let lab = await startLab({ folder })
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const port = (await lab.node(id, 'PC1')).console
    const typed = await openTerminal(port)
    await typed.ask('', /PC1> $/)
    await typed.ask('ip 10.7.7.7/24', /255\.255\.255\.0[\s\S]*PC1> $/)
    const saved: unknown = JSON.parse(JSON.stringify(await lab.guest.hibernate()))
    const consolePorts = { from: port, to: port + 20 }
    lab = await startLab({ folder, restored: saved, consolePorts })
    const resumed = await openTerminal((await lab.node(id, 'PC1')).console)
    expect(await resumed.ask('show ip', /MTU[\s\S]*PC1> $/)).toContain('10.7.7.7/24')
    await lab.guest.stop()
    lab = await startLab({ folder, consolePorts })
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const booted = await openTerminal((await lab.node(id, 'PC1')).console)
    await booted.wake(/PC1> $/)
    expect(await booted.ask('show ip', /MTU[\s\S]*PC1> $/)).toContain('0.0.0.0/0')
    await lab.end()
  })

  it('resumes every link when a project is opened again', async () => {
    const lab = await startLab()
    const id = await lab.importSample('sample2-two-pcs-solved')
    await lab.call('POST', `/projects/${id}/open`)
    const [link] = listOf(await lab.call('GET', `/projects/${id}/links`))
    const path = `/projects/${id}/links/${String(link?.link_id)}`
    await lab.call('PUT', path, { body: { suspend: true } })
    await lab.call('POST', `/projects/${id}/close`)
    expect(listOf(await lab.call('GET', `/projects/${id}/links`))[0]).toMatchObject({ suspend: true })
    await lab.call('POST', `/projects/${id}/open`)
    expect((await lab.call('GET', path)).json).toMatchObject({ suspend: false })
    await lab.end()
  })

  it('shuts down cleanly within its time and leaves no project open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-gns3-'))
    const lab = await startLab({ folder })
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    await lab.guest.shutdown()
    expect(readdirSync(join(folder, 'projects', id)).filter((name) => name.includes('backup') || name.includes('tmp'))).toEqual([])
    await rm(folder, { recursive: true })
  })

  it('answers nothing while frozen and goes on when thawed', async () => {
    const lab = await startLab()
    lab.guest.freeze()
    let answered = false
    const asked = lab.call('GET', '/version').then((answer) => {
      answered = true
      return answer
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answered).toBe(false)
    lab.guest.thaw()
    expect((await asked).status).toBe(200)
    await lab.end()
  })
})
