import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiSession } from '../support/api.ts'
import type { Application } from '../support/application.ts'
import { twoPcsAndServer } from '../support/archive.ts'
import { ownVms, ownVolumes } from '../support/sandbox.ts'
import {
  acceptedSchema,
  createCourse,
  createExercise,
  jobDone,
  jobIdSchema,
  labState,
  listOf,
  ownWorkVm,
  power,
  projectFile,
  readExercise,
  readSubmission,
  readTopology,
  readWorkVm,
  startLab,
  submitAndWait,
  tryWorkVm,
  typeInto,
  verdictsOf,
} from '../support/steps.ts'
import { waitFor } from '../support/wait.ts'
import { createWorld, type World } from '../support/world.ts'

const twoLans = `
netpraxis: 1
title: Static routing between two LANs
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
  R1: { platform: cisco_ios }
  R2: { platform: cisco_ios }
preconfigure:
  - { device: R1, commands: [configure terminal, hostname R1, no ip domain lookup, end], expect: "R1#" }
  - { device: R2, commands: [configure terminal, hostname R2, no ip domain lookup, end], expect: "R2#" }
criteria:
  - { id: pc1-gateway, title: PC1 reaches its gateway, module: ping, device: PC1, params: { to: 10.0.1.1, count: 3 }, points: 1, within: 5 }
  - { id: r1-r2, title: R1 reaches R2, module: ping, device: R1, params: { to: 10.0.12.2, count: 3 }, points: 1, within: 5 }
  - { id: pc2-gateway, title: PC2 reaches its gateway, module: ping, device: PC2, params: { to: 10.0.2.1, count: 3 }, points: 1, within: 5 }
  - { id: r2-lan1, title: R2 reaches the first LAN, module: ping, device: R2, params: { to: 10.0.1.1, count: 3 }, points: 1, within: 5 }
  - { id: pc1-pc2, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.2.10, count: 3 }, points: 2, within: 5 }
  - id: path
    title: The way from PC1 to PC2 leads over both routers
    module: traceroute
    device: PC1
    params: { to: 10.0.2.10, via: [10.0.1.1, 10.0.12.2], max_hops: 6 }
    points: 2
    requires: [pc1-pc2]
    within: 5
  - { id: r1-path, title: R1 reaches PC2 over R2, module: traceroute, device: R1, params: { to: 10.0.2.10, via: [10.0.12.2], max_hops: 6 }, points: 1, within: 5 }
  - { id: cables, title: The cabling is as it was handed out, module: topology, params: {}, points: 1 }
`
const maxPoints = 10

const withServer = `
netpraxis: 1
title: A server on the switch
create: start
devices:
  PC1: { platform: vpcs }
  SRV: { platform: linux }
criteria:
  - { id: pc1-srv, title: PC1 reaches SRV, module: ping, device: PC1, params: { to: 10.0.0.10, count: 3 }, points: 1, within: 5 }
  - { id: srv-pc1, title: SRV reaches PC1, module: ping, device: SRV, params: { to: 10.0.0.1, count: 3 }, points: 1, within: 5 }
  - { id: srv-direct, title: SRV is one hop away, module: traceroute, device: SRV, params: { to: 10.0.0.1, max_hops: 4 }, points: 1, within: 5 }
`

const router = (lines: readonly string[]) => ['enable', 'configure terminal', ...lines, 'end', 'write memory']
const r1Right = router([
  'interface FastEthernet0/0',
  'ip address 10.0.1.1 255.255.255.0',
  'no shutdown',
  'interface FastEthernet0/1',
  'ip address 10.0.12.1 255.255.255.252',
  'no shutdown',
  'exit',
  'ip route 10.0.2.0 255.255.255.0 10.0.12.2',
])
const r2Core = ['interface FastEthernet0/1', 'ip address 10.0.12.2 255.255.255.252', 'no shutdown', 'exit']
const r2Lan = ['interface FastEthernet0/0', 'ip address 10.0.2.1 255.255.255.0']
const wayBack = 'ip route 10.0.1.0 255.255.255.0 10.0.12.1'

async function solve(session: ApiSession, workVmId: string): Promise<void> {
  await typeInto(session, workVmId, 'PC1', ['ip 10.0.1.10/24 10.0.1.1', 'save'])
  await typeInto(session, workVmId, 'PC2', ['ip 10.0.2.10/24 10.0.2.1', 'save'])
  await typeInto(session, workVmId, 'R1', r1Right)
  await typeInto(session, workVmId, 'R2', router([...r2Core, ...r2Lan, 'no shutdown', 'exit', wayBack]))
}

const outcomes = z.object({
  lines: z.array(z.object({ line: z.number(), username: z.string(), outcome: z.string(), message: z.string().optional() })),
})
const enrolled = z.object({
  created: z.number(),
  unchanged: z.number(),
  rejected: z.array(z.object({ line: z.number(), outcome: z.string() })),
  jobIds: z.array(z.string()),
  oneTimePasswords: z.array(z.object({ username: z.string(), password: z.string() })),
})
const classRows = listOf(
  z.object({
    id: z.string(),
    userId: z.string(),
    username: z.string(),
    workVmId: z.string().nullable(),
    workVmState: z.string().nullable(),
  }),
)

const fresh = Array.from({ length: 28 }, (_, index) => `s${String(index + 1).padStart(2, '0')}`)
/** Thirty students (two known accounts, the others unknown), one of them twice, and a line that is none. */
const classList = [
  'username;name;email;group',
  'ana;Ana Almeida;ana@example.org;P1',
  'bruno;Bruno Barros;bruno@example.org;P2',
  ...fresh.map((name) => `${name};Student ${name};${name}@example.org;P1`),
  'ana;Ana Almeida;ana@example.org;P1',
  'no user name;;not-an-address;P1',
  '',
].join('\r\n')

const csv = (session: ApiSession, path: string, list: string) => session.request('POST', path, list, { 'content-type': 'text/csv' })

describe('the main path', () => {
  let world: World
  let application: Application
  let teacher: ApiSession
  let exerciseId: string
  const proof: { unprovenRefused?: string; afterUntouched?: boolean | undefined; afterSolution?: boolean | undefined; published?: number } =
    {}
  const enrollment: {
    dry?: z.infer<typeof outcomes>
    first?: z.infer<typeof enrolled>
    again?: z.infer<typeof enrolled>
    after?: z.infer<typeof outcomes>
  } = {}

  const prove = async (scenario: string) => {
    const { jobId } = await teacher.post(`/exercises/${exerciseId}/prove`, { scenario }, jobIdSchema)
    await jobDone(teacher, jobId ?? '')
    return (await readExercise(teacher, exerciseId)).isProven
  }

  /** The teacher's part: from the file to a published exercise with a class. */
  beforeAll(async () => {
    world = await createWorld()
    application = await world.start()
    teacher = await application.signIn('teacher')
    const courseId = await createCourse(teacher, 'Computer Networks')
    const project = await projectFile('sample5-two-routers-two-pcs')
    const { id, jobId } = await createExercise(teacher, { courseId, exercise: twoLans, project })
    exerciseId = id
    await jobDone(teacher, jobId)

    const { id: labId } = await tryWorkVm(teacher, id)
    await startLab(teacher, labId)
    proof.unprovenRefused = await teacher.refusal('POST', `/exercises/${id}/publish`, {})
    proof.afterUntouched = await prove('untouched')
    await solve(teacher, labId)
    proof.afterSolution = await prove('solution')
    proof.published = (await teacher.request('POST', `/exercises/${id}/publish`, {})).status
    await power(teacher, labId, 'stop')

    const path = `/exercises/${id}/enrollments`
    enrollment.dry = outcomes.parse((await csv(teacher, `${path}?dryRun=1`, classList)).json())
    enrollment.first = enrolled.parse((await csv(teacher, path, classList)).json())
    enrollment.again = enrolled.parse((await csv(teacher, path, classList)).json())
    enrollment.after = outcomes.parse((await csv(teacher, `${path}?dryRun=1`, classList)).json())
    for (const job of enrollment.first.jobIds) await jobDone(teacher, job)
  }, 600_000)

  afterAll(async () => {
    await application?.stop()
    await world?.end()
  })

  it('publishes without a confirmation once the untouched lab fails and the solution scores full', async () => {
    expect(proof).toEqual({ unprovenRefused: '409 EXERCISE_UNPROVEN', afterUntouched: false, afterSolution: true, published: 200 })
    expect(await readExercise(teacher, exerciseId)).toMatchObject({ state: 'published', isProven: true })
  })

  it('enrolls the thirty usable lines of a list once, and says what is wrong with the others', async () => {
    const count = (lines: z.infer<typeof outcomes>['lines'] = []) =>
      Object.fromEntries(
        [...new Set(lines.map((line) => line.outcome))].map((outcome) => [
          outcome,
          lines.filter((line) => line.outcome === outcome).length,
        ]),
      )
    expect(count(enrollment.dry?.lines)).toEqual({ known: 2, 'will-create': 28, duplicate: 1, malformed: 1 })
    expect(enrollment.dry?.lines.filter((line) => line.message !== undefined).map((line) => [line.line, line.outcome])).toEqual([
      [32, 'duplicate'],
      [33, 'malformed'],
    ])
    expect(enrollment.first).toMatchObject({ created: 30, unchanged: 0, rejected: [{ line: 32 }, { line: 33 }] })
    expect(enrollment.first?.jobIds).toHaveLength(30)
    expect(enrollment.first?.oneTimePasswords.map((one) => one.username)).toEqual(fresh)
    expect(enrollment.again).toMatchObject({ created: 0, unchanged: 30, jobIds: [], oneTimePasswords: [] })
    expect(count(enrollment.after?.lines)).toEqual({ enrolled: 30, duplicate: 1, malformed: 1 })
    const { items } = await teacher.get(`/exercises/${exerciseId}/enrollments`, classRows)
    expect(items.filter((row) => row.workVmState === 'stopped')).toHaveLength(30)
    expect(new Set(items.map((row) => row.workVmId)).size).toBe(30)
  })

  it('makes linked clones, one a student, that hang on the disk of the template', async () => {
    const state = await world.sandbox.state()
    const templates = ownVms(state).filter((vm) => vm.template)
    expect(templates).toHaveLength(1)
    const clones = ownVolumes(state).filter((volume) => volume.vmid !== templates[0]?.vmid)
    expect(clones).toHaveLength(31)
    expect(clones.every((volume) => volume.base?.includes(`base-${templates[0]?.vmid}-disk-0`))).toBe(true)
  })

  it('gives every lab a firewall that lets nobody in but the server, and nothing out', async () => {
    const labs = ownVms(await world.sandbox.state()).filter((vm) => !vm.template)
    expect(labs).toHaveLength(31)
    for (const { firewall } of labs) {
      expect(firewall.options).toMatchObject({ enable: 1, policy_in: 'DROP', policy_out: 'DROP' })
      expect(firewall.rules).toMatchObject([{ type: 'in', action: 'ACCEPT', source: '+netpraxis' }])
    }
  })

  it('lets a new account in with its one-time password only to change it', async () => {
    const { username = '', password = '' } = enrollment.first?.oneTimePasswords[0] ?? {}
    const student = await application.signInWith(username, password)
    expect(await student.refusal('GET', `/exercises/${exerciseId}`)).toBe('403 PASSWORD_CHANGE_REQUIRED')
  })

  it('finds exactly what a student did wrong, and gives full points for the repair', async () => {
    const ana = await application.signIn('ana')
    const bruno = await application.signIn('bruno')
    const carla = await application.signIn('carla')
    const { id: labId, state } = await ownWorkVm(ana, exerciseId)
    expect(state).toBe('stopped')
    expect(await ana.refusal('POST', `/work-vms/${labId}/submissions`)).toBe('409 LAB_NOT_READY')

    const first = await power(ana, labId, 'start')
    expect(await power(ana, labId, 'start')).toEqual(first)
    await labState(ana, labId, 'ready')
    expect((await ana.request('POST', `/work-vms/${labId}/start`)).json()).toEqual({ jobId: null })
    const topology = await readTopology(ana, labId)
    expect(topology.devices.map((device) => [device.name, device.state])).toEqual(
      expect.arrayContaining([
        ['PC1', 'started'],
        ['R1', 'started'],
        ['SW1', 'started'],
      ]),
    )
    expect(topology.links).toHaveLength(5)

    // a wrong mask on PC1, a shut interface and no way back on R2
    await typeInto(ana, labId, 'PC1', ['ip 10.0.1.10/30'])
    await typeInto(ana, labId, 'PC2', ['ip 10.0.2.10/24 10.0.2.1', 'save'])
    await typeInto(ana, labId, 'R1', r1Right)
    await typeInto(ana, labId, 'R2', router([...r2Core, ...r2Lan, 'shutdown']))
    const wrong = await submitAndWait(ana, labId)
    expect(verdictsOf(wrong)).toEqual({
      pass: ['r1-r2', 'cables'],
      fail: ['pc1-gateway', 'pc2-gateway', 'r2-lan1', 'pc1-pc2', 'r1-path'],
      skipped: ['path'],
      inconclusive: [],
    })
    const named = { 'pc1-gateway': 'PC1', 'pc2-gateway': 'PC2', 'r2-lan1': 'R2', 'pc1-pc2': 'PC1', 'r1-path': 'R1' }
    for (const [id, device] of Object.entries(named)) expect(wrong.criteria.find((one) => one.id === id)?.why, id).toContain(device)
    expect(wrong).toMatchObject({ state: 'done', points: 2, maxPoints, undecidedPoints: 0, attemptUsed: true })

    // mask and interface are right now; the way back is still missing
    await typeInto(ana, labId, 'PC1', ['ip 10.0.1.10/24 10.0.1.1', 'save'])
    await typeInto(ana, labId, 'R2', router([...r2Lan, 'no shutdown']))
    const better = await submitAndWait(ana, labId)
    expect(verdictsOf(better)).toMatchObject({ fail: ['r2-lan1', 'pc1-pc2'], skipped: ['path'], inconclusive: [] })
    expect(better.criteria.find((one) => one.id === 'r2-lan1')?.why).toContain('R2')

    await typeInto(ana, labId, 'R2', router([wayBack]))
    const { id: submissionId, jobId } = await ana.post(`/work-vms/${labId}/submissions`, undefined, acceptedSchema)
    expect(await ana.refusal('POST', `/work-vms/${labId}/submissions`)).toBe('409 SUBMISSION_OPEN')
    for (const verb of ['stop', 'reset', 'start', 'suspend'])
      expect(await ana.refusal('POST', `/work-vms/${labId}/${verb}`)).toBe('409 LAB_FROZEN')
    await jobDone(ana, jobId)
    const right = await readSubmission(ana, submissionId)
    expect(verdictsOf(right)).toMatchObject({ fail: [], skipped: [], inconclusive: [] })
    expect(right).toMatchObject({ points: maxPoints, maxPoints, undecidedPoints: 0 })

    // nobody else sees any of it: another student of the class, and one who is not in it
    const hers = [
      `/work-vms/${labId}`,
      `/work-vms/${labId}/topology`,
      `/work-vms/${labId}/submissions`,
      `/submissions/${submissionId}`,
      `/submissions/${submissionId}/evidence`,
      `/submissions/${submissionId}/configurations`,
      `/jobs/${jobId}`,
    ]
    for (const other of [bruno, carla]) {
      for (const path of hers) expect(await other.refusal('GET', path), path).toMatch(/^404 /)
      for (const verb of ['start', 'stop', 'reset']) expect(await other.refusal('POST', `/work-vms/${labId}/${verb}`)).toMatch(/^404 /)
      expect(await other.refusal('POST', `/work-vms/${labId}/submissions`)).toMatch(/^404 /)
      expect(await other.refusal('POST', `/submissions/${submissionId}/review`, { reason: 'mine' })).toMatch(/^40[34] /)
    }
    expect(await carla.refusal('GET', `/exercises/${exerciseId}`)).toMatch(/^404 /)
    expect(await bruno.refusal('GET', `/exercises/${exerciseId}/results.csv`)).toMatch(/^40[34] /)

    // the teacher reads what was seen and decides otherwise
    const evidence = await teacher.get(
      `/submissions/${wrong.id}/evidence`,
      z.object({
        items: z.array(z.object({ criterionId: z.string(), device: z.string(), command: z.string(), text: z.string(), raw: z.string() })),
      }),
    )
    const seen = evidence.items.filter((item) => item.criterionId === 'pc1-gateway')
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every((item) => item.device === 'PC1' && item.raw.length > 0)).toBe(true)
    expect(seen.map((item) => item.command).join('\n')).toContain('ping 10.0.1.1')
    const configurations = await teacher.get(
      `/submissions/${wrong.id}/configurations`,
      z.object({
        items: z.array(z.object({ device: z.string(), kind: z.string(), text: z.string().nullable(), problem: z.string().nullable() })),
      }),
    )
    const textOf = (device: string, kind: string) =>
      configurations.items.find((item) => item.device === device && item.kind === kind)?.text ?? ''
    expect(textOf('R2', 'running')).toMatch(/interface FastEthernet0\/0[\s\S]*?shutdown/)
    expect(textOf('R1', 'saved')).toContain('ip route 10.0.2.0 255.255.255.0 10.0.12.2')
    expect(textOf('PC1', 'running')).toContain('10.0.1.10')
    expect(
      await ana.refusal('POST', `/submissions/${wrong.id}/review`, { criterionId: 'pc1-gateway', verdict: 'pass', reason: 'please' }),
    ).toBe('403 FORBIDDEN')
    const decided = await teacher.request('POST', `/submissions/${right.id}/review`, {
      criterionId: 'path',
      verdict: 'fail',
      points: 0.5,
      reason: 'the other way was asked for',
    })
    expect(decided.status).toBe(200)
    const reviewed = await readSubmission(ana, right.id)
    expect(reviewed.points).toBe(maxPoints - 1.5)
    expect(reviewed.criteria.find((one) => one.id === 'path')).toMatchObject({
      verdict: 'fail',
      points: 0.5,
      override: { reason: 'the other way was asked for' },
    })

    // results as they count now
    const table = await teacher.request('GET', `/exercises/${exerciseId}/results.csv`)
    expect(table.headers.get('content-type')).toContain('text/csv')
    const [header = '', ...rows] = table.text.trim().split('\r\n')
    expect(rows).toHaveLength(30)
    expect(header.split(',').slice(0, 8)).toEqual([
      'username',
      'name',
      'group',
      'attempts',
      'submitted_at',
      'points',
      'max_points',
      'undecided_points',
    ])
    expect(rows.find((row) => row.startsWith('ana,'))).toMatch(/^ana,Ana Almeida,P1,3,[^,]+,8\.5,10,0,pass,1,/)
    const json = await teacher.get(
      `/exercises/${exerciseId}/results.json`,
      z.object({ items: z.array(z.object({ username: z.string(), points: z.number().nullable() })) }),
    )
    expect(json.items.find((item) => item.username === 'ana')?.points).toBe(8.5)
    expect(json.items.find((item) => item.username === 'bruno')?.points).toBeNull()
    const xml = await teacher.request('GET', `/exercises/${exerciseId}/results.xml`)
    expect(xml.text).toMatch(/<testsuite name="ana" tests="8" failures="1" errors="0" skipped="0">/)

    // off and on: what was saved is there, what was not is gone; a reset starts over and keeps the submissions
    await typeInto(ana, labId, 'PC1', ['ip 10.0.1.99/24 10.0.1.1'])
    await power(ana, labId, 'stop')
    await labState(ana, labId, 'stopped')
    await startLab(ana, labId)
    expect((await typeInto(ana, labId, 'PC1', ['show ip'])).join()).toContain('10.0.1.10/24')
    expect((await typeInto(ana, labId, 'R2', ['enable', 'show running-config | include ip route'])).join()).toContain(wayBack)
    const { vmid } = await readWorkVm(teacher, labId)
    await power(ana, labId, 'reset')
    await waitFor('another VM', async () => (await readWorkVm(teacher, labId)).vmid !== vmid)
    await labState(ana, labId, 'ready')
    expect((await typeInto(ana, labId, 'PC1', ['show ip'])).join()).toContain('0.0.0.0/0')
    const kept = await ana.get(`/work-vms/${labId}/submissions`, listOf(z.object({ id: z.string() })))
    expect(kept.items).toHaveLength(3)
  })

  it('puts the lab of a student who leaves into the bin, and gives it back when he returns', async () => {
    const bruno = await application.signIn('bruno')
    const lab = await ownWorkVm(bruno, exerciseId)
    await startLab(bruno, lab.id)
    await typeInto(bruno, lab.id, 'PC1', ['ip 10.0.1.10/24', 'save'])
    const last = await bruno.post(`/work-vms/${lab.id}/submissions`, undefined, acceptedSchema)
    // he is out at once; what was accepted is evaluated to its end before the lab sleeps
    const enrollmentPath = `/exercises/${exerciseId}/enrollments/${bruno.userId}`
    expect((await teacher.request('DELETE', enrollmentPath)).status).toBe(204)
    expect(await bruno.refusal('GET', `/work-vms/${lab.id}`)).toMatch(/^404 /)
    expect(await bruno.refusal('GET', `/exercises/${exerciseId}`)).toMatch(/^404 /)
    expect((await readWorkVm(teacher, lab.id)).state).toBe('binned')
    await jobDone(teacher, last.jobId)
    expect(await readSubmission(teacher, last.id)).toMatchObject({ state: 'done', undecidedPoints: 0, attemptUsed: true })
    const { vmid } = await readWorkVm(teacher, lab.id)
    await waitFor('the VM in the bin to be off', async () =>
      ownVms(await world.sandbox.state()).some((vm) => vm.vmid === vmid && !vm.running),
    )

    await csv(teacher, `/exercises/${exerciseId}/enrollments`, 'username\nbruno\n')
    expect((await ownWorkVm(bruno, exerciseId)).id).toBe(lab.id)
    await labState(bruno, lab.id, 'stopped')
    await startLab(bruno, lab.id)
    expect((await typeInto(bruno, lab.id, 'PC1', ['show ip'])).join()).toContain('10.0.1.10/24')
    await power(bruno, lab.id, 'stop')
    await labState(bruno, lab.id, 'stopped')
  })
})

describe('an exercise with a Linux-like node', () => {
  let world: World
  let application: Application

  beforeAll(async () => {
    world = await createWorld()
    application = await world.start()
  })

  afterAll(async () => {
    await application?.stop()
    await world?.end()
  })

  it('is graded as any other, caps hasty submissions, and leaves nothing on Proxmox when it is archived', async () => {
    const teacher = await application.signIn('teacher')
    const eva = await application.signIn('eva')
    const courseId = await createCourse(teacher, 'Servers')
    const { id, jobId } = await createExercise(teacher, { courseId, exercise: withServer, project: await twoPcsAndServer() })
    await jobDone(teacher, jobId)
    await teacher.request('POST', `/exercises/${id}/publish`, { unproven: true })
    await teacher.request('POST', `/exercises/${id}/enrollments`, { usernames: ['eva'] })
    const lab = await ownWorkVm(eva, id)
    expect(lab.state).toBe('requested')
    await startLab(eva, lab.id)
    const restart = await power(eva, lab.id, 'reboot')
    expect(await power(eva, lab.id, 'reboot')).toEqual(restart)
    await jobDone(eva, restart.jobId ?? '')
    await labState(eva, lab.id, 'ready')
    await typeInto(eva, lab.id, 'PC1', ['ip 10.0.0.1/24'])
    await typeInto(eva, lab.id, 'SRV', ['ip addr add 10.0.0.10/24 dev eth0', 'ip link set eth0 up'])
    const submission = await submitAndWait(eva, lab.id)
    expect(verdictsOf(submission)).toEqual({ pass: ['pc1-srv', 'srv-pc1', 'srv-direct'], fail: [], skipped: [], inconclusive: [] })
    expect(submission).toMatchObject({ points: 3, maxPoints: 3 })

    const begun = Date.now()
    let accepted = 1
    let refused: string | undefined
    while (refused === undefined && accepted < 10) {
      const answer = await eva.request('POST', `/work-vms/${lab.id}/submissions`)
      if (answer.status === 202) {
        accepted += 1
        await jobDone(eva, acceptedSchema.parse(answer.json()).jobId)
      } else refused = `${answer.status} ${z.object({ error: z.object({ code: z.string() }) }).parse(answer.json()).error.code}`
    }
    // a machine so slow that six take a minute cannot show the cap
    if (Date.now() - begun < 60_000) expect([accepted, refused]).toEqual([6, '429 SUBMISSIONS_TOO_FAST'])

    expect((await teacher.request('POST', `/exercises/${id}/archive`)).status).toBe(200)
    await waitFor(
      'Proxmox to be clear of it',
      async () => {
        const state = await world.sandbox.state()
        return ownVms(state).length === 0 && ownVolumes(state).length === 0 && state.orphans.length === 0
      },
      { deadlineMs: 60_000 },
    )
    expect(await readExercise(teacher, id)).toMatchObject({ state: 'archived' })
    expect(await readSubmission(teacher, submission.id)).toMatchObject({ state: 'done', points: 3 })
    expect(await readSubmission(eva, submission.id)).toMatchObject({ points: 3 })
    expect(await eva.refusal('POST', `/work-vms/${lab.id}/start`)).toMatch(/^4/)
  })
})
