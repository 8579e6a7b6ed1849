import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createEvidenceStore } from '../../src/evaluations/index.ts'
import { tempFolder } from '../support/temp-folder.ts'

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )

it('gives back the very bytes that were put, by their checksum', async () => {
  const store = createEvidenceStore(tempFolder())
  for (const bytes of [Buffer.from('R1#show ip route\r\n'), Buffer.from([0xff, 0xfb, 0x01, 0x00, 0x1b]), Buffer.alloc(0)]) {
    const sha256 = await store.put(bytes)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(Buffer.compare(await store.get(sha256), bytes)).toBe(0)
  }
})

it('stores the same bytes once, also when they come at once, and leaves no half file', async () => {
  const folder = tempFolder()
  const store = createEvidenceStore(folder)
  const put = () => store.put(Buffer.from('the same answer'))
  const sums = await Promise.all([put(), put(), put()])
  const [file, ...others] = filesBelow(folder)
  const before = statSync(file ?? '').mtimeMs
  sums.push(await put())
  expect([new Set(sums).size, others]).toEqual([1, []])
  expect(statSync(file ?? '').mtimeMs).toBe(before)
  expect(statSync(file ?? '').mode & 0o077).toBe(0)
})

it('compresses what repeats itself', async () => {
  const folder = tempFolder()
  await createEvidenceStore(folder).put(Buffer.from('interface Ethernet0/0\r\n'.repeat(2_000)))
  expect(statSync(filesBelow(folder)[0] ?? '').size).toBeLessThan(2_000)
})

it.each(['0'.repeat(64), '', '../../../etc/passwd', 'A'.repeat(64), `${'0'.repeat(63)}/`, `${'0'.repeat(64)}.gz`])(
  'has nothing under %j',
  async (sha256) => {
    await expect(createEvidenceStore(tempFolder()).get(sha256)).rejects.toMatchObject({ code: 'EVIDENCE_NOT_FOUND' })
  },
)
