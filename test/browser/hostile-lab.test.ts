import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { type Browser, chromium, type Page } from 'playwright-core'
import { generate } from 'selfsigned'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { tables } from '../../src/db/index.ts'
import { type HostileMachine, projectId, startHostileMachine } from '../lab-hosts/hostile-machine.ts'
import { describeWith } from '../needs.ts'
import { passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { freePort } from '../support/free-port.ts'
import { actorFor } from '../support/given.ts'

const slow = { timeout: 120_000 }

/** What a page at a lab's host name does to NetPraxis, each as the word of what came of it. */
const attacks = `async (home, labId) => {
  const tried = {}
  const tell = (name, work) => work.then((value) => { tried[name] = String(value) }, (error) => { tried[name] = 'refused: ' + error.name })
  await tell('read', fetch(home + '/account', { credentials: 'include' }).then((answer) => answer.text()))
  const form = new URLSearchParams({ reason: 'as if I were she' })
  await tell('post', fetch(home + '/sign-out', { method: 'POST', credentials: 'include', mode: 'no-cors', body: form }).then((a) => a.type))
  await tell('socket', new Promise((resolve) => {
    const socket = new WebSocket(home.replace('http', 'ws') + '/work-vms/' + labId + '/devices/PC1/terminal')
    socket.onopen = () => resolve('open')
    socket.onerror = () => resolve('refused')
  }))
  await tell('events', new Promise((resolve) => {
    const source = new EventSource(home + '/events', { withCredentials: true })
    source.onopen = () => resolve('open')
    source.onerror = () => resolve('refused')
  }))
  await tell('frame', new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.onload = () => { try { resolve(frame.contentDocument.body.textContent) } catch { resolve('refused') } }
    frame.src = home + '/account'
    document.body.append(frame)
  }))
  for (const name of ['__Host-netpraxis', '__Host-netpraxis-device', 'netpraxis'])
    for (const domain of ['', 'example.test', 'praxis.example.test'])
      document.cookie = name + '=mine; path=/; secure' + (domain ? '; domain=' + domain : '')
  return tried
}`

describeWith(['chromium'], "a hostile page at a lab's host name", () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })

  /** NetPraxis over https as a campus would have it, a lab of a hostile student, and a teacher who opened it. */
  async function setUp(
    pattern: string,
  ): Promise<{ page: Page; home: string; labId: string; labOrigin: string; app: TestApp; vm: HostileMachine }> {
    const folder = mkdtempSync(join(tmpdir(), 'netpraxis-tls-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    const pems = await generate([{ name: 'commonName', value: 'praxis.example.test' }], { keySize: 2048 })
    for (const [name, text] of [['cert', pems.cert] as const, ['key', pems.private] as const]) writeFileSync(join(folder, name), text)
    const port = await freePort()
    const home = `https://praxis.example.test:${port}`
    const app = await startTestApp({
      environment: {
        ...{ LAB_HOST_PATTERN: pattern, LAB_NETWORKS: '127.0.0.0/8', PUBLIC_URL: home, TLS_CERT_FILE: join(folder, 'cert') },
        ...{ TLS_KEY_FILE: join(folder, 'key') },
      },
    })
    undo.push(() => app.close())
    const vm = await startHostileMachine()
    undo.push(() => vm.close())
    await app.app.listen({ host: '127.0.0.1', port })
    undo.push(() => app.app.server.closeAllConnections())
    const { given, services } = app
    const [ana, tess] = [await app.addUser('ana'), await app.addUser('tess', 'teacher')]
    const course = given.course()
    services.courses.putMember(course.id, { userId: tess.id, role: 'teacher', groupName: null }, null)
    const exercise = given.exercise({ courseId: course.id })
    given.enrolled(exercise, actorFor(ana))
    const { templateVms } = tables
    services.db.query.update(templateVms).set({ gns3ProjectId: projectId }).where(eq(templateVms.id, exercise.templateId)).run()
    const lab = given.workVm(exercise, actorFor(ana), {
      ...{ state: 'ready', endpoint: { host: '127.0.0.1', port: vm.port }, readyAt: new Date().toISOString(), marker: 'marker' },
    })
    const browser: Browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--host-resolver-rules=MAP *.test 127.0.0.1',
      ],
    })
    undo.push(() => browser.close())
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    context.setDefaultTimeout(slow.timeout)
    const page = await context.newPage()
    await page.goto(home)
    await page.getByLabel('User name').fill('tess')
    await page.getByLabel('Password').fill(passwordOf('tess'))
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    await page.goto(`${home}/work-vms/${lab.id}/terminals`)
    await page.getByLabel('Why do you look on?').fill('She asked for help')
    await page.getByRole('button', { name: 'Look on', exact: true }).click()
    await page.getByRole('button', { name: 'Stop looking on', exact: true }).waitFor()
    await page.goto(`${home}/work-vms/${lab.id}/gns3`)
    const labOrigin = new URL(page.url()).origin
    return { page, home, labId: lab.id, labOrigin, app, vm }
  }

  const ownCookies = async (page: Page, home: string) =>
    (await page.context().cookies(home))
      .filter(({ name }) => name.startsWith('__Host-'))
      .map(({ name, value }) => `${name}=${value}`)
      .sort()

  it('is not shown, and would neither act with a session, nor read, frame, listen, or set our cookies below the same domain', {
    timeout: 240_000,
  }, async () => {
    const { page, home, labId, labOrigin } = await setUp('lab-{id}.labs.example.test')
    const before = await ownCookies(page, home)
    expect(before.some((cookie) => cookie.startsWith('__Host-netpraxis='))).toBe(true)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.goto(`${labOrigin}/v2/projects/${projectId}/nodes`).catch(() => null), // a download ends the navigation
    ])
    expect(download.url()).toContain('/nodes')
    expect(await page.title()).not.toBe('taken over')

    // as if something there could be run after all
    await page.route(`${labOrigin}/hostile`, (route) => route.fulfill({ contentType: 'text/html', body: '<body>mine</body>' }))
    await page.goto(`${labOrigin}/hostile`)
    const tried = z.record(z.string(), z.string()).parse(await page.evaluate(`(${attacks})('${home}', '${labId}')`))
    expect(tried).toMatchObject({ read: 'refused: TypeError', socket: 'refused', events: 'refused' })
    expect(tried.frame).not.toContain('tess')
    expect(await ownCookies(page, home)).toEqual(before)
    await page.goto(`${home}/account`)
    expect(await page.content()).toContain('Name of tess') // signed in still, as herself
  })

  it('would not crowd our cookies out from another domain', { timeout: 240_000 }, async () => {
    const { page, home, labOrigin } = await setUp('lab-{id}.labs.test')
    const before = await ownCookies(page, home)
    await page.route(`${labOrigin}/hostile`, (route) => route.fulfill({ contentType: 'text/html', body: '<body>mine</body>' }))
    await page.goto(`${labOrigin}/hostile`)
    await page.evaluate(`for (let n = 0; n < 600; n += 1) document.cookie = 'flood' + n + '=x; path=/; secure; domain=labs.test'`)
    expect(await ownCookies(page, home)).toEqual(before)
  })
})
