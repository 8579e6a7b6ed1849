import type { FastifyInstance } from 'fastify'
import Fastify, { type FastifyReply } from 'fastify'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { assets } from '../../src/http/assets.ts'
import { views } from '../../src/http/views.ts'
import { samples } from '../gallery/gallery-app.ts'
import { describeWith } from '../needs.ts'
import { launchChromium } from './chromium.ts'

/** A page that shows one sample after the other, and an event stream that the test speaks through. */
interface Stage {
  readonly app: FastifyInstance
  readonly url: string
  readonly streams: Set<FastifyReply>
  readonly resumedFrom: string[]
  posts: number
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
    lastEventId: undefined,
    show: 'exercise-starting',
  }
  await app.register(views)
  await app.register(assets)
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => payload.resume().on('end', () => done(null)))
  app.get('/', (_request, reply) => {
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
    await expect.poll(() => stage.streams.size).toBe(1)
  })
  afterEach(async () => {
    await context.close()
    await stage.app.close()
  })

  it('replaces the lab when its event comes, announces the new state, and leaves the rest of the page alone', async () => {
    await page.evaluate(`document.querySelector('h1').dataset.untouched = 'yes'`)
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41', state: 'ready' }, '1')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    expect(await page.locator('#announcer').textContent()).toBe('Ready')
    expect(await page.locator('h1').getAttribute('data-untouched')).toBe('yes')
  })

  it('does not touch the page for the event of another lab', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '999' }, '1')
    say(stage, 'work-vm', { id: '41' }, '2')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Static routing between two LANs' }).count()).toBe(1)
  })

  it('keeps open what the reader opened', async () => {
    await page.getByText('The same as a table').click()
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41' }, '1')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    expect(await page.locator('#topology-table').getAttribute('open')).not.toBeNull()
  })

  it('holds one stream for all tabs; when its tab closes another goes on from the last event', async () => {
    const second = await context.newPage()
    await second.goto(stage.url)
    stage.show = 'exercise-ready'
    say(stage, 'work-vm', { id: '41' }, '7')
    await second.getByRole('button', { name: 'Stop' }).waitFor()
    expect(stage.resumedFrom).toEqual([''])
    await page.close()
    await expect.poll(() => stage.resumedFrom).toEqual(['', '7'])
  })

  it('starts the stream where the page was made, so that nothing falls between the two', async () => {
    stage.lastEventId = 'a-5'
    await page.reload()
    await expect.poll(() => stage.resumedFrom).toEqual(['', 'a-5'])
  })

  it('reads everything again when the server says that too much was missed', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'reset', {}, 'b-1')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
  })

  it('follows what an event names besides: the lab of a job', async () => {
    stage.show = 'exercise-ready'
    say(stage, 'job', { id: '8812', key: 'work-vm:41' }, '1')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
  })

  it('sends a form once, however often its button is pressed', async () => {
    stage.show = 'exercise-ready'
    await page.reload()
    const button = page.getByRole('button', { name: 'Submit (3 left)' })
    await button.dblclick()
    await expect.poll(() => stage.posts).toBe(1)
    await button.click()
    // A second post would have been sent before this request.
    await page.evaluate(`fetch('/').then((answer) => answer.text())`)
    expect(stage.posts).toBe(1)
  })
})
