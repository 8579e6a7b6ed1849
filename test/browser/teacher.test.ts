import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { sitDownAt } from '../support/typist.ts'
import { findAxeViolations, findOverflow, launchChromium } from './chromium.ts'
import { type RunningDemo, startDemo } from './demo.ts'

const output = fileURLToPath(new URL('../../test-output/teacher/', import.meta.url))
const project = fileURLToPath(new URL('../fixtures/projects/sample5-two-routers-two-pcs.gns3project', import.meta.url))
const slow = { timeout: 120_000 }

/** What each device needs so that both LANs reach each other; the cabling of the project: PC1 – SW1 – R1 – R2 – SW2 – PC2. */
const solution: Readonly<Record<string, readonly string[]>> = {
  PC1: ['ip 10.0.1.10/24 10.0.1.1', 'save'],
  PC2: ['ip 10.0.2.10/24 10.0.2.1', 'save'],
  R1: router({ lan: '10.0.1.1', link: '10.0.12.1', other: '10.0.2.0', via: '10.0.12.2' }),
  R2: router({ lan: '10.0.2.1', link: '10.0.12.2', other: '10.0.1.0', via: '10.0.12.1' }),
}

function router(net: { lan: string; link: string; other: string; via: string }): string[] {
  return [
    'enable',
    'configure terminal',
    'interface FastEthernet0/0',
    `ip address ${net.lan} 255.255.255.0`,
    'no shutdown',
    'interface FastEthernet0/1',
    `ip address ${net.link} 255.255.255.0`,
    'no shutdown',
    'exit',
    `ip route ${net.other} 255.255.255.0 ${net.via}`,
    'end',
    'write memory',
  ]
}

interface Check {
  readonly kind: string
  readonly title: string
  readonly device: string
  readonly to: string
}
const checks: readonly Check[] = [
  { kind: 'Ping', title: 'PC1 reaches PC2', device: 'PC1', to: '10.0.2.10' },
  { kind: 'Ping', title: 'PC2 reaches its gateway', device: 'PC2', to: '10.0.2.1' },
  { kind: 'Ping', title: 'R1 reaches the LAN of R2', device: 'R1', to: '10.0.2.1' },
  { kind: 'Traceroute', title: 'PC1 reaches PC2 over R1', device: 'PC1', to: '10.0.2.10' },
]

describeWith(['chromium'], "a teacher's day", () => {
  let demo: RunningDemo
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    mkdirSync(output, { recursive: true })
    demo = await startDemo(['--no-seed'])
    browser = await launchChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(slow.timeout)
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  /** Wide and narrow, kept as pictures; nothing may be wider than its window, or fail an accessibility rule. */
  async function look(name: string): Promise<void> {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: join(output, `${name}-${width}.png`), fullPage: true })
      expect.soft(await findOverflow(page), `${name} at ${width}`).toBe(0)
    }
    expect.soft(await findAxeViolations(page), name).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
  }

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

  async function signIn(username: string): Promise<void> {
    const account = demo.accounts.find((one) => one.username === username)
    if (!account) throw new Error(`the demo has no ${username}`)
    await page.goto(`${demo.url}/sign-in`)
    await page.getByRole('button', { name: account.name }).click()
    await page.locator('.masthead__name').getByText(account.name, { exact: true }).waitFor()
  }

  async function signOut(): Promise<void> {
    await press('Sign out')
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  }

  async function addCheck(index: number, check: Check): Promise<void> {
    await page.getByLabel('Kind of check').selectOption({ label: check.kind })
    await press('Add this check')
    const row = page.getByRole('group', { name: `Check ${index + 1}`, exact: true })
    await row.getByLabel('What the student reads').fill(check.title)
    await row.getByLabel('Device', { exact: true }).selectOption(check.device)
    await row.getByLabel('Address, or device and port').fill(check.to)
    await row.getByLabel('Points', { exact: true }).fill('2')
  }

  /** Types at every console, where the page of the lab says it is. */
  async function solve(): Promise<void> {
    for (const [device, lines] of Object.entries(solution)) {
      const row = page.locator('#lab tr', { has: page.getByRole('rowheader', { name: device, exact: true }) })
      const told = row.locator('code', { hasText: /telnet \S+ \d+/ })
      const [, host = '', port = ''] = /telnet (\S+) (\d+)/.exec((await told.textContent()) ?? '') ?? []
      const typist = await sitDownAt({ host, port: Number(port) })
      for (const line of lines) await typist.type(line)
      await typist.leave()
    }
  }

  async function makeExercise(): Promise<void> {
    await signIn('teacher')
    await page.getByRole('link', { name: 'Courses', exact: true }).first().click()
    await page.getByText('New course…', { exact: true }).click()
    await page.getByLabel('Title').fill('Routing lab')
    await page.getByLabel('Term').fill('2026/27')
    await look('01-courses')
    await press('Create the course')
    await page.getByText('No exercises yet', { exact: true }).waitFor()
    await look('02-course-empty')
    await page.getByRole('link', { name: 'New exercise', exact: true }).first().click()
    await page.getByLabel('Title').fill('Two LANs, routed by you')
    await page
      .getByLabel('What the students have to do')
      .fill('# Task\n\nMake **PC1** and **PC2** reach each other.\n\n| PC | Address |\n|---|---|\n| PC1 | 10.0.1.10/24 |')
    await page.getByLabel('Portable project').setInputFiles(project)
    await press('Upload and read it')
    await page.getByText('6 devices', { exact: true }).waitFor()
    await look('03-form-uploaded')
    for (const [index, check] of checks.entries()) await addCheck(index, check)
    // a wrong address is told here, and nothing that was typed is lost
    const first = page.getByRole('group', { name: 'Check 1', exact: true }).getByLabel('Address, or device and port')
    await first.fill('PC 2; reload')
    await press('Save the exercise')
    await page.getByText('Check 1, Address, or device and port').first().waitFor()
    expect(await page.getByLabel('What the student reads').nth(3).inputValue()).toBe('PC1 reaches PC2 over R1')
    await look('04-form-refused')
    await first.fill('10.0.2.10')
    await press('Save the exercise')
    await page.getByRole('heading', { name: 'Building the template VM', exact: true }).waitFor()
    await look('05-building')
    await page.locator('#exercise').getByText('Ready to try', { exact: true }).waitFor(slow)
    await look('06-ready')
  }

  async function proveAndPublish(): Promise<void> {
    const overview = page.url()
    const proof = page.getByRole('region', { name: 'Proof', exact: true })
    await page.getByRole('link', { name: 'Try as a student', exact: true }).first().click()
    await press('Start')
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).waitFor(slow)
    await page.goto(overview)
    await press('Check the untouched lab')
    await proof.getByText('Being checked', { exact: true }).waitFor()
    await proof.getByText(/points, as it must be: less than full\./).waitFor(slow)
    await page.getByRole('link', { name: 'Try as a student', exact: true }).first().click()
    await solve()
    await page.goto(overview)
    await press('Check my lab as the solution')
    await proof.getByText(/points, as it must be: full\./).waitFor(slow)
    await look('07-proven')
    await press('Publish the exercise')
    await page.getByText(/^The exercise is published: /).waitFor()
    await look('08-published')
  }

  async function enrollClass(): Promise<void> {
    await page.getByRole('link', { name: 'Class', exact: true }).click()
    const list = 'username;name;group\nana;Ana Almeida;P1\nnovo;Nuno Novo;P2\nana;Ana again;P1\nnot a name;Nobody;P2\n'
    await page.getByLabel('Or a CSV file').setInputFiles({ name: 'class.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
    await press('Check the list')
    await page.getByText(/Nothing has happened yet\./).waitFor()
    await page
      .getByText(/twice in the list/)
      .first()
      .waitFor()
    await look('09-dry-run')
    await press('Enroll 2 students')
    await page.getByText('2 students were enrolled; 2 lines of the list were left out.', { exact: true }).waitFor()
    expect(await page.locator('code.secret').count()).toBe(1)
    await look('10-class')
  }

  async function reviewAna(): Promise<void> {
    const overview = page.url().replace(/\/enrollments.*/, '')
    await page
      .getByRole('row', { name: /Ana Almeida/ })
      .getByText('Stopped', { exact: true })
      .waitFor(slow)
    await signOut()
    await signIn('ana')
    await page.goto(overview)
    await press('Start')
    await page.getByRole('button', { name: 'Submit for checking', exact: true }).click(slow)
    await page.getByRole('region', { name: 'Result', exact: true }).waitFor(slow)
    await signOut()
    await signIn('teacher')
    await page.goto(`${overview}/results`)
    await look('11-results')
    await page.getByRole('link', { name: 'Ana Almeida', exact: true }).click()
    await page.locator('.answer summary').first().click()
    await look('12-review')
    const check = page.getByRole('article', { name: 'PC2 reaches its gateway', exact: true })
    await check.getByText('Decide this check yourself', { exact: true }).click()
    await check.getByLabel('Verdict').selectOption('pass')
    await check.getByLabel('Points').fill('1.5')
    await check.getByLabel('Reason').fill('The power failed in room 3.')
    await check.getByRole('button', { name: 'Save the decision', exact: true }).click()
    await page.getByText('Your decision was stored.', { exact: true }).waitFor()
    await check.getByText(/^Decided by /).waitFor()
    await look('13-decided')
    await page.goto(`${overview}/results`)
    await page
      .getByRole('row', { name: /Ana Almeida/ })
      .getByText('1.5', { exact: true })
      .first()
      .waitFor()
    const csv = await context.request.get(`${overview}/results.csv`)
    expect(await csv.text()).toContain('ana,Ana Almeida,P1,1,')
  }

  it('goes from an empty course over a proven exercise to a reviewed result', { timeout: 540_000 }, async () => {
    await makeExercise()
    await proveAndPublish()
    await enrollClass()
    await reviewAna()
    expect(complaints).toEqual([])
  })
})
