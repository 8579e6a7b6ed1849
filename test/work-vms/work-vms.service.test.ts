import { describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { type PowerVerb, powerVerbs, type WorkVmState } from '../../src/work-vms/index.ts'
import { openBench } from '../support/given.ts'

const refused = (code: string) => expect.objectContaining({ code })

function withVm(values: Partial<typeof tables.workVms.$inferInsert> = {}) {
  const bench = openBench()
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id })
  const student = bench.given.enrolled(exercise)
  const workVm = bench.given.workVm(exercise, student, values)
  const power = (verb: PowerVerb, actor = student) => bench.services.workVms.power(actor, workVm.id, verb)
  return { ...bench, course, exercise, student, workVm, power, state: () => bench.services.workVms.get(workVm.id).state }
}

/** What each verb comes to in each state, as it is promised: the jobs that begin, nothing to do, or a refusal. */
const begins = 'a job'
const idle = 'nothing'
const no = 'WORK_VM_STATE'
const states: readonly WorkVmState[] = [
  'requested',
  'creating',
  'stopped',
  'queued',
  'starting',
  'ready',
  'stopping',
  'suspended',
  'hibernated',
  'failed',
  'binned',
  'deleting',
  'deleted',
]
const promised: Record<PowerVerb, readonly string[]> = {
  //         requested creating stopped queued  starting ready   stopping suspended hibern. failed  binned deleting deleted
  start: [begins, begins, begins, begins, begins, idle, begins, begins, begins, begins, no, no, no],
  stop: [idle, no, idle, begins, begins, begins, begins, begins, idle, begins, no, no, no],
  shutdown: [idle, no, idle, begins, begins, begins, begins, begins, idle, begins, no, no, no],
  reboot: [no, no, no, no, begins, begins, begins, no, no, begins, no, no, no],
  suspend: [no, no, no, no, no, begins, begins, idle, no, no, no, no, no],
  resume: [no, no, no, begins, begins, idle, no, begins, begins, no, no, no, no],
  hibernate: [no, no, no, no, no, begins, begins, begins, idle, no, no, no, no],
  reset: [idle, no, begins, begins, begins, begins, begins, begins, begins, begins, no, no, no],
  replace: [idle, no, begins, begins, begins, begins, begins, begins, begins, begins, no, no, no],
}

describe('the table of verbs', () => {
  it.each(powerVerbs.flatMap((verb) => states.map((state, index) => [verb, state, promised[verb][index] ?? ''] as const)))(
    '%s a lab that is %s: %s',
    (verb, state, outcome) => {
      const { power } = withVm({ state })
      const come = () => {
        try {
          return power(verb).jobId === null ? idle : begins
        } catch (error) {
          return error instanceof Error && 'code' in error ? error.code : error
        }
      }
      expect(come()).toBe(outcome)
    },
  )
})

describe('a verb that is pressed twice', () => {
  it.each<[PowerVerb, WorkVmState]>([
    ['start', 'stopped'],
    ['start', 'requested'],
    ['resume', 'suspended'],
    ['stop', 'ready'],
    ['shutdown', 'ready'],
    ['suspend', 'ready'],
    ['hibernate', 'ready'],
    ['reboot', 'ready'],
    ['reset', 'ready'],
  ])('answers the job that is at it already: %s a lab that is %s', (verb, state) => {
    const { power, jobs } = withVm(state === 'requested' ? { state, vmid: null } : { state })
    const first = power(verb)
    const count = jobs().length
    expect(power(verb).jobId).toBe(first.jobId)
    expect(jobs()).toHaveLength(count)
  })
})

describe('a start', () => {
  it('makes the VM first where there is none', () => {
    const { power, jobs, workVm } = withVm({ state: 'requested' })
    power('start')
    expect(jobs()).toMatchObject([
      { name: 'create-work-vm', payload: { workVmId: workVm.id } },
      { name: 'start-work-vm', payload: { workVmId: workVm.id } },
    ])
  })

  it('while the VM is being made leaves it so, and waits', () => {
    const { power, jobs, state, services, workVm } = withVm({ state: 'creating' })
    services.jobs.enqueue('create-work-vm', { workVmId: workVm.id }, { priority: 'batch' })
    power('start')
    expect([state(), jobs().map((job) => job.name)]).toEqual(['creating', ['create-work-vm', 'start-work-vm']])
  })

  it('is refused beyond LAB_MAX_PER_STUDENT, and goes when another lab was stopped', () => {
    const { power, given, course, student, services } = withVm()
    const other = given.exercise({ courseId: course.id })
    given.enrolled(other, student)
    const running = given.workVm(other, student, { state: 'ready' })
    expect(() => power('start')).toThrow(expect.objectContaining({ code: 'LAB_LIMIT', details: { limit: 1 } }))
    services.workVms.update(running.id, { state: 'stopped' })
    expect(power('start').jobId).not.toBeNull()
  })

  it('counts a start that waits for its VM to be made', () => {
    const { power, given, course, student, services } = withVm({ state: 'creating' })
    const other = given.exercise({ courseId: course.id })
    given.enrolled(other, student)
    const second = given.workVm(other, student, { state: 'creating' })
    power('start')
    expect(() => services.workVms.power(student, second.id, 'start')).toThrow(refused('LAB_LIMIT'))
  })

  it('counts a lab that is reset while it runs, for it is started again', () => {
    const { power, given, course, student, services } = withVm({ state: 'ready' })
    const other = given.exercise({ courseId: course.id })
    given.enrolled(other, student)
    const second = given.workVm(other, student)
    power('reset')
    for (const { id } of services.workVms.listInStates(['ready'])) services.workVms.update(id, { state: 'creating' })
    expect(() => services.workVms.power(student, second.id, 'start')).toThrow(refused('LAB_LIMIT'))
  })

  it.each<WorkVmState>(['requested', 'creating'])('lets one of two be pressed early, while both VMs are %s', (state) => {
    const { power, given, course, student, services, workVm } = withVm({ state, vmid: null })
    const other = given.exercise({ courseId: course.id })
    given.enrolled(other, student)
    const second = given.workVm(other, student, { state, vmid: null })
    for (const { id } of [workVm, second]) services.jobs.enqueue('create-work-vm', { workVmId: id }, { priority: 'batch' })
    expect(power('start').jobId).not.toBeNull()
    expect(() => services.workVms.power(student, second.id, 'start')).toThrow(refused('LAB_LIMIT'))
    expect(power('start').jobId).not.toBeNull()
  })

  it('is refused as long as the exercise has no template', () => {
    const { power, db } = withVm()
    db.query.update(tables.templateVms).set({ state: 'deleted' }).run()
    expect(() => power('start')).toThrow(refused('EXERCISE_STATE'))
  })
})

it('gives up a start for a stop, at once when it has not begun', () => {
  const { power, jobs, state } = withVm()
  power('start')
  expect(state()).toBe('queued')
  power('stop')
  expect(jobs().map((job) => `${job.name} ${job.state}`)).toEqual(['start-work-vm cancelled', 'stop-work-vm queued'])
  expect(state()).toBe('stopping')
})

it('refuses every power verb while a submission is checked', () => {
  const { services, workVm, power } = withVm({ state: 'ready' })
  services.workVms.freeze(workVm.id, 'submission-1')
  for (const verb of powerVerbs) expect(() => power(verb)).toThrow(refused('LAB_FROZEN'))
  services.workVms.thaw(workVm.id, 'submission-2')
  expect(() => power('stop')).toThrow(refused('LAB_FROZEN'))
  services.workVms.thaw(workVm.id, 'submission-1')
  expect(power('stop').jobId).not.toBeNull()
})

describe('whose lab it is', () => {
  it('may use it, and so may the staff of its course; to everybody else it does not exist', () => {
    const { services, given, workVm, student, course, exercise } = withVm()
    const assistant = given.person('assistant')
    services.courses.putMember(course.id, { userId: assistant.id, role: 'assistant', groupName: null }, null)
    for (const actor of [student, course.teacher, assistant, given.person('admin')])
      expect(services.workVms.find(actor, workVm.id).id).toBe(workVm.id)
    for (const actor of [given.enrolled(exercise), given.person('teacher'), given.person('student')])
      expect(() => services.workVms.find(actor, workVm.id)).toThrow(refused('WORK_VM_NOT_FOUND'))
    expect(() => services.workVms.find(student, 'none')).toThrow(refused('WORK_VM_NOT_FOUND'))
  })

  it('is in the audit log when somebody else presses the button', () => {
    const { db, power, course, student } = withVm({ state: 'ready' })
    power('stop', course.teacher)
    const entry = db.query
      .select()
      .from(tables.auditEvents)
      .all()
      .find((event) => event.action === 'work-vm.stop')
    expect(entry).toMatchObject({ actorId: course.teacher.id, onBehalfOf: student.id })
  })
})

describe('the bin', () => {
  it('keeps a lab for BIN_DAYS, then it is removed for good', async () => {
    const { services, workVm, course, time, state, jobs } = withVm()
    services.workVms.bin(workVm, course.teacher.id)
    await time.advance(6.9 * 86_400_000)
    expect([services.workVms.emptyBin(), state()]).toEqual([0, 'binned'])
    await time.advance(0.2 * 86_400_000)
    expect([services.workVms.emptyBin(), state()]).toEqual([1, 'deleting'])
    expect(jobs().at(-1)?.name).toBe('delete-work-vm')
    expect(services.workVms.emptyBin()).toBe(0)
    for (const { id, name } of jobs()) if (name === 'delete-work-vm') services.jobsRepository.update(id, { state: 'failed' })
    // a removal that failed for good is tried again at the next look
    expect(services.workVms.emptyBin()).toBe(1)
  })

  it('takes a lab while it is checked, and gives up what is only being made', () => {
    const { services, workVm, course, jobs, state } = withVm({ state: 'ready' })
    services.workVms.freeze(workVm.id, 'submission-1')
    services.workVms.bin(workVm, course.teacher.id)
    expect([state(), jobs().map((job) => job.payload)]).toEqual(['binned', [{ workVmId: workVm.id, how: 'hibernate', orStop: true }]])
    const other = withVm({ state: 'requested', vmid: null })
    other.power('start')
    other.services.workVms.bin(other.services.workVms.get(other.workVm.id), other.course.teacher.id)
    expect(other.jobs().map((job) => `${job.name} ${job.state}`)).toEqual(['create-work-vm cancelled', 'start-work-vm cancelled'])
    expect(other.state()).toBe('binned')
  })

  it('gives a lab back, unless its student has another one by now', () => {
    const { services, workVm, course, state, given, exercise, student } = withVm()
    const restore = () => services.workVms.restore(services.workVms.get(workVm.id))
    services.workVms.bin(workVm, course.teacher.id)
    restore()
    expect(state()).toBe('stopped')
    expect(restore).toThrow(refused('WORK_VM_STATE'))
    services.workVms.bin(services.workVms.get(workVm.id), course.teacher.id)
    given.workVm(exercise, student)
    expect(restore).toThrow(refused('WORK_VM_STATE'))
  })
})

it('makes a teacher his own lab once, and a student none that was not given to him', () => {
  const { services, course, exercise, given, jobs } = withVm()
  const first = services.workVms.ensureOwn(course.teacher, exercise.id, 'try')
  expect(services.workVms.ensureOwn(course.teacher, exercise.id, 'try').id).toBe(first.id)
  expect(jobs().map((job) => job.name)).toEqual(['create-work-vm'])
  expect(() => services.workVms.ensureOwn(given.enrolled(exercise), exercise.id, 'student')).toThrow(refused('WORK_VM_NOT_FOUND'))
  expect(() => services.workVms.ensureOwn(given.enrolled(exercise), exercise.id, 'try')).toThrow(refused('FORBIDDEN'))
})

it('knows which endpoint another lab holds', () => {
  const { services, workVm } = withVm({ state: 'ready', endpoint: { host: '127.77.0.9', port: 3080 } })
  const claimed = (host: string, port: number, except: string) => services.workVms.isClaimed({ host, port }, except)
  expect([claimed('127.77.0.9', 3080, 'other'), claimed('127.77.0.9', 3081, 'other'), claimed('127.77.0.9', 3080, workVm.id)]).toEqual([
    true,
    false,
    false,
  ])
})
