import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export const demoAccountSchema = z.object({
  username: z.string(),
  password: z.string(),
  name: z.string(),
  role: z.enum(['admin', 'teacher', 'assistant', 'student']),
})
export type DemoAccount = z.infer<typeof demoAccountSchema>

/** `DATA_DIR/demo.json`: where everything of the running demo is. */
export interface DemoFile {
  readonly url: string
  readonly labUrl: string
  readonly proxmoxUrl: string
  readonly accounts: readonly DemoAccount[]
  readonly exercises: readonly { readonly id: string; readonly title: string; readonly state: string }[]
}

const accountsOnly = z.object({ accounts: z.array(demoAccountSchema) })
const fileOf = (dataDir: string) => join(dataDir, 'demo.json')
/** What the start before left, until this one has written its own. */
const lastOf = (dataDir: string) => join(dataDir, 'demo.json.last')

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function setAside(dataDir: string): Promise<void> {
  try {
    await rename(fileOf(dataDir), lastOf(dataDir))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/**
 * Accounts of the start before, with the passwords they got then. Its file is set aside: whoever waits for demo.json must not be sent to
 * an address of yesterday.
 */
export async function takeEarlierAccounts(dataDir: string): Promise<readonly DemoAccount[]> {
  await setAside(dataDir)
  try {
    return accountsOnly.parse(JSON.parse(await readFile(lastOf(dataDir), 'utf8'))).accounts
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Written by rename, so that whoever reads it finds it whole; for its owner alone, since it holds passwords. */
export async function writeDemoFile(dataDir: string, content: DemoFile): Promise<void> {
  const temporary = `${fileOf(dataDir)}.new`
  await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, fileOf(dataDir))
  await rm(lastOf(dataDir), { force: true })
}
