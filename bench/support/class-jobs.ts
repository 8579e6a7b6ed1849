import type { JobsRepository } from '../../src/jobs/index.ts'
import { newId } from '../../src/lib/ids.ts'
import type { WorkVmState } from '../../src/work-vms/index.ts'
import { now } from './class-room.ts'

/** Steps of start-work-vm (src/work-vms/start-work-vm.job.ts). */
const steps = ['room', 'power-on', 'address', 'gns3', 'open', 'devices', 'consoles']

/** The job that a lab's state comes from: every lab that is ready was started, those that start are half-way. */
export function addJobs(jobs: JobsRepository, lab: { workVmId: string; userId: string; courseId: string; state: WorkVmState }): void {
  const ends = { ready: steps.length, starting: 4, queued: 0, failed: 3 } as const
  if (lab.state !== 'ready' && lab.state !== 'starting' && lab.state !== 'queued' && lab.state !== 'failed') return
  const id = newId()
  const stateOf = { ready: 'done', starting: 'running', queued: 'running', failed: 'failed' } as const
  jobs.insert({
    id,
    name: 'start-work-vm',
    key: `work-vm:${lab.workVmId}`,
    payload: { workVmId: lab.workVmId },
    data: {},
    state: stateOf[lab.state],
    priority: 'interactive',
    userId: lab.userId,
    courseId: lab.courseId,
    createdAt: now(),
  })
  const reached = ends[lab.state]
  for (const [position, name] of steps.slice(0, reached + 1).entries()) {
    jobs.beginStep({ jobId: id, name, position, at: now() })
    if (position < reached) jobs.updateStep(id, name, { state: 'done', endedAt: now(), log: 'UPID:pve1:0000:TASK OK\n' })
    else if (lab.state === 'failed') jobs.updateStep(id, name, { state: 'failed', endedAt: now() })
  }
}
