import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import type { Fault } from '../../src/sandbox/proxmox/index.ts'
import type { PowerVerb, WorkVmState } from '../../src/work-vms/index.ts'
import { actorFor, exerciseText } from '../support/given.ts'
import { type LabBenchOptions, openLabBench } from '../support/lab-bench.ts'
import { waitFor } from '../support/wait.ts'

const home = '10.1.2.3'
const library = '10.9.9.9'
const directText = `${exerciseText}direct: true\n`
const never = new AbortController().signal
const hourMs = 3_600_000

/** A student with a lab that is made and switched off, on a network of which this server is 10.20.0.5. */
async function openLab({ text = directText, ...options }: LabBenchOptions & { text?: string } = {}) {
  const on = await openLabBench({ ...options, environment: { LAB_SERVER_ADDRESSES: '10.20.0.5', ...options.environment } })
  const { id: courseId, teacher } = on.given.course()
  const exercise = on.exercise(courseId, text)
  await on.services().enrollments.enroll(teacher, exercise.id, 'username\nana')
  await on.settled()
  const [made] = on.workVms()
  const id = made?.id ?? ''
  const student = actorFor(on.services().users.get(made?.userId ?? ''))
  const row = () => on.services().workVms.get(id)
  /** Who is let in, as Proxmox has it. */
  const letIn = () => {
    const rules = on.onProxmox().vms.find(({ vmid }) => vmid === row().vmid)?.firewall.rules ?? []
    return rules.flatMap(({ type, source }) => (type === 'in' && source !== '+netpraxis' ? [source] : []))
  }
  const stepsDone = (job: string, step: string) => {
    const ids = on.jobs().flatMap(({ id: jobId, name }) => (name === job ? [jobId] : []))
    const steps = on.db.query.select().from(tables.jobSteps).all()
    return steps.filter(({ jobId, name, state }) => ids.includes(jobId) && name === step && state === 'done').length
  }
  const press = (verb: PowerVerb, from: string | null = home, actor = student) => on.services().workVms.power(actor, id, verb, from)
  return {
    ...on,
    teacher,
    exercise,
    student,
    id,
    row,
    letIn,
    press,
    /** Pressed, and switched on; what is inside never answers here, so the start goes no further. */
    start: async (from: string | null = home, actor = student) => {
      const before = stepsDone('start-work-vm', 'power-on')
      press('start', from, actor)
      await waitFor('the lab to be on', () => stepsDone('start-work-vm', 'power-on') > before)
    },
    stop: async () => {
      press('stop')
      await on.settled()
    },
    /** As if its devices had answered, or as it was found: nothing is under way with it any more. */
    call: async (state: WorkVmState) => {
      for (const job of on.jobs().filter((one) => one.state === 'running')) on.services().jobs.cancel(job.id)
      await on.settled()
      on.db.query.update(tables.workVms).set({ state }).where(eq(tables.workVms.id, id)).run()
    },
    beginExam: () => {
      const { exams, exercises, clock } = on.services()
      const at = (ms: number) => new Date(clock.now() + ms).toISOString()
      exercises.setRules(teacher, exercise.id, { opensAt: at(-hourMs), closesAt: at(24 * hourMs) })
      exams.switchOn(teacher, exercise.id, { addresses: [], singleSession: false, collect: 'missing' }, '10.0.0.1')
    },
  }
}

describe('direct access', () => {
  it('is open for the address that the lab was started from while it is on, and for nobody when it is off', async () => {
    const { start, stop, letIn, row } = await openLab()
    await start()
    expect([letIn(), row().directAddress]).toEqual([[home], home])
    await stop()
    expect([letIn(), row().directAddress, row().state]).toEqual([[], null, 'stopped'])
  })

  it('is not there for an exercise that does not say so, and no address is kept', async () => {
    const { start, letIn, row, jobs, id } = await openLab({ text: exerciseText })
    await start()
    expect([letIn(), row().directAddress]).toEqual([[], null])
    expect(jobs().find(({ name }) => name === 'start-work-vm')?.payload).toEqual({ workVmId: id })
  })

  it('follows its student to another address with the next start, and leaves none behind', async () => {
    const { start, press, letIn, row, call } = await openLab()
    await start()
    await call('ready')
    press('reboot', library)
    await waitFor('the other address', () => row().directAddress === library && letIn().includes(library))
    expect(letIn()).toEqual([library])
  })

  it('is for its own student alone: started by somebody else it is shut, also where it was left open', async () => {
    const { start, letIn, row, teacher, call } = await openLab()
    await start()
    // found switched off from outside: no stop of ours took the rule away
    await call('stopped')
    expect(letIn()).toEqual([home])
    await start('10.0.0.77', teacher)
    expect([letIn(), row().directAddress]).toEqual([[], null])
  })

  it('is not opened for an address that names nobody, such as that of a proxy on this server', async () => {
    const { start, letIn } = await openLab()
    await start('127.0.0.1')
    expect(letIn()).toEqual([])
  })

  it('is never open in an exam: not by a start in it, and what was open before is shut', async () => {
    const { start, stop, letIn, row, beginExam, services, call } = await openLab()
    await start()
    await call('ready')
    await services().directAccess.sweep(never)
    expect(letIn()).toEqual([home])
    beginExam()
    await services().directAccess.sweep(never)
    expect([letIn(), row().directAddress]).toEqual([[], null])
    await stop()
    await start()
    expect([letIn(), row().directAddress]).toEqual([[], null])
  })

  it('outlives a restart of the application: opened once it goes on, and shut by a stop after it', async () => {
    const { press, restart, letIn, row, stop } = await openLab()
    press('start')
    await restart()
    await waitFor('the rule', () => letIn().includes(home))
    await restart()
    expect(row().directAddress).toBe(home)
    await stop()
    expect([letIn(), row().directAddress]).toEqual([[], null])
  })

  it('is open to the fresh VM of a lab that ran when it was started over', async () => {
    const { start, press, letIn, row, call } = await openLab()
    await start()
    await call('ready')
    const before = row().vmid
    press('reset', library)
    await waitFor('the fresh VM', () => row().vmid !== before && letIn().length > 0)
    expect(letIn()).toEqual([library])
  })
})

describe('a firewall that cannot be written', () => {
  const refusal: Fault = { fault: 'expired-ticket', method: 'POST', path: '/firewall/rules$' }

  it('stops no lab from being stopped; the address stays noted until it is gone', async () => {
    const { start, letIn, row, sandbox, stop } = await openLab()
    await start()
    sandbox.setFaults({ faults: [{ ...refusal, method: 'DELETE', path: '/firewall/rules/' }] })
    await stop()
    expect([row().state, row().directAddress]).toEqual(['stopped', home])
    sandbox.setFaults({ faults: [] })
    await start('127.0.0.1')
    expect([letIn(), row().directAddress]).toEqual([[], null])
  })

  it('keeps a lab from being started that somebody else would be let in to', async () => {
    const { press, row, sandbox, settled } = await openLab()
    sandbox.setFaults({ faults: [refusal] })
    press('start')
    await settled()
    expect([row().state, row().errorCode]).toEqual(['failed', 'PROXMOX_AUTH'])
  })
})
