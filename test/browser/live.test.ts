import type { FastifyInstance } from 'fastify'
import Fastify, { type FastifyReply } from 'fastify'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { assets } from '../../src/http/assets.ts'
import { views } from '../../src/http/views.ts'
import { samples } from '../gallery/gallery-app.ts'
import { describeWith } from '../needs.ts'
import { launchChromium } from './chromium.ts'

/** How long a busy machine may take. */
const patient = { timeout: 60_000 }

/** A page that shows one sample after the other, and an event stream that the test speaks through. */
interface Stage {
  readonly app: FastifyInstance
  readonly url: string
  readonly streams: Set<FastifyReply>
  readonly resumedFrom: string[]
  posts: number
  /** How often the page was read. */
  pages: number
  /** What the page says is the newest event. */
  lastEventId: string | undefined
  /** The sample shown now. */
  show: string
}

async function setStage(): Promise<Stage> {
  const app = Fastify({ forceCloseConnections: true })
  const stage: { -readonly [Key in keyof Stage]: Stage[Key] } = {
    app,
    url: '',
    streams: new Set(),
    resumedFrom: [],
    posts: 0,
    pages: 0,
    lastEventId: undefined,
    show: 'exercise-starting',
  }
  await app.register(views)
  await app.register(assets)
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => payload.resume().on('end', () => done(null)))
  app.get('/', (_request, reply) => {
    stage.pages += 1
    const sample = samples.find((item) => item.id === stage.show)
    if (!sample) throw new Error(`no sample ${stage.show}`)
    return reply.dangerouslyUntypedPage(sample.view, sample.model, {
      ...sample.context,
      ...(stage.lastEventId ? { lastEventId: stage.lastEventId } : {}),
    })
  })
  app.get<{ Querystring: { lastEventId?: string } }>('/events', (request, reply) => {
    stage.resumedFrom.push(request.query.lastEventId ?? '')
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    reply.raw.write(':\n\n')
    stage.streams.add(reply)
    reply.raw.on('close', () => stage.streams.delete(reply))
  })
  // 204: the browser stays on the page, so that a second click finds the same form.
  app.post('/*', (_request, reply) => {
    stage.posts += 1
    return reply.code(204).send()
  })
  stage.url = await app.listen({ host: '127.0.0.1', port: 0 })
  return stage
}

const say = (stage: Stage, event: string, data: object, id: string) => {
  for (const stream of stage.streams) stream.raw.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

describeWith(['chromium'], 'live updates', () => {
  let browser: Browser
  let stage: Stage
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    stage = await setStage()
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(stage.url)
    await expect.poll(() => stage.streams.size, patient).toBe(1)
  })
  afterEach(async () => {
    await context.close()
    await stage.app.close()
  })

  it('replaces the lab when its event comes, announces the new state, and leaves the rest of the page alone', async () => {
    await page.evaluate(`document.querySelector('h1').dataset.untouched = 'yes'`)
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41', state: 'ready' }, '1')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    await expect.poll(() => page.locator('#announcer').textContent(), patient).toBe('Ready')
    expect(await page.locator('h1').getAttribute('data-untouched')).toBe('yes')
  })

  it('does not touch the page for the event of another lab', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '999' }, '1')
    say(stage, 'work-vm', { id: '41' }, '2')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    expect(await page.getByRole('heading', { name: 'Static routing between two LANs', exact: true }).count()).toBe(1)
  })

  it('keeps open what the reader opened', async () => {
    await page.getByText('The same as a table', { exact: true }).click()
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41' }, '1')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    expect(await page.locator('#topology-table').getAttribute('open')).not.toBeNull()
  })

  it('leaves the reader at the control where he is, although it has no name of its own', async () => {
    stage.show = 'exercise-ready'
    await page.reload()
    await expect.poll(() => stage.resumedFrom.length, patient).toBe(2)
    const button = page.getByRole('button', { name: 'Stop', exact: true })
    const link = page.getByRole('link', { name: 'Open the terminal of R1', exact: true })
    for (const control of [button, link]) {
      await page.evaluate(`document.querySelector('#lab').dataset.old = 'yes'`)
      await control.focus()
      say(stage, 'work-vm', { id: '41' }, '1')
      await page.locator('#lab:not([data-old])').waitFor(patient)
      expect(await control.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
    }
  })

  it('waits with a change until a pressed button is released, so that no press is lost', async () => {
    stage.show = 'exercise-ready'
    await page.reload()
    await expect.poll(() => stage.resumedFrom.length, patient).toBe(2)
    await page.evaluate(`document.querySelector('#lab').dataset.old = 'yes'`)
    await page.getByRole('button', { name: 'Stop', exact: true }).hover()
    await page.mouse.down()
    const read = stage.pages
    say(stage, 'work-vm', { id: '41' }, '1')
    await expect.poll(() => stage.pages, patient).toBe(read + 1)
    // the answer is there when the one to a later request is; what it brings would be shown by then
    await page.evaluate(`fetch('/nothing').then(() => new Promise((resolve) => setTimeout(resolve)))`)
    await page.mouse.up()
    await expect.poll(() => stage.posts, patient).toBe(1)
    await page.locator('#lab:not([data-old])').waitFor(patient)
  })

  it('holds one stream for all tabs; when its tab closes another goes on from the last event', async () => {
    const second = await context.newPage()
    await second.goto(stage.url)
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41' }, '7')
    await second.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    expect(stage.resumedFrom).toEqual([''])
    await page.close()
    await expect.poll(() => stage.resumedFrom, patient).toEqual(['', '7'])
  })

  it('starts the stream where the page was made, so that nothing falls between the two', async () => {
    stage.lastEventId = 'a-5'
    await page.reload()
    await expect.poll(() => stage.resumedFrom, patient).toEqual(['', 'a-5'])
  })

  it('reads everything again when the server says that too much was missed', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'reset', {}, 'b-1')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  })

  it('follows what an event names besides: the lab of a job', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'job', { id: '8812', key: 'work-vm:41' }, '1')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  })

  /** Goes through what a student sees between the press on Start and a message to the class, and adds up what moved meanwhile. */
  async function shiftWhileMade(width: number, height: number, scrollTo: number): Promise<unknown> {
    await page.setViewportSize({ width, height })
    stage.show = 'exercise-switched-off'
    const opened = stage.resumedFrom.length
    await page.reload()
    await expect.poll(() => stage.resumedFrom.length, patient).toBe(opened + 1)
    await page.evaluate(`window.moved = []
      window.scrollTo(0, ${scrollTo})
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries())
          window.moved.push({ value, what: sources.map(({ node, previousRect, currentRect }) => [node?.id || node?.className, previousRect.y, currentRect.y].join(' ')) })
      }).observe({ type: 'layout-shift' })`)
    for (const [show, event] of [
      ['exercise-starting', 'work-vm'],
      ['exercise-ready', 'work-vm'],
      ['exercise-hand-raised', 'message'],
    ] as const) {
      stage.show = show
      const live = event === 'message' ? '#notices' : '#lab'
      await page.evaluate(`document.querySelector('${live}').dataset.old = 'yes'`)
      say(stage, event, { id: '41' }, show)
      await page.locator(`${live}:not([data-old])`).waitFor({ state: 'attached', ...patient })
      // what moved is known when it has been painted
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    }
    return page.evaluate('window.moved')
  }

  it.each([
    ['a wide window', 1440, 900],
    ['a window with two columns', 1280, 900],
    ['a phone', 390, 844],
  ])('moves nothing while a lab goes from stopped to ready and the class is told something, in %s', async (_name, width, height) => {
    for (const scrollTo of [0, 700]) expect(await shiftWhileMade(width, height, scrollTo), `scrolled to ${scrollTo}`).toEqual([])
  })

  it('sends a form once, however often its button is pressed', async () => {
    stage.show = 'exercise-ready'
    await page.reload()
    const button = page.getByRole('button', { name: 'Submit (3 left)', exact: true })
    await button.dblclick()
    await expect.poll(() => stage.posts, patient).toBe(1)
    await button.click()
    // A second post would have been sent before this request.
    await page.evaluate(`fetch('/').then((answer) => answer.text())`)
    expect(stage.posts).toBe(1)
  })
})
