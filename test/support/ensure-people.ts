import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type DemoAccount, demoAccountSchema } from '../../src/demo/demo-file.ts'
import { ensurePeople } from '../../src/demo/people.ts'
import type { Services } from '../../src/services.ts'

/** The demo's people; who was made at an earlier start is remembered beside the database: to try eight passwords takes longer than a start. */
export async function ensurePeopleOnce(services: Pick<Services, 'users'>, dataDir: string): Promise<readonly DemoAccount[]> {
  const file = join(dataDir, 'people.json')
  const known = existsSync(file) ? z.array(demoAccountSchema).parse(JSON.parse(readFileSync(file, 'utf8'))) : []
  const accounts = await ensurePeople(services, known, true)
  writeFileSync(file, JSON.stringify(accounts))
  return accounts
}
