import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchChromium } from '../browser/chromium.ts'
import { buildGallery, samples } from './gallery-app.ts'

/** `npm run screenshots`: every page in every state that the gallery has, wide and narrow, for docs/screenshots. */
const folder = fileURLToPath(new URL('../../docs/screenshots/pages/', import.meta.url))
/** Small enough to be kept beside the text, large enough to be read. */
const looks = [
  { name: 'wide', viewport: { width: 1280, height: 800 }, deviceScaleFactor: 0.5 },
  { name: 'phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 0.6 },
] as const

const fileOf = (id: string, look: string) => `${id.replaceAll('@', '-')}.${look}.jpg`

/** A page of links, so that the pictures can be leafed through where the repository is shown. */
const listing = () =>
  [
    '# Pages in their states',
    '',
    'Made by `npm run screenshots` from the gallery (test/gallery): every page empty, waiting, failed and full.',
    '',
    '| Page | Wide | Phone |',
    '|---|---|---|',
    ...samples.map(({ id }) => `| ${id} | ![${id}](${fileOf(id, 'wide')}) | ![${id}, on a phone](${fileOf(id, 'phone')}) |`),
    '',
  ].join('\n')

const app = await buildGallery()
const browser = await launchChromium()
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) rmSync(join(folder, old))
  for (const { name, ...options } of looks) {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    for (const { id } of samples) {
      await page.goto(`${url}/gallery/${id}`)
      await page.screenshot({ path: join(folder, fileOf(id, name)), fullPage: true, type: 'jpeg', quality: 45, animations: 'disabled' })
    }
    await context.close()
  }
  writeFileSync(join(folder, 'README.md'), listing())
} finally {
  await browser.close()
  await app.close()
}
