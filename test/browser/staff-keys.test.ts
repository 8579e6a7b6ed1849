import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { buildGallery } from '../gallery/gallery-app.ts'
import { describeWith } from '../needs.ts'
import { launchChromium } from './chromium.ts'

describeWith(['chromium'], 'keys on the pages of staff', () => {
  let app: FastifyInstance
  let browser: Browser
  let url: string
  let page: Page

  beforeAll(async () => {
    app = await buildGallery()
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    page = await browser.newPage()
    page.setDefaultTimeout(120_000)
    onTestFinished(() => page.close())
  })

  const text = async (expression: string) => z.string().parse(await page.evaluate(`String(${expression})`))
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }

  it('walk through the matrix by arrows from one stop of the Tab key, and open the evidence', async () => {
    await page.goto(`${url}/gallery/results-full`)
    expect(await page.locator('table[data-matrix] a[tabindex="0"]').count()).toBe(1)
    await page.locator('table[data-matrix] a[tabindex="0"]').focus()
    const place = () => text('[document.activeElement.closest("tr").rowIndex, document.activeElement.closest("td, th").cellIndex]')
    await press('ArrowRight', 'ArrowRight', 'ArrowDown')
    expect(await place()).toBe('2,2')
    await press('End')
    expect(await place()).toBe('2,4')
    await press('Control+Home')
    expect(await place()).toBe('0,0')
    await press('ArrowDown', 'ArrowRight', 'Enter')
    await page.waitForURL(/\/submissions\/93#criterion-/)
  })

  it('put a comment of the bank into the check in question, but never while something is typed', async () => {
    await page.goto(`${url}/gallery/review#criterion-r1-pc2`)
    await press('2')
    expect(await text('document.activeElement.id')).toBe('comment-text-r1-pc2')
    expect(await text('document.activeElement.value')).toBe('Save your configuration before you submit.')
    await page.keyboard.type('1j')
    expect(await text('document.activeElement.value')).toBe('Save your configuration before you submit.1j')
  })

  it('lead to the next student at the check in question', async () => {
    await page.goto(`${url}/gallery/review#criterion-r1-pc2`)
    await press('n', 'j')
    await page.waitForURL(/\/submissions\/94#criterion-path$/)
  })

  it('are explained by ? and can be switched off', async () => {
    await page.goto(`${url}/gallery/review`)
    await press('?')
    await page.getByRole('dialog', { name: 'Keys on this page', exact: true }).waitFor()
    await page.getByLabel('One-letter keys work', { exact: true }).uncheck()
    await press('Escape', '1')
    expect(await text('document.activeElement.tagName')).not.toBe('TEXTAREA')
  })
})
