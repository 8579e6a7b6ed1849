import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, open, type ZipFile } from 'yauzl'
import { ZipFile as ZipWriter } from 'yazl'
import { projectFile } from './steps.ts'

interface Member {
  readonly name: string
  readonly content: Buffer
}

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    open(path, { lazyEntries: true }, (error, zip) => (zip ? resolve(zip) : reject(error)))
  })

const readMember = (zip: ZipFile, entry: Entry): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error)
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => resolve(Buffer.concat(chunks)))
      stream.once('error', reject)
    })
  })

async function readArchive(path: string): Promise<Member[]> {
  const zip = await openZip(path)
  const members: Member[] = []
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(members))
    zip.on('entry', (entry: Entry) => {
      readMember(zip, entry)
        .then((content) => {
          members.push({ name: entry.fileName, content })
          zip.readEntry()
        })
        .catch(reject)
    })
    zip.readEntry()
  })
}

async function writeArchive(members: readonly Member[]): Promise<Buffer> {
  const zip = new ZipWriter()
  for (const { name, content } of members) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name)
    else zip.addBuffer(content, name)
  }
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Sample 1 (two PCs on a switch) with a Docker node `SRV` on the switch's third port: no export with a Linux-like node exists. `more`: other members of that node. */
export async function twoPcsAndServer(more: Readonly<Record<string, unknown>> = {}): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-archive-'))
  try {
    const path = join(folder, 'sample.gns3project')
    await writeFile(path, await projectFile('sample1-two-pcs-unconfigured'))
    const members = await readArchive(path)
    return await writeArchive(
      members.map((member) => (member.name === 'project.gns3' ? { ...member, content: withServer(member.content, more) } : member)),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const serverId = '7d9c2a54-3f0e-4d5b-9b1c-0f6a2e8d4c11'

function withServer(content: Buffer, more: Readonly<Record<string, unknown>>): Buffer {
  const project: { topology: { nodes: { name: string; node_id: string }[]; links: unknown[] } } = JSON.parse(content.toString('utf8'))
  const { nodes, links } = project.topology
  const computer = nodes.find((node) => node.name === 'PC1')
  const switchId = nodes.find((node) => node.name === 'Switch1')?.node_id
  const server = {
    ...computer,
    name: 'SRV',
    node_id: serverId,
    node_type: 'docker',
    console: 5011,
    template_id: null,
    symbol: ':/symbols/docker_guest.svg',
    properties: {
      adapters: 1,
      aux: null,
      console_http_path: '/',
      console_http_port: 80,
      console_resolution: '1024x768',
      environment: null,
      extra_hosts: null,
      extra_volumes: [],
      image: 'debian:12',
      start_command: null,
    },
    x: 0,
    y: 150,
    ...more,
  }
  const link = {
    filters: {},
    link_id: '0e5a2b7c-6d1f-4c83-8a95-3b7e9d2f1c60',
    link_style: {},
    suspend: false,
    nodes: [
      { adapter_number: 0, label: { text: 'eth0' }, node_id: serverId, port_number: 0 },
      { adapter_number: 0, label: { text: '0/2' }, node_id: switchId, port_number: 2 },
    ],
  }
  nodes.push(server)
  links.push(link)
  return Buffer.from(JSON.stringify(project))
}
