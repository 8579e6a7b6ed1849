import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { exerciseText } from '../support/given.ts'

let on: TestApp
let teacher: TestBrowser

beforeEach(async () => {
  on = await startTestApp({ proxmox: { resources: () => Promise.resolve([]) } })
  onTestFinished(() => on.close())
  await on.addUser('tess', 'admin')
  teacher = await on.signIn('tess')
})

/** The form of an exercise that exists. */
async function formOf(text: string): Promise<string> {
  const { id } = on.given.exercise({ courseId: on.given.course().id, text })
  const page = await teacher.get(`/exercises/${id}/edit`)
  expect(page.statusCode).toBe(200)
  return page.body
}

const checksOf = (body: string): string => /<section[^>]*aria-labelledby="criteria-heading"[\s\S]*?<\/section>/.exec(body)?.[0] ?? ''

describe('the checks of the form', () => {
  it('offer kinds by layer, and only those that a device of the project can be asked', async () => {
    const checks = checksOf(await formOf(exerciseText))
    const select = /<select id="f-newModule"[\s\S]*?<\/select>/.exec(checks)?.[0] ?? ''
    expect(select).toMatch(/<optgroup label="Devices and cabling"><option value="topology">/)
    expect(select).toMatch(/<optgroup label="Reachability and services">[\s\S]*<option value="ping">/)
    expect(select).not.toContain('value="route"')
  })

  it('say how far the answer of the device can be trusted', async () => {
    const checks = checksOf(await formOf(exerciseText))
    expect(checks).toContain('<strong>Proven on a device</strong>: read on a running device of this platform')
  })

  it('say how long checking takes at most, and when that is longer than it may', async () => {
    expect(checksOf(await formOf(exerciseText))).toMatch(/Checking takes 1 min \d+ s at most: when nothing passes in time/)
    const long = exerciseText
      .replace('points: 2 }', 'points: 2, within: 600 }')
      .replace('points: 3 }', 'points: 3, within: 600, requires: [ pc1 ] }')
    expect(checksOf(await formOf(long))).toMatch(/Checking takes 2\d min[^<]*but it is ended after 10 min/)
  })

  it('keep what is not told to students, and the seconds of a kind as a hint', async () => {
    const checks = checksOf(await formOf(exerciseText.replace('id: pc2,', 'id: pc2, reveal: false,')))
    expect(checks).toMatch(/name="criteria.1.conceal" value="true" checked/)
    expect(checks).not.toMatch(/name="criteria.0.conceal" value="true" checked/)
    expect(checks).toContain('Empty: 20 s, as suits this kind of check')
  })
})
