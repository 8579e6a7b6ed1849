import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import type { RecordedLab } from '../../src/exercises/index.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'
import { type AttackBench, openAttackBench } from './attack-bench.ts'
import { labAttacks } from './cases/labs.ts'
import { handedOut, labMarker, labProjectId, startTamperedMachine, type TamperedMachine, type Tampering } from './hostile-machine.ts'

const text = `netpraxis: 1
title: A static route
devices: { R1: { platform: cisco_ios }, R2: { platform: cisco_ios } }
criteria:
  - { id: r1, title: R1 has it, module: route, device: R1, params: { prefix: 10.0.2.0/24, via: [ 10.0.12.2 ] }, points: 1, within: 0 }
`
const [cable] = handedOut.links
const endOf = (index: number) => {
  const end = cable?.nodes[index]
  return { deviceId: end?.node_id ?? '', adapter: end?.adapter_number ?? 0, port: end?.port_number ?? 0, label: null }
}
const recorded: RecordedLab = {
  projectId: labProjectId,
  devices: handedOut.nodes.map(({ node_id, name, node_type }) => ({
    ...{ id: node_id, name, type: node_type, state: 'stopped' as const, console: { type: 'telnet', port: 5_000 } },
    ...{ properties: {}, ports: [], symbol: '', x: 0, y: 0 },
  })),
  links: [{ id: 'cable', ends: [endOf(0), endOf(1)], suspended: false }],
}

let on: AttackBench
let exerciseId: string
let untouched: string
let healthWhileFlooded: number
const machines: TamperedMachine[] = []
const submissions = new Map<string, string>()

/** A student, his lab on a machine of his own, and his submission. */
async function submitFrom(name: string, index: number, exercise: ReturnType<AttackBench['given']['exercise']>, tampering: Tampering) {
  const student = on.given.enrolled(exercise, actorFor(on.given.user({ username: name })))
  const machine = await startTamperedMachine(`127.77.9.${index + 1}`, tampering)
  machines.push(machine)
  const values = { state: 'ready' as const, readyAt: new Date().toISOString(), marker: labMarker, endpoint: machine.endpoint }
  const lab = on.given.workVm(exercise, student, values)
  return async () => submissions.set(name, (await on.services.submissions.submit(student, lab.id)).submission.id)
}

/** Everything that a lab must not change, whatever it answers. */
const others = () => on.state(['users', 'courses', 'courseMembers', 'exercises', 'exerciseRevisions', 'templateVms', 'enrollments'])

/** All labs at once, as in a class: the honest one is asked while the others flood and lie. */
beforeAll(async () => {
  on = await openAttackBench({ environment: { GNS3_CONSOLE_PORTS: '1024-65535', EVALUATION_CONCURRENCY: '50' } })
  const exercise = on.given.exercise({ courseId: on.course.id, text })
  exerciseId = exercise.id
  const handOut = { gns3ProjectId: labProjectId, lab: recorded }
  on.services.db.query.update(tables.templateVms).set(handOut).where(eq(tables.templateVms.id, exercise.templateId)).run()
  const attackers = labAttacks.map(({ what, tampering }) => [what, tampering] as const)
  const submits = await Promise.all(
    [['honest', {}] as const, ...attackers].map(([what, tampering], index) => submitFrom(`s${index} ${what}`, index, exercise, tampering)),
  )
  untouched = others()
  for (const submit of submits) await submit()
  on.services.jobs.start()
  const isOpen = (id: string) => ['queued', 'evaluating'].includes(on.services.submissions.get(id).state)
  await waitFor('the first lab to be refused', () => [...submissions.values()].some((id) => !isOpen(id)))
  healthWhileFlooded = (await on.app.inject('/healthz')).statusCode
  await waitFor('every submission to end', () => ![...submissions.values()].some(isOpen), { deadlineMs: 120_000 })
}, 150_000)
afterAll(async () => {
  for (const machine of machines) machine.close()
  await on?.services.jobs.stop()
  await on?.close()
})

const submissionOf = (name: string) => {
  const id = submissions.get(name)
  if (id === undefined) throw new Error(`nothing was submitted by ${name}`)
  return on.services.submissions.get(id)
}

describe('a lab in the hands of its student', () => {
  it.each(labAttacks.map((attack, index) => [attack.class, attack.what, attack, index + 1] as const))(
    'gets no point, changes nothing else and is noticed (%s): %s',
    (_class, what, attack, index) => {
      const { id, state, points, attemptUsed, workVmId } = submissionOf(`s${index} ${what}`)
      const expected = attack.ends === 'no-pass' ? ['done', 0, true] : ['failed', null, false]
      expect([state, points, attemptUsed]).toEqual(expected)
      expect(others()).toBe(untouched)
      const noticed = on.securityLines().filter((line) => line.code === attack.mark)
      expect(noticed.filter((line) => line.workVmId === workVmId || line.key === `submission:${id}`)).not.toEqual([])
    },
  )

  it('keeps nobody else from working, and an honest one gets its points meanwhile', () => {
    expect(healthWhileFlooded).toBe(200)
    expect(submissionOf('s0 honest')).toMatchObject({ state: 'done', points: 1 })
    expect(on.services.exercises.get(exerciseId).state).toBe('published')
  })
})
