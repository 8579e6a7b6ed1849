import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import yazl from 'yazl'

/** Thrown for what Python calls BadZipFile. */
export class BadZip extends Error {
  constructor(cause: unknown) {
    super('invalid zip', { cause })
    this.name = 'BadZip'
  }
}

/** zstd, LZMA and bzip2 archives are not emulated. */
export class UnsupportedCompression extends Error {
  constructor() {
    super('That compression method is not supported')
    this.name = 'UnsupportedCompression'
  }
}

/** The bytes of one member, or undefined when there is none of that name. @throws BadZip */
export async function readMember(archive: string, name: string): Promise<Buffer | undefined> {
  let found: Buffer | undefined
  await eachEntry(archive, async (entry, open) => {
    if (entry.path !== name || entry.isFolder) return
    const chunks: Buffer[] = []
    for await (const chunk of await open()) chunks.push(Buffer.from(chunk))
    found = Buffer.concat(chunks)
  })
  return found
}

/** Unpacks everything below `folder`; names are tamed as Python's extractall does: no drive, no `..`, no leading slash. @throws BadZip */
export async function extractAll(archive: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await eachEntry(archive, async (entry, open) => {
    const target = join(folder, entry.path)
    if (entry.isFolder) {
      mkdirSync(target, { recursive: true })
      return
    }
    mkdirSync(dirname(target), { recursive: true })
    await pipeline(await open(), createWriteStream(target))
  })
}

interface Entry {
  readonly path: string
  readonly isFolder: boolean
}

async function eachEntry(archive: string, visit: (entry: Entry, open: () => Promise<Readable>) => Promise<void>): Promise<void> {
  const zip = await yauzl.openPromise(archive, { decodeStrings: false, lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw new BadZip(error)
  })
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileNameRaw.toString('utf8')
      const open = () => {
        if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) throw new UnsupportedCompression()
        return zip.openReadStreamPromise(entry)
      }
      await visit({ path: tame(name), isFolder: name.endsWith('/') }, open)
    }
  } finally {
    zip.close()
  }
}

function tame(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
}

/** What goes into an archive: a member's name and where its bytes are; a name ending in a slash is an empty folder. */
export type Member = { readonly name: string; readonly file: string } | { readonly name: string; readonly bytes: Buffer }

/** The archive as a stream of bytes. */
export function createArchive(members: readonly Member[], options: { compress: boolean }): NodeJS.ReadableStream {
  const zip = new yazl.ZipFile()
  for (const member of members) {
    if (member.name.endsWith('/')) zip.addEmptyDirectory(member.name)
    else if ('bytes' in member) zip.addBuffer(member.bytes, member.name, { compress: options.compress })
    else zip.addReadStreamLazy(member.name, { compress: options.compress }, (done) => done(null, createReadStream(member.file)))
  }
  zip.end()
  return zip.outputStream
}
