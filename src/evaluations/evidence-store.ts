import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'

const zip = promisify(gzip)
const unzip = promisify(gunzip)
const sha256Pattern = /^[0-9a-f]{64}$/

/** Bytes of answers, content-addressed and compressed under DATA_DIR/evidence: the same answer is stored once, and never changed. */
export interface EvidenceStore {
  /** On disk (synced) when it resolves, so that a row may name it. Returns the checksum of the bytes. */
  put(bytes: Uint8Array): Promise<string>
  /** @throws AppError EVIDENCE_NOT_FOUND */
  get(sha256: string): Promise<Buffer>
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

export function createEvidenceStore(folder: string): EvidenceStore {
  const place = (sha256: string) => ({ folder: join(folder, sha256.slice(0, 2)), file: join(folder, sha256.slice(0, 2), `${sha256}.gz`) })

  async function exists(file: string): Promise<boolean> {
    try {
      await stat(file)
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  /** File first, then the folder that names it: after a power cut either both are there or neither. */
  async function writeSynced(target: { folder: string; file: string }, bytes: Uint8Array): Promise<void> {
    await mkdir(target.folder, { recursive: true })
    const temporary = join(target.folder, `${newId()}.tmp`)
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target.file)
    const parent = await open(target.folder, 'r')
    try {
      await parent.sync()
    } finally {
      await parent.close()
    }
  }

  return {
    put: async (bytes) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const target = place(sha256)
      if (!(await exists(target.file))) await writeSynced(target, await zip(bytes))
      return sha256
    },
    get: async (sha256) => {
      if (!sha256Pattern.test(sha256)) throw new AppError('EVIDENCE_NOT_FOUND')
      try {
        return await unzip(await readFile(place(sha256).file))
      } catch (error) {
        if (isMissing(error)) throw new AppError('EVIDENCE_NOT_FOUND', { cause: error })
        throw error
      }
    },
  }
}
