import { describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { exerciseFrom, exerciseText, openBench } from '../support/given.ts'

const secretText = exerciseText.replace('PC1: { platform: vpcs }', 'PC1: { platform: cisco_ios, password: { secret: R1_PASSWORD } }')
const summary = {
  name: 'lab',
  projectId: 'p',
  revision: 9,
  version: '2.2.46',
  devices: ['PC1', 'PC2'].map((name) => ({
    nodeId: name,
    name,
    type: 'vpcs',
    consoleType: 'telnet',
    platform: 'vpcs',
    symbol: '',
    x: 0,
    y: 0,
  })),
  links: [],
  images: [],
}

function withCourse() {
  const bench = openBench({
    proxmox: {
      resources: async () =>
        [
          { id: 'qemu/9000', type: 'qemu', vmid: 9000, node: 'pve1', name: 'base', template: true, status: 'stopped' },
          { id: 'qemu/9001', type: 'qemu', vmid: 9001, node: 'pve1', name: 'not allowed', template: true, status: 'stopped' },
        ] as never,
    },
  })
  const course = bench.given.course()
  const { exercises } = bench.services
  exercises.noteUpload({ sha256: 'a'.repeat(64), fileName: 'lab.gns3project', sizeBytes: 1, summary, createdBy: null })
  const input = (text = exerciseText, values: object = {}) => ({
    courseId: course.id,
    definition: exerciseFrom(text),
    statement: 'Do it.',
    projectSha256: 'a'.repeat(64),
    baseTemplateVmid: 9000,
    ...values,
  })
  return {
    ...bench,
    course,
    exercises,
    input,
    create: (text?: string, values?: object) => exercises.create(course.teacher, input(text, values)),
  }
}

describe('creating an exercise', () => {
  it('with a project begins to build at once; without one it is a draft', async () => {
    const { create, jobs, exercises } = withCourse()
    const { exercise, jobId } = await create()
    expect(exercise).toMatchObject({ state: 'building', title: 'Two PCs' })
    expect(jobs()).toMatchObject([
      { id: jobId, name: 'build-template', payload: { exerciseId: exercise.id, revisionId: exercises.revisionOf(exercise).id } },
    ])
    expect(await create(exerciseText, { projectSha256: null, baseTemplateVmid: null })).toMatchObject({
      exercise: { state: 'draft' },
      jobId: null,
    })
  })

  it.each([
    ['a base template that is not allowed', { baseTemplateVmid: 9001 }, 'BASE_TEMPLATE_UNKNOWN'],
    ['a base template that does not exist', { baseTemplateVmid: 4711 }, 'BASE_TEMPLATE_UNKNOWN'],
    ['no base template', { baseTemplateVmid: null }, 'BASE_TEMPLATE_UNKNOWN'],
    ['an upload that is gone', { projectSha256: 'b'.repeat(64) }, 'EXERCISE_FILE_INVALID'],
  ])('is refused with %s and leaves nothing', async (_what, values, code) => {
    const { create, db } = withCourse()
    await expect(create(exerciseText, values)).rejects.toMatchObject({ code })
    expect([db.query.select().from(tables.exercises).all(), db.query.select().from(tables.jobs).all()]).toEqual([[], []])
  })

  it.each([
    ['a graphical console alone', 'vnc', '', 'exerciseProblems.graphicalConsole'],
    ['no console', 'none', '', 'exerciseProblems.noConsole'],
    [
      'an address of its own without the lab’s VM between',
      'telnet',
      ', connect: { via: ssh, host: 10.0.0.1 }',
      'exerciseProblems.connectUnsupported',
    ],
  ])('refuses a device with %s, and says why', async (_what, consoleType, connect, key) => {
    const { create, exercises } = withCourse()
    const devices = summary.devices.map((device) => ({ ...device, consoleType }))
    exercises.noteUpload({ sha256: 'c'.repeat(64), fileName: 'x', sizeBytes: 1, summary: { ...summary, devices }, createdBy: null })
    const text = exerciseText.replace('PC1: { platform: vpcs }', `PC1: { platform: linux${connect} }`)
    const refused = create(text, { projectSha256: 'c'.repeat(64) })
    await expect(refused).rejects.toMatchObject({
      fields: expect.arrayContaining([{ field: 'devices.PC1', problem: expect.objectContaining({ key }) }]),
    })
  })

  it('takes a device with a graphical console that is reached by SSH through the lab’s VM', async () => {
    const { create, exercises } = withCourse()
    const devices = summary.devices.map((device) => (device.name === 'PC1' ? { ...device, consoleType: 'vnc' } : device))
    exercises.noteUpload({ sha256: 'c'.repeat(64), fileName: 'x', sizeBytes: 1, summary: { ...summary, devices }, createdBy: null })
    const connect = 'connect: { via: ssh, host: 10.0.0.1, jump: work-vm, jump_username: gns3 }'
    const text = exerciseText.replace('PC1: { platform: vpcs }', `PC1: { platform: linux, ${connect} }`)
    expect((await create(text, { projectSha256: 'c'.repeat(64) })).exercise.state).toBe('building')
  })

  it('names the devices that the project does not have', async () => {
    const { create } = withCourse()
    await expect(create(exerciseText.replaceAll('PC2', 'PC7'))).rejects.toMatchObject({
      code: 'EXERCISE_FILE_INVALID',
      fields: [
        { field: 'devices.PC7', problem: { key: 'exerciseProblems.notInProject', values: { device: 'PC7', known: ['PC1', 'PC2'] } } },
      ],
    })
  })

  it('is for the teachers of the course', async () => {
    const { exercises, input, given, course, services } = withCourse()
    const assistant = given.person('assistant')
    services.courses.putMember(course.id, { userId: assistant.id, role: 'assistant', groupName: null }, null)
    await expect(exercises.create(assistant, input())).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(exercises.create(given.person('teacher'), input())).rejects.toMatchObject({ code: 'COURSE_NOT_FOUND' })
  })
})

describe('who may see an exercise', () => {
  it.each([
    ['published', true],
    ['archived', true],
    ['ready', false],
    ['building', false],
    ['draft', false],
    ['failed', false],
  ] as const)('while it is %s: its enrolled students %s', (state, isSeen) => {
    const { given, course, exercises } = withCourse()
    const exercise = given.exercise({ courseId: course.id, state })
    const student = given.enrolled(exercise)
    expect(exercises.has(student, exercise, 'see')).toBe(isSeen)
    expect(exercises.has(student, exercise, 'assist')).toBe(false)
    expect(exercises.has(course.teacher, exercise, 'teach')).toBe(true)
    expect(() => exercises.find(given.person('student'), exercise.id, 'see')).toThrow(
      expect.objectContaining({ code: 'EXERCISE_NOT_FOUND' }),
    )
  })
})

describe('a revision', () => {
  /** As after a build. */
  async function built(text = exerciseText) {
    const bench = withCourse()
    const { exercise } = await bench.create(text)
    const revision = bench.exercises.revisionOf(exercise)
    bench.db.query
      .insert(tables.templateVms)
      .values({ id: 'template-1', exerciseRevisionId: revision.id, vmid: 20_000, pveNode: 'pve1', state: 'ready', createdAt: '' })
      .run()
    bench.exercises.setState(exercise.id, 'ready')
    const revise = (changed: string, values: object = {}) =>
      bench.exercises.revise(bench.course.teacher, exercise.id, bench.input(changed, values))
    return { ...bench, exercise: bench.exercises.get(exercise.id), first: revision, revise }
  }

  it('that changes only criteria keeps the templates and is in force at once, unproven', async () => {
    const { revise, exercises, exercise, first } = await built()
    exercises.setProven(exercise.id, true)
    const { exercise: changed, jobId } = await revise(exerciseText.replace('points: 2', 'points: 4'))
    expect([changed.state, changed.isProven, jobId]).toEqual(['ready', false, null])
    const revision = exercises.revisionOf(changed)
    expect(revision).toMatchObject({ number: 2, definition: { criteria: [{ points: 4 }, {}, {}] } })
    expect(exercises.listUsableTemplates(revision.id).map(({ id }) => id)).toEqual(['template-1'])
    expect(exercises.getRevision(first.id).definition.criteria[0]?.points).toBe(2)
  })

  it.each<[string, string, object]>([
    ['the VM', exerciseText.replace('project:', 'vm: { memory: 8192, cores: 2 }\nproject:'), {}],
    ['the network', exerciseText.replace('project:', 'network: open\nproject:'), {}],
    ['the pre-configuration', exerciseText.replace('criteria:', 'preconfigure:\n  - { device: PC1, commands: [ "save" ] }\ncriteria:'), {}],
  ])('that changes %s is built again', async (_what, text, values) => {
    const { revise } = await built()
    const { exercise, jobId } = await revise(text, values)
    expect([exercise.state, jobId === null]).toEqual(['building', false])
  })

  it('twice at once gives two revisions, the second of which keeps the templates too', async () => {
    const { revise, exercises, exercise } = await built()
    const outcomes = await Promise.all([
      revise(exerciseText.replace('points: 2', 'points: 4')),
      revise(exerciseText.replace('points: 2', 'points: 6')),
    ])
    expect(outcomes.map(({ jobId }) => jobId)).toEqual([null, null])
    const revision = exercises.revisionOf(exercises.get(exercise.id))
    expect([revision.number, exercises.listUsableTemplates(revision.id).length]).toEqual([3, 1])
  })

  it.each(['building', 'archived'] as const)('is refused while the exercise is %s', async (state) => {
    const { revise, exercises, exercise } = await built()
    exercises.setState(exercise.id, state)
    await expect(revise(exerciseText)).rejects.toMatchObject({
      code: 'EXERCISE_STATE',
      details: { state: { key: `details.states.exercise.${state}` } },
    })
  })
})

describe('publishing', () => {
  it('asks to confirm what was not proven, and the mark stays', () => {
    const { given, course, exercises } = withCourse()
    const exercise = given.exercise({ courseId: course.id, state: 'ready' })
    expect(() => exercises.publish(course.teacher, exercise.id, false)).toThrow(expect.objectContaining({ code: 'EXERCISE_UNPROVEN' }))
    expect(exercises.publish(course.teacher, exercise.id, true)).toMatchObject({ state: 'published', publishedUnproven: true })
    expect(exercises.publish(course.teacher, exercise.id, false)).toMatchObject({ state: 'published', publishedUnproven: true })
  })

  it('of what was proven needs no confirmation', () => {
    const { given, course, exercises } = withCourse()
    const exercise = given.exercise({ courseId: course.id, state: 'ready', isProven: true })
    expect(exercises.publish(course.teacher, exercise.id, false)).toMatchObject({ state: 'published', publishedUnproven: false })
  })

  it.each(['draft', 'building', 'failed', 'archived'] as const)('is refused while it is %s', (state) => {
    const { given, course, exercises } = withCourse()
    const exercise = given.exercise({ courseId: course.id, state })
    expect(() => exercises.publish(course.teacher, exercise.id, true)).toThrow(expect.objectContaining({ code: 'EXERCISE_STATE' }))
  })
})

it('archives once, keeps everything and has its VMs removed by a job', () => {
  const { given, course, exercises, jobs } = withCourse()
  const exercise = given.exercise({ courseId: course.id })
  exercises.archive(course.teacher, exercise.id)
  expect(exercises.archive(course.teacher, exercise.id).state).toBe('archived')
  expect(jobs()).toMatchObject([{ name: 'delete-exercise-vms', payload: { exerciseId: exercise.id } }])
})

it('changes only the rules that are given', () => {
  const { given, course, exercises } = withCourse()
  const exercise = given.exercise({ courseId: course.id, rules: { attempts: 3, dueAt: '2026-10-01T00:00:00+01:00' } })
  expect(exercises.setRules(course.teacher, exercise.id, { attempts: null }).rules).toMatchObject({
    attempts: null,
    dueAt: '2026-09-30T23:00:00.000Z',
  })
})

describe('secrets of an exercise', () => {
  it('are stored sealed, listed by name and opened for jobs alone', async () => {
    const { create, exercises, db, course } = withCourse()
    const { exercise } = await create(secretText, { secrets: new Map([['R1_PASSWORD', 'hunter2']]) })
    const stored = JSON.stringify([
      db.query.select().from(tables.exerciseSecrets).all(),
      db.query.select().from(tables.exerciseRevisions).all(),
      db.query.select().from(tables.auditEvents).all(),
    ])
    expect(stored).not.toContain('hunter2')
    expect(exercises.listSecretNames(exercise)).toEqual([{ name: 'R1_PASSWORD', isSet: true }])
    expect(exercises.openSecrets(exercise.id, exercises.revisionOf(exercise).definition).get('R1_PASSWORD')).toBe('hunter2')
    exercises.setSecrets(course.teacher, exercise.id, new Map([['R1_PASSWORD', 'changed']]))
    expect(exercises.openSecrets(exercise.id, exercises.revisionOf(exercise).definition).get('R1_PASSWORD')).toBe('changed')
  })

  it('are proven by the build that came after them, and not by one before', async () => {
    const { create, exercises, course } = withCourse()
    const { exercise } = await create(secretText, { secrets: new Map([['R1_PASSWORD', 'hunter2']]) })
    const built = { createdAt: '2999-01-01T00:00:00.000Z' }
    expect(exercises.areSecretsProven(exercise.id, built)).toBe(true)
    exercises.setSecrets(course.teacher, exercise.id, new Map([['R1_PASSWORD', 'changed']]))
    expect(exercises.areSecretsProven(exercise.id, { createdAt: '2000-01-01T00:00:00.000Z' })).toBe(false)
  })

  it('that are missing are named, and those of another exercise do not help', async () => {
    const { create, exercises, db } = withCourse()
    const [{ exercise: one }, { exercise: other }] = [
      await create(secretText, { secrets: new Map([['R1_PASSWORD', 'hunter2']]) }),
      await create(secretText),
    ]
    const definition = exercises.revisionOf(other).definition
    expect(() => exercises.openSecrets(other.id, definition)).toThrow(
      expect.objectContaining({ code: 'SECRET_MISSING', details: { name: 'R1_PASSWORD' } }),
    )
    const [row] = db.query.select().from(tables.exerciseSecrets).all()
    if (!row || row.exerciseId !== one.id) throw new Error('no secret was stored')
    db.query
      .insert(tables.exerciseSecrets)
      .values({ ...row, exerciseId: other.id })
      .run()
    expect(() => exercises.openSecrets(other.id, definition)).toThrow()
  })
})
