import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { z } from 'zod'
import type { Benchmark, Figure } from './benchmark.ts'
import { startGns3Stub } from './exercise-page/gns3-stub.ts'
import { startChild } from './support/child.ts'
import { median } from './support/numbers.ts'

const entry = fileURLToPath(new URL('exercise-page/server.ts', import.meta.url))
const rounds = 5

const announcement = z.object({
  url: z.string(),
  exerciseId: z.string(),
  courseId: z.string(),
  cookies: z.array(z.string()),
  userIds: z.array(z.string()),
  teacherCookie: z.string(),
})
type Announcement = z.infer<typeof announcement>
const shown = z.object({ paintMs: z.number(), shift: z.number() })

interface Visit {
  /** First contentful paint after the address was entered, with nothing in the browser's cache. */
  readonly paintMs: number
  /** Everything that came over the wire for it: the page, styles, modules, drawings. */
  readonly kilobytes: number
  readonly shift: number
}

/** The cumulative layout shift is what moved without anybody having touched the page. */
const readPaint = `new Promise((resolve) => {
  let shift = 0
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    if (paint) setTimeout(() => resolve({ paintMs: paint.startTime, shift }), 300)
    else requestAnimationFrame(look)
  }
  look()
})`

async function openAs(browser: Browser, url: string, cookie: string | null): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const [name = '', value = ''] = cookie?.split('=') ?? []
  if (cookie !== null) await context.addCookies([{ name, value, url: new URL(url).origin }])
  return context
}

async function visit(browser: Browser, url: string, cookie: string | null): Promise<Visit> {
  const context = await openAs(browser, url, cookie)
  try {
    const page = await context.newPage()
    const wire = await context.newCDPSession(page)
    await wire.send('Network.enable')
    let bytes = 0
    wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    const answer = await page.goto(url, { waitUntil: 'load' })
    if (answer?.status() !== 200) throw new Error(`${url} answered ${answer?.status()}`)
    const { paintMs, shift } = shown.parse(await page.evaluate(readPaint))
    return { paintMs, shift, kilobytes: bytes / 1_000 }
  } finally {
    await context.close()
  }
}

/** Which of the class has a lab that is switched off (support/class-room.ts). */
const switchedOff = 13
/** What the page says when it has followed the event. */
const badges = { queued: 'In the queue', starting: 'Starting', ready: 'Ready' } as const

/** What moves on a student's page while the lab is made ready and its events arrive; the page stays as it was opened. */
async function watchLab(browser: Browser, { url, exerciseId, cookies, userIds }: Announcement): Promise<number> {
  const context = await openAs(browser, url, cookies[switchedOff] ?? null)
  try {
    const page = await context.newPage()
    await page.goto(`${url}/exercises/${exerciseId}`, { waitUntil: 'load' })
    for (const [state, badge] of Object.entries(badges)) {
      await fetch(`${url}/bench/labs/${exerciseId}/${userIds[switchedOff]}/${state}`)
      await page.locator('#lab .lab-bar').getByText(badge, { exact: true }).waitFor()
    }
    return shown.parse(await page.evaluate(readPaint)).shift
  } finally {
    await context.close()
  }
}

function figuresOf(name: string, visits: readonly Visit[]): Figure[] {
  return [
    {
      what: `${name}, first contentful paint`,
      value: median(visits.map(({ paintMs }) => paintMs)),
      unit: 'ms',
      aim: { atMost: 1_000 },
    },
    { what: `${name}, over the wire`, value: median(visits.map(({ kilobytes }) => kilobytes)), unit: 'kB', aim: { atMost: 150 } },
    { what: `${name}, layout shift`, value: Math.max(...visits.map(({ shift }) => shift)), unit: 'shift', aim: { atMost: 0.01 } },
  ]
}

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const gns3 = await startGns3Stub()
  const server = await startChild(entry, [String(gns3.port)])
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const announced = announcement.parse(JSON.parse(await server.firstLine))
    const { url, exerciseId, courseId, cookies, teacherCookie } = announced
    const pages: readonly (readonly [string, string, string | null])[] = [
      ['sign-in', '/sign-in', null],
      ["student's exercise", `/exercises/${exerciseId}`, cookies[0] ?? null],
      ["student's start page", '/', cookies[0] ?? null],
      ["teacher's exercise", `/exercises/${exerciseId}`, teacherCookie],
      ['editor', `/exercises/${exerciseId}/edit`, teacherCookie],
      ['results of 500', `/exercises/${exerciseId}/results`, teacherCookie],
      ['labs of 500', `/exercises/${exerciseId}/enrollments`, teacherCookie],
      ['live board of 500', `/exercises/${exerciseId}/board`, teacherCookie],
      ['course', `/courses/${courseId}`, teacherCookie],
    ]
    const figures: Figure[] = []
    for (const [name, path, cookie] of pages) {
      const visits: Visit[] = []
      for (let round = 0; round < rounds; round += 1) visits.push(await visit(browser, `${url}${path}`, cookie))
      say(`${name}: ${visits.map(({ paintMs }) => paintMs.toFixed(0)).join(', ')} ms`)
      figures.push(...figuresOf(name, visits))
    }
    const moved = await watchLab(browser, announced)
    say(`while a lab is made: ${moved}`)
    return [...figures, { what: "student's exercise while the lab is made, layout shift", value: moved, unit: 'shift', aim: { atMost: 0 } }]
  } finally {
    await browser.close()
    await server.stop()
    gns3.close()
  }
}

export const pages: Benchmark = {
  name: 'pages',
  title: 'Pages in the browser, a class of 500',
  how: `Chromium, 1280 px wide, a new profile for each visit (nothing cached), server and browser on the same machine. Medians of ${rounds} visits. The last figure is one page that stays open while its lab goes from switched off to ready. What came over the wire counts compressed, headers included.`,
  run,
}
