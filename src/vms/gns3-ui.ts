import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Gns3 } from '../clients/gns3/index.ts'
import { newId } from '../lib/ids.ts'

/** Where GNS3 serves its web UI, in 2.2 and 3.x. */
export const uiRoot = '/static/web-ui/'
const index = 'index.html'

/** GNS3's own UI is some 16 MB in 60 files. */
const limits = { files: 400, fileBytes: 8 * 1024 * 1024, bytes: 64 * 1024 * 1024 }
const texts = /\.(?:html|css|js)$/u
const name =
  /(?<![\w./-])(?:\.\/)?((?:[\w-]+\/){0,6}[\w-]+(?:\.[\w-]+)*\.(?:js|css|woff2?|ttf|eot|svg|png|ico|json|gif|jpe?g))(?=["')?#\\])/gu

const versionPattern = /^\d+(?:\.[0-9A-Za-z]+){1,5}$/u

/**
 * Collects what the UI's pages, style sheets and scripts may load. Parts that are loaded later have names that a script puts together, of
 * a number in one file (`.e(26)`) and a hash in another (`".34a8….js"`; Angular's, by webpack).
 */
export function createUiFinder() {
  const [numbers, hashes] = [new Set<string>(), new Set<string>()]
  return (text: string): string[] => {
    const named = [...text.matchAll(name)].map(([, found = '']) => found)
    const pairs = [...text.matchAll(/\b(\d{1,5}):"([0-9a-f]{16,40})"/gu)].map(([, number, hash]) => `${number}.${hash}.js`)
    for (const [, number = ''] of text.matchAll(/\.e\((\d{1,5})\)/gu)) numbers.add(number)
    for (const [, hash = ''] of text.matchAll(/"\.([0-9a-f]{16,40})\.js"/gu)) hashes.add(hash)
    const parts = [...numbers].flatMap((number) => [...hashes].map((hash) => `${number}.${hash}.js`))
    return [...new Set([...named, ...pairs, ...parts])]
  }
}

async function readFile(gns3: Pick<Gns3, 'pass'>, path: string, signal: AbortSignal): Promise<Buffer | null> {
  const answer = await gns3.pass({ method: 'GET', path: `${uiRoot}${path}`, signal })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body) {
    chunks.push(Buffer.from(chunk))
    bytes += Buffer.byteLength(chunk)
    if (bytes > limits.fileBytes) break
  }
  answer.body.destroy()
  // GNS3 answers its index page for whatever it does not have
  const isIndexInstead = path !== index && (answer.contentType ?? '').startsWith('text/html')
  return answer.status === 200 && !isIndexInstead && bytes <= limits.fileBytes ? Buffer.concat(chunks) : null
}

/**
 * Copies of GNS3's own web UI, one per version, taken from the admin's base templates while an exercise is built, before any project or
 * student was in the machine. Labs are shown with the copy; nothing that a student's machine serves is ever run in a browser.
 */
export function createGns3Ui(folder: string) {
  const folderOf = (version: string): string | null => (versionPattern.test(version) ? join(folder, version) : null)

  async function collect(gns3: Pick<Gns3, 'pass'>, target: string, signal: AbortSignal): Promise<number> {
    const known = new Set([index])
    const findFiles = createUiFinder()
    let [copied, bytes] = [0, 0]
    for (const path of known) {
      const content = await readFile(gns3, path, signal)
      if (content === null) continue
      bytes += content.length
      if (bytes > limits.bytes) break
      await mkdir(dirname(join(target, path)), { recursive: true })
      await writeFile(join(target, path), content)
      copied += 1
      const found = texts.test(path) ? findFiles(content.toString('utf8')) : []
      for (const file of found) if (known.size < limits.files) known.add(file)
    }
    return copied
  }

  return {
    folder,
    /** The folder's name within `folder`; null where there is no copy of that version. */
    find: (version: string): string | null => {
      const copy = folderOf(version)
      return copy !== null && existsSync(join(copy, index)) ? version : null
    },
    /**
     * Copies the UI of a GNS3 of a trusted machine, once per version.
     * @returns how many files were copied; 0 when there is a copy, or nothing to copy
     */
    async copy(gns3: Pick<Gns3, 'pass'>, version: string, signal: AbortSignal): Promise<number> {
      const target = folderOf(version)
      if (target === null || existsSync(join(target, index))) return 0
      const making = `${target}.${newId()}`
      try {
        const copied = await collect(gns3, making, signal)
        // another build may have been quicker
        if (copied > 0 && !existsSync(target)) await rename(making, target)
        return copied
      } finally {
        await rm(making, { recursive: true, force: true })
      }
    },
  }
}

export type Gns3Ui = ReturnType<typeof createGns3Ui>
