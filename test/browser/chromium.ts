import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { z } from 'zod'

/** Nothing but the pages under test: no first run, no updates, no background requests. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const violations = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }),
)

/** What axe finds wrong with the page (WCAG 2.2 A and AA, best practices), one readable line each. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => result.violations)`,
  )
  return violations.parse(found).map((item) => `${item.id}: ${item.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** Opens every fold of the page: what is in them is looked at too. */
export const openFolds = (page: Page): Promise<unknown> =>
  page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true')

/** What can be reached by keyboard and does not show that it has the focus: no outline, nor a border of its drawing that changes. */
export const findUnseenFocus = (page: Page): Promise<string[]> =>
  page
    .evaluate(
      `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].flatMap((element) => {
        const plate = element.querySelector('.device__plate, .link')
        const look = () => plate && getComputedStyle(plate).stroke + getComputedStyle(plate).strokeWidth
        const before = look()
        element.focus({ focusVisible: true, preventScroll: true })
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        const isSeen = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || look() !== before
        return document.activeElement !== element || isSeen ? [] : ['focus not seen: ' + element.outerHTML.slice(0, 120)]
      })`,
    )
    .then((found) => z.array(z.string()).parse(found))

/** By how many pixels the page is wider than its window; 0 when it fits. */
export const findOverflow = (page: Page): Promise<number> =>
  page.evaluate('Math.max(0, document.documentElement.scrollWidth - window.innerWidth)').then((value) => z.number().parse(value))
