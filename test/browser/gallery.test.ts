import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildGallery, samples } from '../gallery/gallery-app.ts'
import { describeWith } from '../needs.ts'
import { findAxeViolations, findOverflow, findUnseenFocus, launchChromium, openFolds } from './chromium.ts'

const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['a wide window, light', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }],
  ['a wide window, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['a phone, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['a phone, dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
]

/** What the browser complains of (a blocked style or script, a missing file, a broken module). */
function collectComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}

describeWith(['chromium'], 'pages in Chromium', () => {
  let app: FastifyInstance
  let browser: Browser
  let url: string

  beforeAll(async () => {
    app = await buildGallery()
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  it.each(looks)(
    'has nothing that axe objects to, nothing too wide, no focus unseen and no complaint, with every fold open, in %s',
    { timeout: 480_000 },
    async (_name, options) => {
      const context = await browser.newContext(options)
      const page = await context.newPage()
      const complaints = collectComplaints(page)
      const isWide = (options.viewport?.width ?? 0) > 1_000
      const problems: Record<string, unknown> = {}
      for (const path of ['/gallery', ...samples.map((sample) => `/gallery/${sample.id}`)]) {
        await page.goto(`${url}${path}`)
        await openFolds(page)
        const found = [...(await findAxeViolations(page)), ...(isWide ? await findUnseenFocus(page) : []), ...complaints.splice(0)]
        const overflow = await findOverflow(page)
        if (overflow > 0) found.push(`${overflow} px too wide`)
        if (found.length > 0) problems[path] = found
      }
      await context.close()
      expect(problems).toEqual({})
    },
  )

  it('shows the lab, the way to it and every button without JavaScript', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${url}/gallery/exercise-ready`)
    for (const name of ['Submit (3 left)', 'Stop']) await page.getByRole('button', { name, exact: true }).waitFor()
    await page.getByText('Start over…', { exact: true }).click()
    await page.getByRole('button', { name: 'Start over', exact: true }).waitFor()
    await context.close()
  })

  it('prints black on white, without what can only be pressed, also where the screen is dark', async () => {
    const context = await browser.newContext({ colorScheme: 'dark' })
    const page = await context.newPage()
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    for (const sample of ['exercise-ready', 'results-full', 'review', 'compare']) {
      await page.goto(`${url}/gallery/${sample}`)
      const colours = await page.evaluate(
        '[getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor].join()',
      )
      expect(colours, sample).toBe('rgb(0, 0, 0),rgb(255, 255, 255)')
      expect(await page.locator('button:visible, nav:visible, input:visible').count(), sample).toBe(0)
      expect(await page.getByRole('heading', { level: 1 }).isVisible(), sample).toBe(true)
    }
    await context.close()
  })

  it('can be used by keyboard from the first key: skip link, then navigation', async () => {
    const page = await browser.newPage()
    await page.goto(`${url}/gallery/exercise-ready`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.close()
  })
})
