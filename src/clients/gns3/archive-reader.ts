import { crc32 } from 'node:zlib'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { say } from '../../lib/sentence.ts'
import { refuse } from './archive-problem.ts'

/** Bounds of an upload. GNS3 unpacks all of it, so all of it is judged, though only `project.gns3` is read here. */
export interface ArchiveLimits {
  readonly entries: number
  /** Sum of the unpacked sizes. Images of devices may be in it. */
  readonly unpackedBytes: number
  /** Unpacked to packed size; looked at only from `ratioFromBytes` on: Dynamips' scratch files in real exports reach 210. */
  readonly ratio: number
  readonly ratioFromBytes: number
  readonly projectBytes: number
  readonly jsonDepth: number
  readonly devices: number
  readonly links: number
}

const mebibyte = 1024 * 1024

export const defaultArchiveLimits: ArchiveLimits = {
  entries: 10_000,
  unpackedBytes: 16 * 1024 * mebibyte,
  ratio: 200,
  ratioFromBytes: 64 * mebibyte,
  projectBytes: 16 * mebibyte,
  jsonDepth: 64,
  devices: 500,
  links: 2_000,
}

const projectName = 'project.gns3'

/** Compression methods of the ZIP format by number (APPNOTE 4.4.5), as far as GNS3 offers them. */
const methods: Readonly<Record<number, string>> = { 0: 'none', 8: 'zip', 9: 'deflate64', 12: 'bzip2', 14: 'lzma', 93: 'zstd' }
const readableMethods: ReadonlySet<number> = new Set([0, 8])

/**
 * Judges every entry and reads `project.gns3`.
 * @throws ArchiveProblem
 */
export async function readArchive(path: string, limits: ArchiveLimits): Promise<{ projectJson: string; entryNames: string[] }> {
  const zip = await openZip(path)
  try {
    if (zip.entryCount > limits.entries) throw refuse('TOO_MANY_ENTRIES', { count: zip.entryCount, limit: limits.entries })
    const { project, names } = await judgeEntries(zip, limits)
    if (!project) throw refuse('NO_PROJECT')
    if (project.uncompressedSize > limits.projectBytes)
      throw refuse('PROJECT_TOO_LARGE', { size: project.uncompressedSize, limit: limits.projectBytes })
    return { projectJson: await readEntry(zip, project), entryNames: names }
  } finally {
    zip.close()
  }
}

/** Names are decoded here (`decodeStrings: false`), so that a bad one can be named in the refusal. */
async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: true, strictFileNames: true })
  } catch (error) {
    if (isSystemError(error)) throw error
    throw refuse('NOT_A_ZIP', {}, error)
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error

async function judgeEntries(zip: ZipFile, limits: ArchiveLimits) {
  const names = new Set<string>()
  let project: Entry | undefined
  let unpackedBytes = 0
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry)
      judgeEntry(entry, name)
      const plain = name.replace(/\/$/, '')
      if (names.has(plain)) throw refuse('NAME_TWICE', { entry: name })
      names.add(plain)
      if (name === projectName) project = entry
      unpackedBytes += entry.uncompressedSize
      judgeSize(unpackedBytes, zip.fileSize, limits)
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ArchiveProblem') throw error
    if (isSystemError(error)) throw error
    throw refuse('NOT_A_ZIP', {}, error)
  }
  return { project, names: [...names] }
}

function judgeSize(unpackedBytes: number, packedBytes: number, limits: ArchiveLimits): void {
  if (unpackedBytes > limits.unpackedBytes) {
    throw refuse('TOO_LARGE', { size: Math.ceil(unpackedBytes / mebibyte), limit: Math.floor(limits.unpackedBytes / mebibyte) })
  }
  // Against the whole file, not the declared packed sizes: entries may overlap and count the same bytes many times.
  const ratio = unpackedBytes / packedBytes
  if (unpackedBytes > limits.ratioFromBytes && ratio > limits.ratio) throw refuse('COMPRESSED_TOO_WELL', { ratio: Math.floor(ratio) })
}

/** The name as Python's zipfile in GNS3 reads it. An extra field may give another (Info-ZIP Unicode Path): then nobody knows which. */
function nameOf(entry: Entry): string {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, [], true)
  const other = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true)
  if (other !== name) throw refuse('NAME_AMBIGUOUS', { entry: shown(name) })
  return name
}

const shown = (name: string): string => name.replace(/\p{Cc}/gu, '?').slice(0, 120)

function judgeEntry(entry: Entry, name: string): void {
  const at = { entry: shown(name) }
  const segments = name.replace(/\/$/, '').split('/')
  const leadsOut = /[\\\p{Cc}]/u.test(name) || /^[a-z]:/i.test(name)
  if (leadsOut || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) throw refuse('NAME_OUTSIDE', at)
  judgeKind(entry, at)
  if (entry.isEncrypted()) throw refuse('ENCRYPTED', at)
  if (!readableMethods.has(entry.compressionMethod)) {
    throw refuse('COMPRESSION', {
      ...at,
      method: methods[entry.compressionMethod] ?? say('details.gns3.method', { method: entry.compressionMethod }),
    })
  }
}

/** Unix file type in the upper half of the external attributes; 0 where the packer wrote none. GNS3 makes symbolic links of 0o120000. */
function judgeKind(entry: Entry, at: { entry: string }): void {
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000
  if (kind === 0o120000) throw refuse('SYMLINK', at)
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw refuse('SPECIAL_FILE', at)
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<string> {
  const chunks: Buffer[] = []
  try {
    // yauzl ends a stream that gives more bytes than the entry declares, and those were bounded before.
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk))
  } catch (error) {
    throw refuse('ENTRY_BROKEN', { entry: projectName, problem: error instanceof Error ? error.message : String(error) }, error)
  }
  const content = Buffer.concat(chunks)
  if (crc32(content) !== entry.crc32) throw refuse('ENTRY_BROKEN', { entry: projectName, problem: say('details.gns3.checksum') })
  return content.toString('utf8')
}
