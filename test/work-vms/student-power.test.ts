import { describe, expect, it } from 'vitest'
import type { AccessRequest } from '../../src/clients/proxmox/index.ts'
import { AppError } from '../../src/errors.ts'
import { createStudentPower } from '../../src/work-vms/index.ts'
import { actorFor, openBench } from '../support/given.ts'

async function begin({ isDirectory = true } = {}) {
  const { services, given } = openBench()
  const course = given.course()
  const exercise = given.exercise({ courseId: course.id })
  const student = actorFor(
    await services.users.createWithPassword({ username: 'ana', displayName: 'Ana', role: 'student' }, 'ana password'),
  )
  given.enrolled(exercise, student)
  const lab = given.workVm(exercise, student, { state: 'stopped', vmid: 20_001 })
  const written: AccessRequest[] = []
  const exam = { isOn: false }
  let refusal: Error | null = null
  const power = createStudentPower({
    proxmox: {
      writeAccess: async (request) => {
        if (refusal) throw refusal
        written.push(request)
      },
    },
    tickets: {
      ticketOf: async () => ({ username: 'ana@campus', value: 'v', csrf: 'c', issuedAt: 0 }),
      nameOf: (name) => `${name}@campus`,
    },
    directoryNameOf: () => (isDirectory ? 'ana' : null),
    isInExam: () => exam.isOn,
    audit: services.audit,
  })
  const lines: string[] = []
  const context = (createdBy: string | null) => ({
    ...{ createdBy, priority: 'interactive' as const, signal: new AbortController().signal },
    line: (text: string) => void lines.push(text),
  })
  const log = () => services.audit.list({ limit: 5 }).map(({ event }) => [event.action, event.onBehalfOf, event.details])
  return { power, lab, student, written, exam, context, log, lines, refuse: (error: Error) => (refusal = error) }
}

describe('a job of a lab', () => {
  it('asks under the ticket of the student who pressed, and of nobody else', async () => {
    const { power, lab, student, context } = await begin()
    expect((await power.behalfOf(context(student.id), lab)?.ticket())?.username).toBe('ana@campus')
    expect(power.behalfOf(context('teacher'), lab)).toBeUndefined()
    expect(power.behalfOf(context(null), lab)).toBeUndefined()
  })

  it('says in the audit log on whose behalf the service account asked', async () => {
    const { power, lab, student, context, log } = await begin()
    power.behalfOf(context(student.id), lab)?.onAsked('service')
    expect(log()[0]).toEqual(['work-vm.asked-proxmox', student.id, { as: 'service' }])
  })

  it('uses no ticket while an exam of his runs, and takes the rule away', async () => {
    const { power, lab, student, context, exam, written } = await begin()
    exam.isOn = true
    expect(await power.behalfOf(context(student.id), lab)?.ticket()).toBeNull()
    await power.settleAccess(context(student.id), lab)
    expect(written).toMatchObject([{ vmid: 20_001, username: 'ana@campus', isGranted: false }])
  })

  it('gives the rule with the lab and takes it when the lab is on its way out', async () => {
    const { power, lab, context, written } = await begin()
    await power.settleAccess(context(null), lab)
    await power.settleAccess(context(null), { ...lab, state: 'binned' })
    expect(written.map(({ isGranted, role }) => [isGranted, role])).toEqual([
      [true, 'NetPraxisStudent'],
      [false, 'NetPraxisStudent'],
    ])
  })

  it('gives no rule on a lab that is frozen: it is switched on to be checked, after the end of an exam too', async () => {
    const { power, lab, context, written } = await begin()
    await power.settleAccess(context(null), { ...lab, frozenFor: 'a submission' })
    expect(written).toMatchObject([{ isGranted: false }])
  })

  it('says in the audit log for whom the service account resets, and for nobody who did not press it', async () => {
    const { power, lab, student, context, log } = await begin()
    power.noteByService(context('teacher'), lab, 'reset')
    expect(log().filter(([action]) => action === 'work-vm.asked-proxmox')).toEqual([])
    power.noteByService(context(student.id), lab, 'reset')
    expect(log()[0]).toEqual(['work-vm.asked-proxmox', student.id, { as: 'service', verb: 'reset' }])
  })

  it('goes on without a rule where Proxmox refuses it, and says so in its log', async () => {
    const { power, lab, context, lines, refuse } = await begin()
    refuse(new AppError('PROXMOX_REFUSED', { details: { reason: "user 'ana@campus' does not exist" } }))
    await power.settleAccess(context(null), lab)
    expect(lines.join()).toContain('20001')
  })

  it('has nothing to do with accounts of our own', async () => {
    const { power, lab, student, context, written } = await begin({ isDirectory: false })
    await power.settleAccess(context(student.id), lab)
    expect([power.behalfOf(context(student.id), lab), written]).toEqual([undefined, []])
  })
})
