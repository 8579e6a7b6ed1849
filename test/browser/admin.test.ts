import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
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
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click()

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
    await page.getByLabel('User name', { exact: true }).fill(account?.username ?? '')
    await page.getByLabel('Password', { exact: true }).fill(account?.password ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main', exact: true }).waitFor()
  }

  /** Every part of the system with its state, every node with its load now and over the day. */
  async function readStatus(): Promise<void> {
    await follow('Status')
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
    await follow('Jobs')
    await heading('Jobs').waitFor()
    await page
      .getByRole('rowheader', { name: /^Build the template/ })
      .first()
      .waitFor()
    await look('02-jobs')
    await page
      .getByRole('rowheader', { name: /^Build the template/ })
      .first()
      .getByRole('link')
      .click()
    await heading('Steps').waitFor()
    const task = page
      .locator('details.panel')
      .filter({ has: page.locator('pre', { hasText: 'TASK OK' }) })
      .first()
    await task.waitFor({ state: 'attached' })
    await task.locator('summary').click()
    await task.locator('pre').waitFor()
    await look('03-job')
    await page.getByRole('link', { name: 'Jobs', exact: true }).first().click()
    await page.getByRole('link', { name: /^Cancelled \(/ }).click()
    await page.waitForURL(/state=cancelled/)
    await says('No jobs here').waitFor()
  }

  /** Which node takes the next VM and why, what was placed where, and the load over a day, a month, a year. */
  async function readNodes(): Promise<void> {
    await follow('Status')
    await follow('Nodes and where labs are')
    await page.getByRole('row', { name: /Takes the next$/ }).waitFor()
    await page
      .getByRole('rowheader', { name: /^New template/ })
      .first()
      .waitFor()
    await look('04-nodes')
    await follow('the last year')
    await heading('Load of the nodes, the last year').waitFor()
  }

  /** Compared, nothing changed by that, and nothing amiss. */
  async function compareRecords(): Promise<void> {
    await follow('Status')
    await follow('Proxmox and our records')
    await heading('Proxmox and our records').waitFor()
    await press('Compare now')
    await says('Everything agrees').waitFor()
    await look('05-reconcile')
  }

  async function checkConfiguration(): Promise<void> {
    await follow('Status')
    await follow('Configuration')
    await says('Every setting was read and fits the others.').waitFor()
    const secret = page.getByRole('row', { name: /^PROXMOX_TOKEN_SECRET/ })
    expect(await secret.textContent()).toContain('not shown')
    await look('06-configuration')
  }

  async function addUser(): Promise<void> {
    await follow('Users')
    await page.getByText('New user…', { exact: true }).click()
    const form = page.locator('form[action="/admin/users"][method="post"]')
    await form.getByLabel('User name').fill('nova')
    await form.getByLabel('Name', { exact: true }).fill('Nova Pessoa')
    await press('Create the user')
    await page.locator('code.secret').waitFor()
    await look('07-users')
    await page.getByLabel('Name or user name', { exact: true }).fill('nova')
    await press('Show')
    await page.getByRole('link', { name: 'Nova Pessoa', exact: true }).click()
    await heading('Nova Pessoa').waitFor()
    await look('08-user')
  }

  /** What was just done stands there, also alone by its kind, and as a file. */
  async function readAudit(): Promise<void> {
    await follow('Audit log')
    await heading('Audit log').waitFor()
    await page.getByLabel('What', { exact: true }).selectOption('user.create')
    await press('Show')
    await page.waitForURL(/action=user\.create/)
    await page.getByRole('cell', { name: 'user.create', exact: true }).first().waitFor()
    expect(await page.getByRole('cell', { name: 'session.start', exact: true }).count()).toBe(0)
    await look('09-audit')
    const href = await page.getByRole('link', { name: 'Download as CSV', exact: true }).getAttribute('href')
    const csv = await context.request.get(`${demo.url}${href}`)
    expect(await csv.text()).toContain(',admin,,user.create,user,')
  }

  it('reads status, jobs, nodes, records, configuration, users and audit log, wide and narrow, light and dark', {
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
