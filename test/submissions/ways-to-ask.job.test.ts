import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { judgementSchema } from '../../src/evaluation/verdict.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { twoPcsAndServer } from '../support/archive.ts'
import { openBench } from '../support/given.ts'
import { gns3Account, startGraphicalLab, startSsh } from '../support/graphical-lab.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait.ts'

const head = 'netpraxis: 1\ntitle: A graphical host\nproject: lab.gns3project\ndevices:\n  PC1: { platform: vpcs }\n'
const marker = 'marker-of-this-lab'

function wordsOf(judgement: unknown): string {
  const { verdict, reason } = judgementSchema.parse(judgement)
  return `${verdict} ${reason.code}`
}

/** A student's lab that is ready, its GNS3 real, nothing behind it that would be Proxmox; `submit` lets the job of a submission run to its end. */
async function openLab(text: string, archive: Buffer, firstPort: number) {
  const projectId = randomUUID()
  const { gns3, apiPort } = await startGraphicalLab(archive, { projectId, firstPort })
  await gns3.writeProjectFile(projectId, 'netpraxis-marker.txt', `${marker}\n`)
  const bench = openBench({
    clock: systemClock,
    environment: {
      GNS3_USERNAME: gns3Account.username,
      GNS3_PASSWORD: gns3Account.password,
      GNS3_CONSOLE_PORTS: `${firstPort}-${firstPort + 40}`,
      COMMAND_TIMEOUT_SECONDS: '60',
    },
  })
  const { services, db, given } = bench
  const course = given.course()
  const exercise = given.exercise({ courseId: course.id, text })
  const lab = await gns3.readLab(projectId)
  db.query.update(tables.templateVms).set({ gns3ProjectId: projectId, lab }).where(eq(tables.templateVms.id, exercise.templateId)).run()
  const student = given.enrolled(exercise)
  const endpoint = { host: '127.0.0.1', port: apiPort }
  const workVm = given.workVm(exercise, student, { state: 'ready', endpoint, marker })
  const submit = async () => {
    const { id } = (await services.submissions.submit(student, workVm.id)).submission
    services.jobs.start()
    onTestFinished(() => services.jobs.stop())
    await waitFor('the submission to be checked', () => ['done', 'failed', 'review'].includes(services.submissions.get(id).state))
    const run = services.evaluations.listRunsOf(id)[0]
    const results = run === undefined ? [] : services.evaluations.listResults(run.id)
    return {
      submission: services.submissions.get(id),
      verdicts: results.map(({ criterionId, ...judgement }) => `${criterionId}: ${wordsOf(judgement)}`),
      stored: JSON.stringify([results, run === undefined ? [] : services.evaluations.listObservations(run.id)]),
    }
  }
  return { services, course, exercise, workVm, submit }
}

it('a submission asks a graphical host at its auxiliary console (GNS3 3.x)', async () => {
  const archive = await twoPcsAndServer({ console_type: 'vnc', aux_type: 'telnet', aux: 5012 })
  const text = `${head}  SRV: { platform: linux }
criteria:
  - { id: self, title: SRV answers itself, module: ping, device: SRV, params: { to: 127.0.0.1, count: 2 }, points: 1, within: 0 }
`
  const { submit } = await openLab(text, archive, 33_650)
  const { submission, verdicts } = await submit()
  expect([submission.errorCode, submission.errorDetails]).toEqual([null, null])
  expect(verdicts).toEqual(['self: pass PING_REPLIED'])
  expect(submission).toMatchObject({ state: 'done', errorCode: null })
})

it('a submission asks a graphical host by SSH through the work VM, and pins the keys of both for the lab', async () => {
  const archive = await twoPcsAndServer({ console_type: 'vnc' })
  const [vm, host] = [await startSsh('gns3', 'hush'), await startSsh('root', 'hush')]
  const file = join(tempFolder(), 'motd')
  await writeFile(file, 'welcome to SRV\n')
  const way = `via: ssh, host: 127.0.0.1, port: ${host}, jump: work-vm, jump_port: ${vm}, jump_username: gns3, jump_password: { secret: HOST }`
  const text = `${head}  SRV: { platform: linux, username: root, password: { secret: HOST }, connect: { ${way} } }
criteria:
  - { id: motd, title: SRV greets, module: file, device: SRV, params: { path: ${file}, contains: [welcome to SRV] }, points: 1, within: 0 }
  - { id: none, title: SRV has no such file, module: file, device: SRV, params: { path: ${file}.gone }, points: 1, within: 0 }
`
  const { services, course, exercise, workVm, submit } = await openLab(text, archive, 33_700)
  services.exercises.setSecrets(course.teacher, exercise.id, new Map([['HOST', 'hush']]))
  const { submission, verdicts, stored } = await submit()
  expect(verdicts.map((line) => line.replace(/ [A-Z_]+$/u, ''))).toEqual(['motd: pass', 'none: fail'])
  expect(submission).toMatchObject({ state: 'done', errorCode: null })
  expect(Object.keys(services.workVms.get(workVm.id).hostKeys ?? {}).sort()).toEqual(['work-vm', `work-vm/127.0.0.1:${host}`])
  expect(stored).not.toContain('hush')
})
