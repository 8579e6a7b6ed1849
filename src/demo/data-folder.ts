import { constants } from 'node:fs'
import { access, mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDataDir } from '../db/lock.ts'
import { AppError } from '../errors.ts'

/** Files that a demo makes right below DATA_DIR. */
const ownFiles = [
  'netpraxis.sqlite',
  'netpraxis.sqlite-wal',
  'netpraxis.sqlite-shm',
  'netpraxis.sqlite-journal',
  'netpraxis.log',
  'demo.json',
  'demo.json.new',
  'demo.json.last',
  'session.key',
  'secrets.key',
  'server.lock',
  'server.lock-journal',
  'server.pid',
]

const byContent = /^[0-9a-f]{2}$/
/** What of a folder is ours: content-addressed files in folders of two digits, or whole folders. */
const ownFolders: readonly { readonly name: string; readonly whole: readonly string[]; readonly content: RegExp | null }[] = [
  { name: 'uploads', whole: ['incoming'], content: /^[0-9a-f]{64}$/ },
  { name: 'evidence', whole: [], content: /^(?:[0-9a-f]{64}\.gz|[a-z0-9]+\.tmp)$/ },
  { name: 'captures', whole: [], content: null },
  { name: 'sandbox', whole: ['proxmox', 'server.lock', 'server.lock-journal', 'server.pid'], content: null },
]

/** A copy of GNS3's web UI, by its version; one that was being made has an id behind. */
const uiCopy = /^\d+(?:\.[0-9A-Za-z]+)+$/

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** Leaves a folder that holds something of somebody else. */
async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(String(codeOf(error)))) throw error
  }
}

async function removeContent(folder: string, content: RegExp): Promise<void> {
  for (const part of (await entriesOf(folder)).filter((name) => byContent.test(name))) {
    for (const name of await entriesOf(join(folder, part))) {
      if (content.test(name)) await rm(join(folder, part, name), { force: true })
    }
    await removeIfEmpty(join(folder, part))
  }
}

/** Removes an earlier demo; whatever else lies there stays. */
async function removeEarlierDemo(dataDir: string): Promise<void> {
  for (const name of ownFiles) await rm(join(dataDir, name), { force: true })
  for (const version of (await entriesOf(join(dataDir, 'gns3-ui'))).filter((name) => uiCopy.test(name))) {
    await rm(join(dataDir, 'gns3-ui', version), { recursive: true, force: true })
  }
  await removeIfEmpty(join(dataDir, 'gns3-ui'))
  for (const { name, whole, content } of ownFolders) {
    const folder = join(dataDir, name)
    for (const part of whole) await rm(join(folder, part), { recursive: true, force: true })
    if (content) await removeContent(folder, content)
    await removeIfEmpty(folder)
  }
}

/**
 * Makes DATA_DIR ready: there, writable, used by nobody else; emptied of an earlier demo when that is wished.
 * @throws AppError DATA_DIR_UNUSABLE, DATA_DIR_LOCKED
 */
export async function prepareDataFolder(dataDir: string, { isFresh }: { readonly isFresh: boolean }): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('DATA_DIR_UNUSABLE', { cause: error, details: { folder: dataDir, reason } })
  }
  lockDataDir(dataDir).release()
  if (isFresh) await removeEarlierDemo(dataDir)
}
