import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { readProxmoxTasks } from '../../src/jobs/proxmox-tasks.ts'
import { startTestApp, type TestApp, type TestAppOptions, type TestBrowser } from '../support/app.ts'

let on: TestApp
let admin: TestBrowser

async function begin(options: TestAppOptions = {}): Promise<void> {
  on = await startTestApp(options)
  onTestFinished(() => on.close())
  await on.addUser('admin', 'admin')
  admin = await on.signIn('admin')
}

const clone = 'UPID:pve1:000000F4:0001DEC2:6B026CE1:qmclone:20000:netpraxis@pve!sandbox:'
const at = '2026-11-22T04:17:37.329Z'

describe('jobs for the administrator', () => {
  beforeEach(() => begin())

  /** A job of a student's lab, failed at a step that a Proxmox task belongs to. */
  function failedJob() {
    const course = on.given.course()
    const exercise = on.given.exercise({ courseId: course.id })
    const student = on.given.enrolled(exercise)
    const workVm = on.given.workVm(exercise, student)
    const id = on.services.jobs.enqueue('start-work-vm', { workVmId: workVm.id }, { priority: 'interactive', userId: student.id })
    const { jobsRepository } = on.services
    jobsRepository.beginStep({ jobId: id, name: 'power-on', position: 1, at })
    jobsRepository.appendStepLog(id, 'power-on', `${at} task ${clone}\n${at} <b>WARNING</b>: low space\n${at} TASK OK\n`)
    jobsRepository.updateStep(id, 'power-on', { state: 'failed', endedAt: at })
    jobsRepository.update(id, {
      state: 'failed',
      errorCode: 'PROXMOX_TASK_FAILED',
      errorDetails: { reason: 'unable to <start>' },
      endedAt: at,
    })
    return { id, workVm, student }
  }

  it('of new labs are held back and let go again by an administrator, who is told so and is on record', async () => {
    expect((await admin.post('/admin/clones/pause', {})).headers.location).toBe('/admin/jobs')
    expect(on.services.clonePause.since()).not.toBeNull()
    expect((await admin.get('/admin/jobs')).body).toContain('New labs are held back since')
    await admin.post('/admin/clones/resume', {})
    expect(on.services.clonePause.since()).toBeNull()
    expect((await admin.get('/admin/jobs')).body).toContain('Hold new labs back')
    const actions = on.services.audit.list({ action: 'clones.', limit: 10 }).map(({ event }) => event.action)
    expect(actions.sort()).toEqual(['clones.pause', 'clones.resume'])
  })

  it('are listed with what they are about and what went wrong, and filtered by state', async () => {
    const { student } = failedJob()
    const page = await admin.get('/admin/jobs?state=failed')
    expect(page.body).toContain(`Two PCs · ${student.displayName}`)
    expect(page.body).toContain('A Proxmox task failed: unable to &lt;start&gt;')
    expect((await admin.get('/admin/jobs?state=done')).body).toContain('No jobs here')
  })

  it('show their steps and the log of their Proxmox tasks, warnings marked though the task says OK', async () => {
    const { id } = failedJob()
    const page = await admin.get(`/admin/jobs/${id}`)
    expect(page.body).toContain('qmclone')
    expect(page.body).toContain('OK, with warnings')
    expect(page.body).toContain('<mark>&lt;b&gt;WARNING&lt;/b&gt;: low space</mark>')
  })

  it('are tried again and cancelled by a press, and the audit log knows who did', async () => {
    const { id } = failedJob()
    const answer = await admin.post(`/admin/jobs/${id}/retry`)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/admin/jobs/${id}`])
    expect(on.services.jobsRepository.find(id)?.state).toBe('queued')
    await admin.post(`/admin/jobs/${id}/cancel`)
    const job = on.services.jobsRepository.find(id)
    expect(job?.state === 'cancelled' || job?.cancelRequestedAt !== null).toBe(true)
  })

  it('that ended cannot be cancelled', async () => {
    const { id } = failedJob()
    expect((await admin.post(`/admin/jobs/${id}/cancel`)).statusCode).toBe(409)
  })

  it('that do not exist are not found', async () => {
    expect((await admin.get('/admin/jobs/nothing')).statusCode).toBe(404)
  })
})

describe('the status page', () => {
  const budgets = [{ key: 'api:read', inFlight: 2, limit: 4, waiting: 7, recent5xx: 3 }]

  it('shows nodes, what the limiter holds back, labs and jobs', async () => {
    await begin({
      proxmox: {
        version: async () => ({ version: '8.4.1', release: '8.4' }),
        nodes: async () => [
          { node: 'pve1', status: 'online', cpu: 0.5, maxcpu: 8, mem: 50, maxmem: 100, disk: 1, maxdisk: 4, uptime: 1 },
          {
            node: 'pve2',
            status: 'offline',
            cpu: undefined,
            maxcpu: undefined,
            mem: undefined,
            maxmem: undefined,
            disk: undefined,
            maxdisk: undefined,
            uptime: undefined,
          },
        ],
        resources: async () => [],
        limiterState: () => budgets,
      },
    })
    const page = await admin.get('/admin')
    for (const text of ['Version 8.4.1; 1 of 2 nodes online', '2 of 4 at once, 7 waiting; 3 refused', 'Offline', '50 %', 'Not known'])
      expect(page.body).toContain(text)
  })

  it('comes also when Proxmox cannot be reached, and says so', async () => {
    const gone = () => Promise.reject(new AppError('PROXMOX_UNREACHABLE'))
    await begin({ proxmox: { version: gone, nodes: gone, resources: gone, limiterState: () => [] } })
    const page = await admin.get('/admin')
    expect(page.statusCode).toBe(200)
    expect(page.body).toMatch(/Fails[\s\S]*Proxmox cannot be reached/)
  })
})

describe('Proxmox tasks of a step', () => {
  const destroy = 'UPID:pve1:000000FC:0001EBDD:6B026D02:qmdestroy:20001:netpraxis@pve!sandbox:'

  it('are cut apart where the next begins; lines of ours after the end belong to none', () => {
    const log = [
      `${at} task ${clone}`,
      `${at} create linked clone`,
      `${at} TASK OK`,
      `${at} linked clone: by-volume`,
      `${at} task ${destroy}`,
      `${at} TASK ERROR: no such VM`,
    ]
    const tasks = readProxmoxTasks([{ state: 'done', log }])
    expect(tasks.map(({ type, outcome, exit }) => ({ type, outcome, exit }))).toEqual([
      { type: 'qmclone', outcome: 'ok', exit: 'OK' },
      { type: 'qmdestroy', outcome: 'failed', exit: 'ERROR: no such VM' },
    ])
    expect(tasks[0]?.log.map((line) => line.text)).toEqual(['create linked clone', 'TASK OK'])
  })

  it('without an end run as long as their step does', () => {
    const log = [`${at} task ${clone}`]
    expect(readProxmoxTasks([{ state: 'running', log }])[0]?.outcome).toBe('running')
    expect(readProxmoxTasks([{ state: 'failed', log }])[0]?.outcome).toBe('failed')
  })
})
