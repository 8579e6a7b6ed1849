import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeImages } from '../../../src/sandbox/gns3/index.ts'
import { type Lab, listOf, memberOf, openTerminal, startLab, until } from './lab.ts'

describe.each(['2.2', '3.x'] as const)('devices on an emulated GNS3 %s', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version })
  })
  afterAll(() => lab.end())

  it('lets one PC ping the other after both were configured over their consoles', async () => {
    const id = await lab.importSample('sample1-two-pcs-unconfigured')
    expect((await lab.call('POST', `/projects/${id}/open`)).status).toBe(201)
    expect((await lab.call('POST', `/projects/${id}/nodes/start`)).status).toBe(204)
    const first = await openTerminal((await lab.node(id, 'PC1')).console)
    const second = await openTerminal((await lab.node(id, 'PC2')).console)
    await first.ask('', /PC1> $/)
    await second.ask('', /PC2> $/)
    await first.ask('ip 10.0.0.1/24', /255\.255\.255\.0[\s\S]*PC1> $/)
    await second.ask('ip 10.0.0.2/24', /255\.255\.255\.0[\s\S]*PC2> $/)
    expect(await first.ask('ping 10.0.0.2 -c 2', /icmp_seq=2[\s\S]*PC1> $/)).toContain('84 bytes from 10.0.0.2 icmp_seq=1')
    first.close()
    second.close()
  })

  it('runs the startup files of a solved project, and loses the way when the link is suspended', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved')
    await lab.call('POST', `/projects/${id}/open`)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const pc = await lab.node(id, 'PC1')
    const terminal = await openTerminal(pc.console)
    await terminal.ask('', /PC1> $/)
    expect(await terminal.ask('ping 10.0.0.2 -c 1', /(icmp_seq=1|reachable)[\s\S]*PC1> $/)).toContain('84 bytes')
    const links = listOf(await lab.call('GET', `/projects/${id}/nodes/${pc.node_id}/links`))
    const path = `/projects/${id}/links/${String(links[0]?.link_id)}`
    expect((await lab.call('PUT', path, { body: { suspend: true } })).status).toBe(version === '2.2' ? 201 : 200)
    expect(await terminal.ask('ping 10.0.0.2 -c 1', /(icmp_seq=1|reachable)[\s\S]*PC1> $/)).not.toContain('84 bytes')
    await lab.call('PUT', path, { body: { suspend: false } })
    if (version === '3.x') {
      // a genuine 3.0.6 leaves a resumed link cut until it is reset
      expect(await terminal.ask('ping 10.0.0.2 -c 1', /(icmp_seq=1|reachable)[\s\S]*PC1> $/)).not.toContain('84 bytes')
      expect((await lab.call('POST', `${path}/reset`)).status).toBe(200)
    }
    expect(await terminal.ask('ping 10.0.0.2 -c 1', /(icmp_seq=1|reachable)[\s\S]*PC1> $/)).toContain('84 bytes')
    terminal.close()
  })

  it('ends a console when its device stops, and refuses it from then on', async () => {
    const id = await lab.importSample('sample2-two-pcs-solved')
    await lab.call('POST', `/projects/${id}/open`)
    const pc = await lab.node(id, 'PC1')
    await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/start`, { body: {} })
    const terminal = await openTerminal(pc.console)
    await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/stop`)
    await until(terminal.isEnded, 'the console to end')
    await expect(openTerminal(pc.console)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('makes containers only of images the VM has', async () => {
    const made = await lab.call('POST', '/projects', { body: { name: `containers-${version}` } })
    const id = String(memberOf(made.json, 'project_id'))
    const container = { name: 'Web', node_type: 'docker', compute_id: 'local', properties: { image: 'frr', adapters: 2 } }
    writeImages(lab.folder, { files: [], docker: [] })
    expect((await lab.call('POST', `/projects/${id}/nodes`, { body: container })).status).toBe(409)
    writeImages(lab.folder, { files: [], docker: ['frr:latest'] })
    const answer = await lab.call('POST', `/projects/${id}/nodes`, { body: container })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ console_type: 'telnet', status: 'stopped' })
  })

  it('opens routers only when their image is there, and starts them then', async () => {
    const id = await lab.importSample('sample5-two-routers-two-pcs')
    const refused = await lab.call('POST', `/projects/${id}/open`)
    expect(refused.status).toBe(409)
    const image = 'c3725-adventerprisek9-mz.124-15.T14.image'
    expect(refused.json).toMatchObject({ message: `The image ${version === '2.2' ? image : `'${image}'`} is missing` })
    expect((await lab.call('GET', `/projects/${id}`)).json).toMatchObject({ status: 'closed' })
    writeImages(lab.folder, { files: ['c3725-adventerprisek9-mz.124-15.T14.image'], docker: [] })
    expect((await lab.call('POST', `/projects/${id}/open`)).status).toBe(201)
    const first = await lab.node(id, 'R1')
    const config = `/projects/${id}/nodes/${first.node_id}/files/configs/i1_startup-config.cfg`
    expect((await lab.call('POST', config, { raw: 'hostname R1\n!\nend\n' })).status).toBe(201)
    expect((await lab.call('POST', `/projects/${id}/nodes/start`)).status).toBe(204)
    const nodes = listOf(await lab.call('GET', `/projects/${id}/nodes`))
    expect(nodes.map((node) => `${node.name} ${node.status}`).sort()).toEqual(
      ['PC1', 'PC2', 'R1', 'R2', 'SW1', 'SW2'].map((name) => `${name} started`),
    )
    const configured = await openTerminal((await lab.node(id, 'R1')).console)
    await configured.wake(/R1[>#] ?$/)
    configured.close()
    const empty = await openTerminal((await lab.node(id, 'R2')).console)
    await empty.wake(/initial configuration dialog\? \[yes\/no\]: $/)
    empty.close()
  })
})
