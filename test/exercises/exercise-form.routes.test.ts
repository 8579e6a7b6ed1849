import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AppOptions } from '../../src/app.ts'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { AppError } from '../../src/errors.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'

const project = readFileSync(new URL('../fixtures/projects/sample5-two-routers-two-pcs.gns3project', import.meta.url))
const template = resourceAnswer.parse({ id: 'qemu/9000', type: 'qemu', node: 'pve1', vmid: 9000, name: 'gns3-base', template: 1 })

let on: TestApp
let resources: () => Promise<ReturnType<typeof resourceAnswer.parse>[]>
let teacher: TestBrowser
let course: string

beforeEach(async () => {
  resources = () => Promise.resolve([template])
  on = await startTestApp({ proxmox: { resources: () => resources() } })
  onTestFinished(() => on.close())
  const opened = await openCourse(on)
  teacher = opened.teacher
  course = opened.course
})

async function openCourse(app: TestApp): Promise<{ teacher: TestBrowser; course: string }> {
  await app.addUser('teresa', 'teacher')
  const browser = await app.signIn('teresa')
  const made = await browser.post('/courses', { title: 'Networks', term: '2026/27', timeZone: 'Europe/Lisbon' })
  return { teacher: browser, course: String(made.headers.location).split('/').at(-1) ?? '' }
}

/** The form of a server of its own. */
async function openForm(options: AppOptions): Promise<{ teacher: TestBrowser; path: string }> {
  const app = await startTestApp({ proxmox: { resources: () => resources() }, app: options })
  onTestFinished(() => app.close())
  const opened = await openCourse(app)
  return { teacher: opened.teacher, path: `/exercises?course=${opened.course}` }
}

const decode = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

/** All inputs of the form as a browser would send them back. */
function inputsOf(body: string): Record<string, string> {
  const form = /<form class="editor"[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(tag)?.[1]
    const type = / type="([^"]*)"/.exec(tag)?.[1] ?? 'text'
    if (name === undefined || type === 'file' || (type === 'checkbox' && !/ checked/.test(tag))) continue
    fields[name] = decode(/ value="([^"]*)"/.exec(tag)?.[1] ?? '')
  }
  for (const [, name = '', options = ''] of form.matchAll(/<select\b[^>]* name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const chosen =
      /<option value="([^"]*)" selected/.exec(options) ??
      /<option selected>([^<]*)/.exec(options) ??
      /<option(?: value="([^"]*)")?/.exec(options)
    fields[name] = decode(chosen?.[1] ?? '')
  }
  for (const [, name = '', text = ''] of form.matchAll(/<textarea\b[^>]* name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g))
    fields[name] = decode(text)
  delete fields.csrf
  return fields
}

const newPath = () => `/exercises?course=${course}`
const press = (fields: Record<string, string>, button: string, files?: Record<string, readonly [string, Uint8Array]>) =>
  teacher.upload(newPath(), { ...fields, do: button }, files)

/** The form after the project was uploaded. */
async function uploaded(): Promise<Record<string, string>> {
  const empty = inputsOf((await teacher.get(`/exercises/new?course=${course}`)).body)
  const page = await press({ ...empty, title: 'Two LANs', statement: 'Route <b>them</b>' }, 'upload', {
    project: ['lans.gns3project', project],
  })
  expect(page.statusCode).toBe(200)
  return inputsOf(page.body)
}

/** A check composed in the form. */
async function withCheck(fields: Record<string, string>, values: Record<string, string>): Promise<Record<string, string>> {
  const page = await press({ ...fields, newModule: 'ping' }, 'add-criterion')
  const next = inputsOf(page.body)
  const index = Object.keys(next).filter((name) => /^criteria\.\d+\.module$/.test(name)).length - 1
  return { ...next, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`criteria.${index}.${name}`, value])) }
}

const exercises = () => on.services.exercises.listByCourses([course])

describe('the form of an exercise', () => {
  it('says where its author stands, step by step', async () => {
    const steps = (body: string) => [...body.matchAll(/editor-steps__step--(\w+)/g)].map(([, state]) => state)
    const empty = await teacher.get(`/exercises/new?course=${course}`)
    expect(steps(empty.body)).toEqual(['todo', 'todo', 'todo', 'todo', 'done', 'todo', 'todo'])
    const checked = await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '' })
    const refused = await press(checked, 'save')
    expect(steps(refused.body)).toEqual(['done', 'done', 'done', 'problem', 'done', 'todo', 'todo'])
  })

  it('has proof and publishing as its last steps, and does not tick what was published without proof', async () => {
    const saved = await press(await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' }), 'save')
    const path = String(saved.headers.location)
    const id = path.split('/').at(-1) ?? ''
    const last = async () => {
      const { body } = await teacher.get(`${path}/edit`)
      return { steps: [...body.matchAll(/editor-steps__step--(\w+)/g)].slice(-2).map(([, state]) => state), body }
    }
    on.services.exercises.setState(id, 'ready')
    const ready = await last()
    expect(ready.steps).toEqual(['todo', 'todo'])
    expect(ready.body).toContain(`action="${path}/publish"`)
    await teacher.post(`${path}/publish`, { unproven: 'true' })
    const unproven = await last()
    expect(unproven.steps).toEqual(['unproven', 'done'])
    expect(unproven.body).toContain('published without proof')
    on.services.exercises.setProven(id, true)
    expect((await last()).steps).toEqual(['done', 'done'])
  })

  it('opens at once while Proxmox does not answer, with the list it last had, and saves checks without it', async () => {
    const saved = await press(await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' }), 'save')
    const path = String(saved.headers.location)
    const id = path.split('/').at(-1) ?? ''
    on.services.exercises.setState(id, 'ready')
    on.given.template(on.services.exercises.get(id).currentRevisionId ?? '')
    resources = () => new Promise(() => undefined)
    const page = await teacher.get(`${path}/edit`)
    expect(page.body).toContain('Proxmox does not answer at the moment. This is the list of')
    const fields: Record<string, string> = { ...inputsOf(page.body), 'criteria.0.title': 'Another title' }
    expect(fields.baseTemplate).toBe('9000')
    expect((await teacher.upload(path, { ...fields, do: 'save' })).statusCode).toBe(303)
  })

  it('keeps the base template that was chosen where the list never came, and what was typed where it is needed to save', async () => {
    const fields = await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' })
    resources = () => Promise.reject(new AppError('PROXMOX_UNREACHABLE'))
    const elsewhere = await openForm({})
    const empty = await elsewhere.teacher.get(elsewhere.path.replace('?', '/new?'))
    expect(empty.body).toContain('Proxmox has not answered yet')
    expect(empty.body).not.toContain('has not allowed any base template')
    const refused = await press({ ...fields, title: 'Typed' }, 'save')
    expect(refused.statusCode).toBe(502)
    expect(inputsOf(refused.body)).toMatchObject({ title: 'Typed', baseTemplate: '9000' })
  })

  it('begins a check on the device that was chosen, where it can be asked', async () => {
    const fields = await uploaded()
    const added = async (newDevice: string, newModule: string) =>
      inputsOf((await press({ ...fields, newDevice, newModule }, 'add-criterion')).body)['criteria.0.device']
    expect(await added('R2', 'ping')).toBe('R2')
    expect(await added('PC2', 'ospf_neighbour')).toBe('R1')
  })

  it('asks one check by itself: only its own problems are in the way, and then a lab', async () => {
    const saved = await press(await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' }), 'save')
    const edit = `${String(saved.headers.location)}`
    const fields = inputsOf((await teacher.get(`${edit}/edit`)).body)
    const ask = (change: Record<string, string>) => teacher.upload(edit, { ...fields, ...change, do: 'ask:0' })
    const wrong = await ask({ title: '', 'criteria.0.params.to': 'no address' })
    expect(wrong.body).toContain('id="f-criteria.0.params.to-problem"')
    expect(wrong.body).not.toContain('id="f-title-problem"')
    const noLab = await ask({ 'criteria.0.title': 'Typed just now' })
    expect(noLab.body).toContain('Start it and wait until it is ready')
    expect(inputsOf(noLab.body)['criteria.0.title']).toBe('Typed just now')
    expect((await teacher.upload(edit, { ...fields, do: 'ask:7' })).body).toContain('Something changed since')
  })

  it('lists the devices of the upload with their guessed platforms, and draws them', async () => {
    const fields = await uploaded()
    const names = Object.keys(fields).filter((name) => name.endsWith('.name'))
    expect(names.map((name) => [fields[name], fields[name.replace('.name', '.platform')]])).toEqual(
      expect.arrayContaining([
        ['PC1', 'vpcs'],
        ['R1', 'cisco_ios'],
        ['SW1', ''],
      ]),
    )
    expect(fields.title).toBe('Two LANs')
    expect(fields.statement).toBe('Route <b>them</b>')
  })

  it('keeps rows, the upload and passwords through every press, and never shows a password', async () => {
    const first = { ...(await uploaded()), 'devices.2.enablePassword': 'very secret' }
    const page = await press(first, 'add-preconfigure')
    expect(page.body).not.toContain('very secret')
    expect(page.body).toContain('lans.gns3project')
    const second = await withCheck(
      { ...inputsOf(page.body), 'preconfigure.0.device': 'R1', 'preconfigure.0.commands': 'show clock\nshow version' },
      { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' },
    )
    const third = await withCheck(second, { title: 'The way', device: 'PC1', 'params.to': 'PC2' })
    expect(third['criteria.0.params.to']).toBe('10.0.2.10')
    const removed = inputsOf((await press(third, 'remove-criterion:0')).body)
    expect(removed['criteria.0.title']).toBe('The way')
    expect(removed['preconfigure.0.commands']).toBe('show clock\nshow version')
    const saved = await press(removed, 'save')
    expect(saved.statusCode).toBe(303)
    const [exercise] = exercises()
    if (!exercise) throw new Error('nothing was saved')
    const { definition } = on.services.exercises.revisionOf(exercise)
    expect(exercise.state).toBe('building')
    expect(definition.devices.R1?.enablePassword).toEqual({ secret: 'R1_ENABLE' })
    expect([...on.services.exercises.openSecrets(exercise.id, definition)]).toEqual([['R1_ENABLE', 'very secret']])
    expect(definition.preconfigure[0]?.commands).toEqual(['show clock', 'show version'])
  })

  it('takes a device reached by SSH through the lab’s VM, its password as a secret, and keeps it when edited', async () => {
    const typed = {
      'devices.2.connect.via': 'ssh',
      'devices.2.connect.host': '10.0.1.1',
      'devices.2.connect.jumpUsername': 'gns3',
      'devices.2.connect.jumpPassword': 'very secret',
    }
    const page = await press(
      { ...(await withCheck(await uploaded(), { title: 'A', 'params.to': '10.0.2.10' })), ...typed },
      'add-preconfigure',
    )
    expect(page.body).not.toContain('very secret')
    const kept = inputsOf(page.body)
    expect(kept['devices.2.connect.host']).toBe('10.0.1.1')
    const wrong = await press({ ...kept, 'devices.2.connect.host': ' ', 'devices.2.connect.port': '70000' }, 'save')
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('href="#f-devices.2.connect.host"')
    expect(wrong.body).toContain('href="#f-devices.2.connect.port"')
    const { 'preconfigure.0.device': _device, 'preconfigure.0.commands': _commands, 'preconfigure.0.expect': _expect, ...saved } = kept
    expect((await press(saved, 'save')).statusCode).toBe(303)
    const [exercise] = exercises()
    if (!exercise) throw new Error('nothing was saved')
    const connectOf = () => {
      const { definition } = on.services.exercises.revisionOf(on.services.exercises.get(exercise.id))
      return definition.devices.R1?.connect
    }
    const expected = { via: 'ssh', host: '10.0.1.1', jump: 'work-vm', jumpUsername: 'gns3', jumpPassword: { secret: 'R1_LAB_VM' } }
    expect(connectOf()).toEqual(expected)
  })

  it('tells every problem at its input: missing words, unknown devices, pairs that cannot be asked', async () => {
    const fields = await withCheck(await uploaded(), { title: '', device: 'PC1', 'params.to': 'PC9', points: 'two' })
    const page = await press({ ...fields, title: '' }, 'save')
    expect(page.statusCode).toBe(422)
    for (const text of [
      'href="#f-title"',
      'href="#f-criteria.0.title"',
      'href="#f-criteria.0.points"',
      'there is no device &quot;PC9&quot; under devices',
    ])
      expect(page.body).toContain(text)
    expect(inputsOf(page.body)['criteria.0.points']).toBe('two')
    expect(exercises()).toEqual([])
  })

  it('tells a check that its platform cannot do', async () => {
    const fields = await withCheck(await uploaded(), { title: 'Big', device: 'PC1', 'params.to': '10.0.2.10', 'params.source': 'eth0' })
    const page = await press(fields, 'save')
    expect(page.statusCode).toBe(422)
    expect(page.body).toMatch(/ping on vpcs cannot do/)
  })

  it('names the line of malformed YAML, of an unknown kind and of an unknown device', async () => {
    const fields = inputsOf((await press(await uploaded(), 'use-yaml')).body)
    const broken = await press({ ...fields, yaml: '- id: a\n  title: "A\n' }, 'save')
    expect(broken.statusCode).toBe(422)
    expect(broken.body).toMatch(/Line [123]:/)
    const yaml = ['- id: a', '  title: A', '  module: pingg', '  device: PC1', '  params: { to: 10.0.0.1 }', '  points: 1'].join('\n')
    expect((await press({ ...fields, yaml }, 'save')).body).toMatch(/Line 3:<\/span> [^<]*there is no kind of check &quot;pingg&quot;/)
    const unknown = yaml.replace('pingg', 'ping').replace('PC1', 'PC7')
    const page = await press({ ...fields, yaml: unknown }, 'save')
    expect(page.body).toMatch(/Line 4:<\/span> [^<]*there is no device &quot;PC7&quot;/)
    expect(inputsOf(page.body).yaml).toContain('device: PC7')
  })

  it('goes from the form to YAML and back without losing a check', async () => {
    const composed = await withCheck(await uploaded(), {
      title: 'Reach',
      device: 'R1',
      'params.to': '10.0.2.10',
      'params.count': '4',
      points: '2.5',
      visible: '',
    })
    const yaml = inputsOf((await press(composed, 'use-yaml')).body)
    expect(yaml.yaml).toContain('title: Reach')
    const back = inputsOf((await press(yaml, 'use-form')).body)
    expect([back['criteria.0.title'], back['criteria.0.params.count'], back['criteria.0.points'], back['criteria.0.visible']]).toEqual([
      'Reach',
      '4',
      '2.5',
      undefined,
    ])
    expect((await press({ ...yaml, yaml: 'a: [' }, 'use-form')).statusCode).toBe(422)
  })

  it('refuses a file that is no project and leaves nothing behind, with what was typed', async () => {
    const fields = await uploaded()
    const page = await press({ ...fields, title: 'Still here' }, 'upload', { project: ['x.gns3project', Buffer.from('no zip at all')] })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('The GNS3 project cannot be used')
    expect(inputsOf(page.body).title).toBe('Still here')
    expect(page.body).toContain('lans.gns3project')
  })

  it.each([
    ['a full disk', 507, 'too little disk space', { readDisk: async () => ({ bavail: 9, blocks: 100 }) }],
    ['a file that is too large', 413, 'larger than the 1 MiB', { maxBytes: 1_048_576 }],
  ])('keeps everything that was typed at %s, before and after the file', async (_what, status, words, uploads) => {
    const small = await openForm({ uploads })
    const empty = inputsOf((await small.teacher.get(small.path)).body)
    const fields = { ...empty, title: 'Two LANs', 'devices.0.name': 'R1', 'devices.0.platform': 'cisco_ios' }
    const file = ['lans.gns3project', Buffer.alloc(1_100_000, 'x')] as const
    const sent = { ...fields, do: 'upload' }
    for (const order of ['first', 'last'] as const) {
      const page = await small.teacher.upload(small.path, { ...sent, 'devices.0.enablePassword': 'very secret' }, { project: file }, order)
      expect(page.statusCode).toBe(status)
      expect(page.body).toContain(words)
      expect(inputsOf(page.body)).toMatchObject({ title: 'Two LANs', 'devices.0.name': 'R1' })
      expect(page.body).not.toContain('very secret')
      expect(inputsOf(page.body)['devices.0.keptEnablePassword']).toMatch(/./)
    }
  })

  it('gives direct access where it is chosen, keeps it when edited, and takes it away again', async () => {
    const fields = await withCheck(await uploaded(), { title: 'PC1 reaches PC2', 'params.to': '10.0.2.10' })
    expect(fields.direct).toBe('')
    const path = String((await press({ ...fields, direct: 'true' }, 'save')).headers.location)
    const id = path.split('/').at(-1) ?? ''
    const definition = () => on.services.exercises.revisionOf(on.services.exercises.get(id)).definition
    expect(definition().direct).toBe(true)
    on.services.exercises.setState(id, 'failed')
    const edited = inputsOf((await teacher.get(`${path}/edit`)).body)
    expect(edited.direct).toBe('true')
    expect((await teacher.upload(path, { ...edited, direct: '', do: 'save' })).statusCode).toBe(303)
    expect(definition()).not.toHaveProperty('direct')
  })

  it('refuses a base template that the administrator does not allow', async () => {
    const fields = await withCheck(await uploaded(), { title: 'Reach', device: 'PC1', 'params.to': '10.0.2.10' })
    const page = await press({ ...fields, baseTemplate: '101' }, 'save')
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('VM 101 is not an allowed base template')
  })

  it('makes one exercise of a form that is sent twice', async () => {
    const fields = await withCheck(await uploaded(), { title: 'Reach', device: 'PC1', 'params.to': '10.0.2.10' })
    const [one, other] = await Promise.all([press(fields, 'save'), press(fields, 'save')])
    expect(one.headers.location).toBe(other.headers.location)
    expect(exercises()).toHaveLength(1)
  })

  it('does not take the upload of somebody else by its token', async () => {
    const { uploadToken = '' } = await uploaded()
    await on.addUser('other', 'teacher')
    const other = await on.signIn('other')
    const made = await other.post('/courses', { title: 'Mine', term: 'x', timeZone: 'UTC' })
    const own = String(made.headers.location).split('/').at(-1)
    const page = await other.upload(`/exercises?course=${own}`, { do: 'save', title: 'Stolen', uploadToken })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('The upload is no longer there')
    expect((await other.upload(newPath(), { do: 'save', title: 'Foreign' })).statusCode).toBe(404)
  })

  it('edits what exists, and refuses to overwrite what changed since the page was shown', async () => {
    const fields = await withCheck(await uploaded(), { title: 'Reach', device: 'PC1', 'params.to': '10.0.2.10' })
    const path = String((await press(fields, 'save')).headers.location)
    const id = path.split('/').at(-1) ?? ''
    on.services.exercises.setState(id, 'failed')
    const shown = inputsOf((await teacher.get(`${path}/edit`)).body)
    expect([shown.title, shown['criteria.0.title'], shown['criteria.0.params.to']]).toEqual(['Two LANs', 'Reach', '10.0.2.10'])
    const saved = await teacher.upload(path, { ...shown, title: 'Renamed', dueAt: '2026-12-04T18:00', do: 'save' })
    expect([saved.statusCode, on.services.exercises.get(id).title]).toEqual([303, 'Renamed'])
    expect(on.services.exercises.get(id).rules.dueAt).toBe('2026-12-04T18:00:00.000Z')
    on.services.exercises.setState(id, 'failed')
    const stale = await teacher.upload(path, { ...shown, title: 'Too late', do: 'save', formId: 'another' })
    expect([stale.statusCode, on.services.exercises.get(id).title]).toEqual([422, 'Renamed'])
    expect(stale.body).toContain('Something changed since this page was shown')
  })
})
