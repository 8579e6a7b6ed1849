import { crc32, deflateRawSync } from 'node:zlib'

/** One entry of an archive as somebody with bad intentions writes it; nothing here is checked. */
export interface RawEntry {
  readonly name: string | Buffer
  readonly content?: string | Buffer
  /** 0 stored, 8 deflated, others are only claimed. */
  readonly method?: number
  readonly flags?: number
  /** Unix mode with file type. */
  readonly mode?: number
  readonly declaredSize?: number
  readonly crc?: number
  readonly extra?: Buffer
}

/** A ZIP file of these entries, written byte by byte (APPNOTE 4.3). `declaredCount` is what its end record claims. */
export function rawZip(entries: readonly RawEntry[], options: { declaredCount?: number } = {}): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { local, central } = encode(entry, offset)
    files.push(local)
    directory.push(central)
    offset += local.length
  }
  const size = directory.reduce((sum, each) => sum + each.length, 0)
  const count = options.declaredCount ?? entries.length
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, ...directory, end])
}

function encode(entry: RawEntry, offset: number) {
  const name = Buffer.from(entry.name)
  const content = Buffer.from(entry.content ?? '')
  const method = entry.method ?? 8
  const packed = method === 8 ? deflateRawSync(content) : content
  const extra = entry.extra ?? Buffer.alloc(0)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(entry.flags ?? 0x0800, 2)
  common.writeUInt16LE(method, 4)
  common.writeUInt32LE(entry.crc ?? crc32(content), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(entry.declaredSize ?? content.length, 18)
  common.writeUInt16LE(name.length, 22)
  common.writeUInt16LE(extra.length, 24)
  const local = Buffer.concat([u32(0x04034b50), common, name, extra, packed])
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6)
  rest.writeUInt32LE(offset, 10)
  const central = Buffer.concat([u32(0x02014b50), Buffer.from([20, 3]), common, rest, name, extra])
  return { local, central }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value, 0)
  return bytes
}

/** A small topology that is in order; overrides make it odd. */
export function topology(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const node = (id: string, name: string, extra: object = {}) => ({
    node_id: id,
    name,
    node_type: 'vpcs',
    console_type: 'telnet',
    properties: {},
    symbol: ':/symbols/vpcs_guest.svg',
    x: 1,
    y: 2,
    label: { text: name },
    ...extra,
  })
  return {
    name: 'lab',
    project_id: '00000000-0000-4000-8000-000000000001',
    type: 'topology',
    revision: 9,
    version: '2.2.54',
    topology: {
      nodes: [node('n1', 'PC1'), node('n2', 'PC2')],
      links: [{ link_id: 'l1', nodes: [end('n1', '0/0'), end('n2', '0/1')] }],
      drawings: [],
      computes: [],
    },
    ...overrides,
  }
}

export const end = (nodeId: string, label: string | null = null) => ({
  node_id: nodeId,
  adapter_number: 0,
  port_number: 0,
  label: label === null ? null : { text: label },
})
