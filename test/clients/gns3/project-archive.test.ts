import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import yazl from 'yazl'
import { defaultArchiveLimits } from '../../../src/clients/gns3/archive-reader.ts'
import { openProjectArchive, requireRevision } from '../../../src/clients/gns3/index.ts'
import { errorCatalogue, isAppError } from '../../../src/errors.ts'
import { inWords, saying } from '../../support/said.ts'
import { end, type RawEntry, rawZip, topology } from './raw-zip.ts'

const sample = (name: string) => join(import.meta.dirname, '../../fixtures/projects', name)

describe('openProjectArchive', () => {
  let folder: string
  let count = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netpraxis-archive-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const open = async (bytes: Buffer, limits: Partial<typeof defaultArchiveLimits> = {}) => {
    count += 1
    const path = join(folder, `${count}.gns3project`)
    await writeFile(path, bytes)
    return openProjectArchive(path, { ...defaultArchiveLimits, ...limits })
  }
  const project = (overrides = {}): RawEntry => ({ name: 'project.gns3', content: JSON.stringify(topology(overrides)) })
  /** The refusal's problem code, and the sentence that goes with it. */
  const refusal = async (opening: Promise<unknown>) => {
    const error = await opening.then(
      () => new Error('was accepted'),
      (thrown: unknown) => thrown,
    )
    if (!isAppError(error, 'PROJECT_ARCHIVE_INVALID')) throw error
    return { problem: error.details.problem, reason: inWords(error.details.reason) }
  }

  describe('of real exports', () => {
    it('names devices, links and ports of two computers on a switch', async () => {
      const { name, revision, version, devices, links, images } = await openProjectArchive(
        sample('sample1-two-pcs-unconfigured.gns3project'),
      )
      expect({ name, revision, version, images }).toEqual({ name: 'sample1-two-pcs', revision: 9, version: '2.2.54', images: [] })
      expect(devices.map((device) => [device.name, device.type, device.consoleType, device.x])).toEqual([
        ['PC1', 'vpcs', 'telnet', -200],
        ['PC2', 'vpcs', 'telnet', 200],
        ['Switch1', 'ethernet_switch', 'none', 0],
      ])
      const byId = new Map(devices.map((device) => [device.nodeId, device.name]))
      expect(links.map(({ ends }) => ends.map((each) => [byId.get(each.nodeId), each.port, each.label]))).toEqual([
        [
          ['PC1', 0, '0/0'],
          ['Switch1', 0, '0/0'],
        ],
        [
          ['PC2', 0, '0/0'],
          ['Switch1', 1, '0/1'],
        ],
      ])
    })

    it('lives with the scratch files of Dynamips, which pack 210 to 1, and names the image of the routers once', async () => {
      const archive = await openProjectArchive(sample('sample5-two-routers-two-pcs.gns3project'))
      expect(archive.images).toEqual(['c3725-adventerprisek9-mz.124-15.T14.image'])
      expect(archive.devices).toHaveLength(6)
      expect(archive.links).toHaveLength(5)
      expect(archive.drawings).toMatchObject([{ x: -430, y: 80, svg: expect.stringContaining('LAN A') }])
    })

    it('opens the solved sample', async () => {
      const archive = await openProjectArchive(sample('sample2-two-pcs-solved.gns3project'))
      expect(archive.devices.map(({ name }) => name)).toEqual(['PC1', 'PC2', 'Switch1'])
    })

    it('refuses every sample that is cut short anywhere', async () => {
      const bytes = await readFile(sample('sample1-two-pcs-unconfigured.gns3project'))
      for (const length of [1, 21, 22, 100, 4_000, bytes.length - 30, bytes.length - 1])
        expect(await refusal(open(bytes.subarray(0, length))), `${length} bytes`).toMatchObject({ problem: 'NOT_A_ZIP' })
    })
  })

  it('opens what an ordinary zip program packed, folders included', async () => {
    const zip = new yazl.ZipFile()
    zip.addBuffer(Buffer.from(JSON.stringify(topology())), 'project.gns3')
    zip.addEmptyDirectory('project-files/vpcs')
    zip.addBuffer(Buffer.from('x'), 'images/QEMU/alpine.qcow2')
    zip.end()
    const chunks: Buffer[] = []
    for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
    const archive = await open(Buffer.concat(chunks))
    expect(archive.devices.map(({ name }) => name)).toEqual(['PC1', 'PC2'])
    expect(archive.bundledImages).toEqual(['alpine.qcow2'])
  })

  it('collects the images of every kind of node, without their folders, and no empty ones', async () => {
    const node = (name: string, node_type: string, properties: object) => ({ node_id: name, name, node_type, properties })
    const archive = await open(
      rawZip([
        project({
          topology: {
            nodes: [
              node('A', 'qemu', {
                hda_disk_image: '/srv/images/QEMU/vios.qcow2',
                hda_disk_image_md5sum: 'abc',
                hdb_disk_image: '',
                initrd: 'initrd.gz',
                kernel_image: 'vmlinuz',
              }),
              node('B', 'docker', { image: 'frrouting/frr:latest' }),
              node('C', 'iou', { path: '/images/IOU/l3.bin' }),
              node('D', 'dynamips', { image: 'c7200.image' }),
            ],
            links: [],
          },
        }),
      ]),
    )
    expect(archive.images).toEqual(['c7200.image', 'frrouting/frr:latest', 'initrd.gz', 'l3.bin', 'vios.qcow2', 'vmlinuz'])
    expect(archive.devices[0]?.properties).toEqual({ hda_disk_image: 'vios.qcow2', initrd: 'initrd.gz', kernel_image: 'vmlinuz' })
  })

  it('refuses an empty file, a text file and an empty archive, each as what it is', async () => {
    expect(await refusal(open(Buffer.alloc(0)))).toMatchObject({ problem: 'NOT_A_ZIP' })
    expect(await refusal(open(Buffer.from('hello')))).toMatchObject({ problem: 'NOT_A_ZIP' })
    expect(await refusal(open(rawZip([])))).toMatchObject({ problem: 'NO_PROJECT' })
  })

  it('refuses a broken central directory', async () => {
    const bytes = rawZip([project(), { name: 'a' }])
    bytes.writeUInt8(0, bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])))
    expect(await refusal(open(bytes))).toMatchObject({ problem: 'NOT_A_ZIP' })
    expect(await refusal(open(rawZip([project()], { declaredCount: 3 })))).toMatchObject({ problem: 'NOT_A_ZIP' })
  })

  it('leaves a fault of the disk a fault of the disk', async () => {
    await expect(openProjectArchive(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each(['../evil', 'project-files/../../evil', '/etc/passwd', 'a\\..\\b', 'C:/x', 'a//b', './project.gns3', 'a/./b', 'nul\0l', '..'])(
    'refuses the entry name %j',
    async (name) => {
      expect(await refusal(open(rawZip([project(), { name }])))).toMatchObject({ problem: 'NAME_OUTSIDE' })
    },
  )

  it('names the bad entry in the sentence, without its control characters', async () => {
    const { reason } = await refusal(open(rawZip([project(), { name: '../a\x1b[2Jb' }])))
    expect(reason).toBe('the entry "../a?[2Jb" has a name that leads out of the project folder.')
  })

  it('refuses an entry whose Unicode extra field tells another name than its header', async () => {
    const name = Buffer.from('harmless')
    const other = Buffer.from('../evil')
    const field = Buffer.alloc(9)
    field.writeUInt16LE(0x7075, 0)
    field.writeUInt16LE(5 + other.length, 2)
    field.writeUInt8(1, 4)
    field.writeUInt32LE((await import('node:zlib')).crc32(name), 5)
    expect(await refusal(open(rawZip([project(), { name, flags: 0, extra: Buffer.concat([field, other]) }])))).toMatchObject({
      problem: 'NAME_AMBIGUOUS',
    })
  })

  it('refuses a name that is there twice, also as a folder', async () => {
    expect(await refusal(open(rawZip([project(), project()])))).toMatchObject({ problem: 'NAME_TWICE' })
    expect(await refusal(open(rawZip([project(), { name: 'a' }, { name: 'a/' }])))).toMatchObject({ problem: 'NAME_TWICE' })
  })

  it('refuses symbolic links, devices and encrypted entries', async () => {
    expect(await refusal(open(rawZip([project(), { name: 'l', content: '/etc', mode: 0o120777 }])))).toMatchObject({ problem: 'SYMLINK' })
    expect(await refusal(open(rawZip([project(), { name: 'd', mode: 0o020666 }])))).toMatchObject({ problem: 'SPECIAL_FILE' })
    expect(await refusal(open(rawZip([{ ...project(), flags: 0x0801 }])))).toMatchObject({ problem: 'ENCRYPTED' })
  })

  it('says how to export again when 3.x packed with zstd', async () => {
    const { problem, reason } = await refusal(open(rawZip([{ ...project(), method: 93 }])))
    expect(problem).toBe('COMPRESSION')
    expect(reason).toContain('zstd')
    expect(reason).toContain('Export the project again with the compression "zip"')
    expect((await refusal(open(rawZip([{ ...project(), method: 77 }])))).reason).toContain('method 77')
  })

  it('refuses more entries than allowed, by the claimed number already', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ name: `f${index}`, method: 0 }))
    expect(await refusal(open(rawZip([project(), ...many]), { entries: 12 }))).toMatchObject({ problem: 'TOO_MANY_ENTRIES' })
    expect((await open(rawZip([project(), ...many]), { entries: 13 })).name).toBe('lab')
    const full = Array.from({ length: 10_001 }, (_, index) => ({ name: `f${index}`, method: 0 }))
    expect(await refusal(open(rawZip(full)))).toMatchObject({ problem: 'TOO_MANY_ENTRIES' })
  })

  it('refuses a zip bomb by what it declares', async () => {
    const zeros = Buffer.alloc(66 * 1024 * 1024)
    expect(await refusal(open(rawZip([project(), { name: 'zeros', content: zeros }])))).toMatchObject({ problem: 'COMPRESSED_TOO_WELL' })
    const claims = Array.from({ length: 5 }, (_, index) => ({ name: `z${index}`, content: 'x', declaredSize: 0xfffffff0 }))
    expect(await refusal(open(rawZip([project(), ...claims]), { ratio: 1e12 }))).toMatchObject({ problem: 'TOO_LARGE' })
  })

  it('does not believe a project.gns3 that unpacks to another size than declared', async () => {
    const long = { ...project(), content: `${JSON.stringify(topology())}${' '.repeat(100_000)}` }
    expect(await refusal(open(rawZip([{ ...long, declaredSize: 100 }])))).toMatchObject({ problem: 'ENTRY_BROKEN' })
    expect(await refusal(open(rawZip([{ ...long, declaredSize: 200_000 }])))).toMatchObject({ problem: 'ENTRY_BROKEN' })
    expect(await refusal(open(rawZip([{ ...project(), crc: 1 }])))).toMatchObject({ problem: 'ENTRY_BROKEN' })
  })

  it('refuses a project.gns3 that is too large or missing', async () => {
    expect(await refusal(open(rawZip([project()]), { projectBytes: 100 }))).toMatchObject({ problem: 'PROJECT_TOO_LARGE' })
    expect(await refusal(open(rawZip([{ name: 'sub/project.gns3', content: '{}' }])))).toMatchObject({ problem: 'NO_PROJECT' })
  })

  it('refuses deep JSON before it is parsed, and does not count brackets in strings', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(await refusal(open(rawZip([{ name: 'project.gns3', content: deep }])))).toMatchObject({ problem: 'PROJECT_TOO_DEEP' })
    expect((await open(rawZip([project({ name: `lab ${'[{"\\'.repeat(40)}` })]))).name).toMatch(/^lab /)
  })

  it('refuses what is no JSON, no topology, or of an unknown revision', async () => {
    const content = (text: string | Buffer) => open(rawZip([{ name: 'project.gns3', content: text }]))
    expect(await refusal(content('{"name": '))).toMatchObject({ problem: 'PROJECT_NO_JSON' })
    expect(await refusal(content(''))).toMatchObject({ problem: 'PROJECT_NO_JSON' })
    expect(await refusal(content('[]'))).toMatchObject({ problem: 'PROJECT_SHAPE' })
    expect((await refusal(open(rawZip([project({ type: 'appliance' })])))).reason).toContain('type')
    expect((await refusal(open(rawZip([project({ topology: { nodes: [{ name: 'x' }], links: [] } })])))).reason).toContain(
      'topology.nodes.0.node_id',
    )
    for (const revision of [6, 11]) expect(await refusal(open(rawZip([project({ revision })])))).toMatchObject({ problem: 'REVISION' })
    for (const revision of [7, 8, 9, 10]) expect((await open(rawZip([project({ revision })]))).revision).toBe(revision)
  })

  it('refuses too many devices or links, devices of one name, and links that lead nowhere', async () => {
    expect(await refusal(open(rawZip([project()]), { devices: 1 }))).toMatchObject({ problem: 'TOO_MANY_DEVICES' })
    expect(await refusal(open(rawZip([project()]), { links: 0 }))).toMatchObject({ problem: 'TOO_MANY_LINKS' })
    const nodes = ['a', 'b'].map((node_id) => ({ node_id, name: 'R1', node_type: 'vpcs' }))
    expect(await refusal(open(rawZip([project({ topology: { nodes, links: [] } })])))).toMatchObject({ problem: 'DEVICE_TWICE' })
    const named = nodes.map((node) => ({ ...node, name: node.node_id }))
    const linked = (ends: object[]) => open(rawZip([project({ topology: { nodes: named, links: [{ link_id: 'l', nodes: ends }] } })]))
    expect(await refusal(linked([end('a'), end('zz')]))).toMatchObject({ problem: 'LINK_DANGLING' })
    expect(await refusal(linked([end('a')]))).toMatchObject({ problem: 'LINK_ENDS' })
    expect(await refusal(linked([end('a'), end('b'), end('a')]))).toMatchObject({ problem: 'LINK_ENDS' })
  })

  it('fills in what old files lack', async () => {
    const archive = await open(
      rawZip([project({ topology: { nodes: [{ node_id: 'a', name: 'A', node_type: 'vpcs' }], links: [], drawings: [{}] } })]),
    )
    expect(archive.drawings).toEqual([{ svg: '', x: 0, y: 0, rotation: 0 }])
    expect(archive.devices).toEqual([
      { nodeId: 'a', name: 'A', type: 'vpcs', consoleType: 'none', properties: {}, symbol: '', x: 0, y: 0, label: 'A' },
    ])
  })
})

describe('requireRevision', () => {
  const project = { revision: 10, version: '3.0.6' }

  it('refuses a project of 3.x for a 2.2 server before it is sent there, naming both versions', () => {
    const refused = () => requireRevision(project, { api: 'v2', version: '2.2.59' })
    expect(refused).toThrow(
      expect.objectContaining({ code: 'GNS3_PROJECT_TOO_NEW', details: { reason: saying('project: 3.0.6, base template: 2.2.59') } }),
    )
    expect(errorCatalogue.GNS3_PROJECT_TOO_NEW.retryable).toBe(false)
  })

  it.each([
    [10, 'v3'],
    [9, 'v3'],
    [9, 'v2'],
    [7, 'v2'],
  ] as const)('lets revision %i pass for %s', (revision, api) => {
    expect(() => requireRevision({ ...project, revision }, { api, version: '' })).not.toThrow()
  })
})
