import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { findAxeViolations, findOverflow, launchChromium } from './chromium.ts'
import { type RunningDemo, startDemo } from './demo.ts'

const output = fileURLToPath(new URL('../../test-output/admin/', import.meta.url))
const slow = { timeout: 120_000 }
const looks = [
  { name: 'desktop', width: 1280, colorScheme: 'light' },
  { name: 'phone', width: 390, colorScheme: 'dark' },
] as const

describeWith(['chromium'], "an administrator's day", () => {
  let demo: RunningDemo
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    mkdirSync(output, { recursive: true })
    complaints.length = 0
    demo = await startDemo()
    browser = await launchChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    page = await context.newPage()
    page.setDefaultTimeout(slow.timeout)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const heading = (name: string) => page.getByRole('heading', { name, exact: true })
  const says = (text: string) => page.getByText(text, { exact: true })

  /** By the Tab key alone, as long as that takes; a live update may put the page under it anew. */
  async function reach(target: Locator): Promise<void> {
    for (let stops = 0; stops < 400; stops += 1) {
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`no Tab leads to ${target}`)
  }
  async function press(target: Locator): Promise<void> {
    await target.waitFor()
    await reach(target)
    await page.keyboard.press('Enter')
  }
  const pressButton = (name: string) => press(page.getByRole('button', { name, exact: true }))
  /** Once more where a live update came between the Tab and the Enter: a link may be followed twice. */
  async function follow(target: Locator): Promise<void> {
    const before = page.url()
    await expect
      .poll(
        async () => {
          if (page.url() === before) await press(target)
          await page.waitForLoadState()
          return page.url()
        },
        { ...slow, interval: 1_000 },
      )
      .not.toBe(before)
  }
  const link = (name: string) => page.getByRole('link', { name, exact: true }).first()
  async function typeInto(target: Locator, text: string): Promise<void> {
    await reach(target)
    await page.keyboard.type(text)
  }

  /** At a desk in the light and on a phone in the dark; nothing may be wider than its window, or fail an accessibility rule. */
  async function look(name: string): Promise<void> {
    for (const { name: where, width, colorScheme } of looks) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: join(output, `${name}-${where}.png`), fullPage: true })
      expect.soft(await findOverflow(page), `${name}, ${where}`).toBe(0)
      expect.soft(await findAxeViolations(page), `${name}, ${where}`).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 900 })
  }

  async function signIn(): Promise<void> {
    const account = demo.accounts.find(({ username }) => username === 'admin')
    await page.goto(`${demo.url}/sign-in`)
    await typeInto(page.getByLabel('User name', { exact: true }), account?.username ?? '')
    await typeInto(page.getByLabel('Password', { exact: true }), account?.password ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main', exact: true }).waitFor()
  }

  /** Every part of the system with its state, every node with its load now and over the day. */
  async function readStatus(): Promise<void> {
    await follow(link('Status'))
    await heading('Status').waitFor()
    const parts = page.getByRole('row', { name: /^Proxmox Works/ })
    await parts.waitFor()
    for (const node of ['pve1', 'pve2']) {
      await page.getByRole('row', { name: new RegExp(`^${node} Online`) }).waitFor()
      await page.getByRole('img', { name: `CPU and memory of ${node} in the last 24 hours`, exact: true }).waitFor()
    }
    await look('01-status')
  }

  /** The queue, one job with its steps, and the log of the Proxmox task that it began. */
  async function readJobs(): Promise<void> {
    await follow(link('Jobs'))
    await heading('Jobs').waitFor()
    await page
      .getByRole('rowheader', { name: /^Build the template/ })
      .first()
      .waitFor()
    await look('02-jobs')
    await follow(
      page
        .getByRole('rowheader', { name: /^Build the template/ })
        .first()
        .getByRole('link'),
    )
    await heading('Steps').waitFor()
    const task = page
      .locator('details.panel')
      .filter({ has: page.locator('pre', { hasText: 'TASK OK' }) })
      .first()
    await task.waitFor({ state: 'attached' })
    // open already where Proxmox warned; and a live update may come between the Tab and the Enter
    await expect
      .poll(
        async () => {
          if (!(await task.locator('pre').isVisible())) await press(task.locator('summary'))
          return task.locator('pre').isVisible()
        },
        { ...slow, interval: 1_000 },
      )
      .toBe(true)
    await look('03-job')
    await follow(link('Jobs'))
    await follow(page.getByRole('link', { name: /^Cancelled \(/ }))
    await says('No jobs here').waitFor()
  }

  /** Which node takes the next VM and why, what was placed where, and the load over a day, a month, a year. */
  async function readNodes(): Promise<void> {
    await follow(link('Status'))
    await follow(link('Nodes and where labs are'))
    await page.getByRole('row', { name: /Takes the next$/ }).waitFor()
    await page
      .getByRole('rowheader', { name: /^New template/ })
      .first()
      .waitFor()
    await look('04-nodes')
    await follow(link('the last year'))
    await heading('Load of the nodes, the last year').waitFor()
  }

  /** Compared, nothing changed by that, and nothing amiss. */
  async function compareRecords(): Promise<void> {
    await follow(link('Status'))
    await follow(link('Proxmox and our records'))
    await heading('Proxmox and our records').waitFor()
    await pressButton('Compare now')
    await says('Everything agrees').waitFor()
    await look('05-reconcile')
  }

  async function checkConfiguration(): Promise<void> {
    await follow(link('Status'))
    await follow(link('Configuration'))
    await says('Every setting was read and fits the others.').waitFor()
    const secret = page.getByRole('row', { name: /^PROXMOX_TOKEN_SECRET/ })
    expect(await secret.textContent()).toContain('not shown')
    await look('06-configuration')
  }

  async function addUser(): Promise<void> {
    await follow(link('Users'))
    await press(page.locator('summary', { hasText: 'New user…' }))
    await typeInto(page.locator('#f-username'), 'nova')
    await typeInto(page.locator('#f-name'), 'Nova Pessoa')
    await pressButton('Create the user')
    await page.locator('code.secret').waitFor()
    await look('07-users')
    await typeInto(page.getByLabel('Name or user name', { exact: true }), 'nova')
    await pressButton('Show')
    await page.waitForURL(/query=nova/)
    await follow(link('Nova Pessoa'))
    await heading('Nova Pessoa').waitFor()
    await look('08-user')
  }

  /** What was just done stands there, also alone by its kind, and as a file. */
  async function readAudit(): Promise<void> {
    await follow(link('Audit log'))
    await heading('Audit log').waitFor()
    const kind = page.getByLabel('What', { exact: true })
    await reach(kind)
    for (let steps = 0; steps < 200 && (await kind.inputValue()) !== 'user.create'; steps += 1) await page.keyboard.press('ArrowDown')
    await pressButton('Show')
    await page.waitForURL(/action=user\.create/)
    await page.getByRole('cell', { name: 'user.create', exact: true }).first().waitFor()
    expect(await page.getByRole('cell', { name: 'session.start', exact: true }).count()).toBe(0)
    await look('09-audit')
    const href = await page.getByRole('link', { name: 'Download as CSV', exact: true }).getAttribute('href')
    const csv = await context.request.get(`${demo.url}${href}`)
    expect(await csv.text()).toContain(',admin,,user.create,user,')
  }

  it('by keyboard alone reads status, jobs, nodes, records, configuration, users and audit log, wide and narrow, light and dark', {
    timeout: 300_000,
  }, async () => {
    await signIn()
    await readStatus()
    await readJobs()
    await readNodes()
    await compareRecords()
    await checkConfiguration()
    await addUser()
    await readAudit()
    expect(complaints).toEqual([])
  })
})
