import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { closeApp, device, type ScreenBench, startScreenBench } from '../screens/screen-bench.ts'
import { passwordOf } from '../support/app.ts'
import { freePort } from '../support/free-port.ts'
import { findAxeViolations, findOverflow, launchChromium } from './chromium.ts'

const slow = { timeout: 120_000 }

/** How many points of the picture are not paper: 0 for a canvas that nothing was drawn on. */
const countInk = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.device-screen canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let ink = 0
    for (let at = 0; at < data.length; at += 4) if (data[at] > 200) ink += 1
    return ink
  })()`)

describeWith(['chromium'], 'graphical consoles in the page', () => {
  let bench: ScreenBench
  let browser: Browser
  let world: Awaited<ReturnType<ScreenBench['openApp']>> & { url: string }
  const contexts: BrowserContext[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    bench = await startScreenBench()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await bench?.end()
  })
  beforeEach(async () => {
    complaints.length = 0
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    world = { ...(await bench.openApp({ PUBLIC_URL: url })), url }
    await world.app.app.listen({ host: '127.0.0.1', port })
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    world.app.app.server.closeAllConnections()
    await closeApp(world.app)
  })

  async function signIn(username: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(slow.timeout)
    contexts.push(context)
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(world.url)
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password').fill(passwordOf(username))
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }

  /** The picture is there; what is typed changes it. */
  async function expectPictureAndKeys(page: Page, name: string): Promise<void> {
    await page.getByText(`Connected to ${name}.`, { exact: true }).waitFor()
    await expect.poll(() => countInk(page), slow).toBeGreaterThan(100)
    const before = Number(await countInk(page))
    await page.locator('.device-screen canvas').focus()
    await page.keyboard.type('help')
    await expect.poll(() => countInk(page), slow).toBeGreaterThan(before + 20)
  }

  it('show the screen of a device in a tab to its owner, whose keys arrive, and to no other student', async () => {
    const ana = await signIn('ana')
    await ana.goto(`${world.url}/exercises/${world.exercise.id}`)
    await ana.getByRole('link', { name: `Open screen ${device}`, exact: true }).click()
    expect(await ana.getByRole('tab').allTextContents()).toEqual([device])
    await expectPictureAndKeys(ana, device)
    expect(await findAxeViolations(ana)).toEqual([])
    await ana.setViewportSize({ width: 390, height: 844 })
    expect(await findOverflow(ana)).toBe(0)
    // the policy let everything through that noVNC needs
    expect(complaints).toEqual([])

    const ben = await signIn('ben')
    const answer = await ben.goto(`${world.url}/work-vms/${world.workVm.id}/terminals?device=${device}`)
    expect(answer?.status()).toBe(404)
    const socket = `new Promise((resolve) => {
      const one = new WebSocket(location.origin.replace('http', 'ws') + '/work-vms/${world.workVm.id}/devices/${device}/screen')
      one.onopen = () => resolve('opened')
      one.onerror = () => resolve('refused')
    })`
    expect(await ben.evaluate(socket)).toBe('refused')
  })

  it('show the console of a work VM to a teacher with a reason, under a banner, until it is closed', async () => {
    const { vmid } = await bench.giveMachine(world.app, world.workVm)
    const tess = await signIn('tess')
    await tess.goto(`${world.url}/work-vms/${world.workVm.id}/console`)
    await tess.getByLabel('Why do you open it?').fill('it does not start')
    await tess.getByRole('button', { name: 'Open the console', exact: true }).click()
    await tess.locator('.flash--warning').getByText('it does not start').waitFor()
    await expectPictureAndKeys(tess, `VM ${vmid}`)
    expect(await findAxeViolations(tess)).toEqual([])
    expect(complaints).toEqual([])
    await tess.getByRole('button', { name: 'Leave the console', exact: true }).click()
    await tess.goto(`${world.url}/work-vms/${world.workVm.id}/console`)
    await tess.getByLabel('Why do you open it?').waitFor()
  })
})
