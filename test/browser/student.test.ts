import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { sitDownAt } from '../support/typist.ts'
import { findAxeViolations, findOverflow, launchChromium } from './chromium.ts'
import { type RunningDemo, startDemo } from './demo.ts'

const output = fileURLToPath(new URL('../../test-output/student/', import.meta.url))
const title = 'Two PCs on one switch'
const slow = { timeout: 120_000 }

/** Configures a PC through its console, where the page says it is. */
async function configure(page: Page, device: string, line: string): Promise<void> {
  const row = page.locator('#lab tr', { has: page.getByRole('rowheader', { name: device, exact: true }) })
  const told = row.locator('code', { hasText: /telnet \S+ \d+/ })
  const [, host = '', port = ''] = /telnet (\S+) (\d+)/.exec((await told.textContent()) ?? '') ?? []
  const typist = await sitDownAt({ host, port: Number(port) })
  await typist.type(line)
  await typist.type('save')
  await typist.leave()
}

/** The demo on a wide and a narrow window, kept as pictures; nothing may be wider than the window, or fail an accessibility rule. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(output, `${name}-${width}.png`), fullPage: true })
    expect(await findOverflow(page), `${name} at ${width}`).toBe(0)
  }
  expect(await findAxeViolations(page), name).toEqual([])
  await page.setViewportSize({ width: 1280, height: 900 })
}

describeWith(['chromium'], "a student's day", () => {
  let demo: RunningDemo
  let browser: Browser
  let context: BrowserContext | undefined
  const complaints: string[] = []

  beforeAll(async () => {
    mkdirSync(output, { recursive: true })
    demo = await startDemo()
    browser = await launchChromium()
    await demo.published(title)
  }, 400_000)
  afterEach(() => context?.close())
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const students = () => demo.accounts.filter((account) => account.role === 'student')

  it('goes from the sign-in to a full result, each page keeping itself current', { timeout: 480_000 }, async () => {
    const [student] = students()
    if (!student) throw new Error('the demo has no student')
    context = await browser.newContext()
    context.setDefaultTimeout(slow.timeout)
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))

    const check = (name: string) => page.getByRole('article', { name, exact: true })
    const result = page.getByRole('region', { name: 'Result', exact: true })

    await page.goto(demo.url)
    await look(page, '1-sign-in')
    await page.getByRole('button', { name: student.name }).click()
    await page.getByRole('heading', { name: `Hello, ${student.name}`, exact: true }).waitFor(slow)
    await look(page, '2-home')

    // start: the steps come and go without the page being loaded again
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.locator('#lab').getByRole('listitem').filter({ hasText: 'Waiting for the consoles' }).waitFor(slow)
    await page.evaluate(`document.querySelector('h1').dataset.untouched = 'yes'`)
    await page.screenshot({ path: join(output, '3-starting-1280.png'), fullPage: true })
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).waitFor(slow)
    expect(await page.locator('h1').getAttribute('data-untouched')).toBe('yes')
    await expect.poll(() => page.locator('#announcer').textContent(), slow).toBe('Ready')
    await look(page, '4-ready')

    // only one PC is right: the result says which one is not, and what was seen
    await configure(page, 'PC1', 'ip 192.168.10.1/24')
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).click()
    await page.getByRole('heading', { name: 'Checking your lab', exact: true }).waitFor(slow)
    await check('PC1 reaches PC2')
      .getByText(/^asking PC1: /)
      .waitFor(slow)
    await page.screenshot({ path: join(output, '5-checking-1280.png'), fullPage: true })
    await check('PC2 reaches PC1').getByText('PC2 has no address, so it cannot reach 192.168.10.1.', { exact: true }).waitFor(slow)
    await result.waitFor(slow)
    await page.locator('.answer summary').first().click()
    await look(page, '6-failed')

    await page.getByRole('link', { name: 'Back to the lab', exact: true }).click()
    await configure(page, 'PC2', 'ip 192.168.10.2/24')
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).click()
    await page.getByText('3 passed', { exact: true }).waitFor(slow)
    expect(await page.locator('.result__score').textContent()).toContain('5 / 5')
    // the list beside it follows too
    await page.locator('#history').getByText('5 / 5').waitFor()
    await look(page, '7-passed')

    await page.getByRole('link', { name: 'NetPraxis', exact: true }).click()
    await page.getByRole('link', { name: 'Go on working', exact: true }).first().waitFor(slow)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor(slow)
    expect(complaints).toEqual([])
  })

  it('works without JavaScript: forms lead back, waiting pages load themselves again', async () => {
    const [, student] = students()
    if (!student) throw new Error('the demo has one student only')
    context = await browser.newContext({ javaScriptEnabled: false })
    context.setDefaultTimeout(slow.timeout)
    const page = await context.newPage()
    await page.goto(`${demo.url}/sign-in`)
    await page.getByLabel('User name').fill(student.username)
    await page.getByLabel('Password').fill(student.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).waitFor(slow)
    // a page that loads itself again would close what is opened on it
    await page.locator('meta[http-equiv=refresh]').waitFor({ state: 'detached', ...slow })
    const fold = page.locator('#lab-reset')
    await fold.getByText('Start over…', { exact: true }).click()
    await fold.getByText(/^Everything configured on the devices of this lab is lost/).waitFor(slow)
    await fold.getByRole('button', { name: 'Start over', exact: true }).click()
    await page.getByText('Your request is being carried out.', { exact: true }).waitFor(slow)
  })
})
