import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { findAxeViolations, findOverflow, launchChromium } from './chromium.ts'
import { type RunningDemo, startDemo } from './demo.ts'

const title = 'Two PCs on one switch'
const slow = { timeout: 120_000 }

describeWith(['chromium'], 'terminals in the page', () => {
  let demo: RunningDemo
  let browser: Browser
  const contexts: BrowserContext[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    demo = await startDemo()
    browser = await launchChromium()
    await demo.published(title)
  }, 400_000)
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  async function signIn(role: string): Promise<Page> {
    const account = demo.accounts.find((one) => one.role === role)
    if (!account) throw new Error(`the demo has no ${role}`)
    const context = await browser.newContext()
    context.setDefaultTimeout(slow.timeout)
    contexts.push(context)
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(demo.url)
    await page.getByRole('button', { name: account.name }).click()
    await page.locator('.masthead__name').getByText(account.name, { exact: true }).waitFor()
    return page
  }
  const rows = (page: Page) => page.locator('.xterm-rows:visible')

  it('open from the drawing by keyboard, take pasted lines, come back with their screen, and are watched with a reason', {
    timeout: 480_000,
  }, async () => {
    const page = await signIn('student')
    const sent: string[] = []
    let sockets = 0
    page.on('websocket', (socket) => {
      sockets += 1
      socket.on('framesent', ({ payload }) => sent.push(String(payload)))
    })
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).waitFor(slow)

    await page.getByRole('link', { name: 'Open the terminal of PC1', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Connected to PC1.', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Paste…', exact: true }).click()
    await page.getByLabel('Lines to enter').fill('echo first\necho second\necho third')
    await page.getByRole('button', { name: 'Enter the lines', exact: true }).click()
    await page.getByText('All 3 lines were entered.', { exact: true }).waitFor(slow)
    await page.getByRole('button', { name: 'Ctrl-^', exact: true }).click()
    await page.getByRole('button', { name: 'Break', exact: true }).click()
    await expect
      .poll(() => sent.filter((message) => /u001e|break/u.test(message)), slow)
      .toEqual(['{"type":"keys","data":"\\u001e"}', '{"type":"break"}'])
    // a network that is lost and found: it comes back by itself, with its screen
    const before = sockets
    await page.evaluate(`window.dispatchEvent(new Event('offline'))`)
    await page.evaluate(`window.dispatchEvent(new Event('online'))`)
    await expect.poll(() => sockets, slow).toBe(before + 1)
    await page.getByText('Connected to PC1.', { exact: true }).waitFor()
    await rows(page).getByText('echo third').first().waitFor()
    await page.getByRole('link', { name: 'Open the terminal of PC2', exact: true }).click()
    await page.getByText('Connected to PC2.', { exact: true }).waitFor()
    expect(await page.getByRole('tab').allTextContents()).toEqual(['PC1', 'PC2'])
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await findOverflow(page)).toBe(0)
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(await findAxeViolations(page)).toEqual([])

    await page.reload()
    await page.getByRole('tab', { name: 'PC1', exact: true }).click()
    await rows(page).getByText('echo third').first().waitFor()

    const labId = await page.locator('[data-lab]').first().getAttribute('data-lab')
    const teacher = await signIn('teacher')
    await teacher.goto(`${demo.url}/work-vms/${labId}/terminals?device=PC1`)
    await teacher.getByLabel('Why do you look on?').fill('She asked for help')
    await teacher.getByRole('button', { name: 'Look on', exact: true }).click()
    await teacher.getByText('You look on and cannot type.', { exact: true }).waitFor()
    await rows(teacher).getByText('echo third').first().waitFor()
    expect(await teacher.getByRole('button', { name: 'Paste…', exact: true }).count()).toBe(0)
    expect(await findAxeViolations(teacher)).toEqual([])
    await page.getByText(/^Looking on: /).waitFor()
    await teacher.getByRole('button', { name: 'Stop looking on', exact: true }).click()
    await expect.poll(() => page.getByText(/^Looking on: /).count(), slow).toBe(0)
    // the policy let everything through that the terminal needs
    expect(complaints).toEqual([])
  })
})
