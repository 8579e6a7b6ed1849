import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { lockDataDir } from '../../src/db/lock.ts'
import { tempFolder } from '../support/temp-folder.ts'

async function startHolder(folder: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('lock-holder.ts', import.meta.url)), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  if (!holder.stdout) throw new Error('the holder has no output')
  await once(holder.stdout, 'data')
  return holder
}

it('is refused while another process holds it, naming that process, and free as soon as that one is killed', async () => {
  const folder = tempFolder()
  const holder = await startHolder(folder)
  expect(() => lockDataDir(folder)).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_LOCKED', details: { folder, holder: `process ${holder.pid}` } }),
  )
  const ended = once(holder, 'exit')
  holder.kill('SIGKILL')
  await ended
  lockDataDir(folder).release()
})

it('is refused a second time within one process too, until it is released', () => {
  const folder = tempFolder()
  const lock = lockDataDir(folder)
  expect(() => lockDataDir(folder)).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED' }))
  lock.release()
  lockDataDir(folder).release()
})

it('is of one folder alone, which is made where it is missing', () => {
  const folder = tempFolder()
  const locks = [lockDataDir(`${folder}/a/deep/one`), lockDataDir(`${folder}/b`)]
  for (const lock of locks) lock.release()
})
