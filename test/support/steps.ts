import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ApiSession } from './api.ts'
import { sitDownAt, type Typist } from './typist.ts'
import { waitFor } from './wait.ts'

/** What teachers and students do through the JSON API, as journeys tell it. */

export const acceptedSchema = z.object({ id: z.string(), jobId: z.string() })
export const jobIdSchema = z.object({ jobId: z.string().nullable() })
const fault = z.object({ code: z.string(), message: z.string() })
const jobSchema = z.object({ id: z.string(), name: z.string(), state: z.string(), step: z.string().nullable(), error: fault.optional() })
const exerciseSchema = z.object({ id: z.string(), state: z.string(), isProven: z.boolean().optional(), error: fault.optional() })
const workVmSchema = z.object({
  id: z.string(),
  state: z.string(),
  isFrozen: z.boolean(),
  jobId: z.string().nullable(),
  vmid: z.number().nullish(),
  node: z.string().nullish(),
  error: fault.optional(),
})
export type WorkVm = z.infer<typeof workVmSchema>
const topologySchema = z.object({
  devices: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      console: z.object({ type: z.string(), host: z.string(), port: z.number() }).nullable(),
    }),
  ),
  links: z.array(z.object({ a: z.object({ device: z.string() }), b: z.object({ device: z.string() }) })),
})
const criterionSchema = z.object({
  id: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'skipped']),
  points: z.number(),
  maxPoints: z.number(),
  why: z.string(),
  device: z.string().nullable(),
  evidence: z.array(z.object({ device: z.string(), command: z.string(), text: z.string(), raw: z.string(), ended: z.string() })),
  override: z.object({ verdict: z.string(), points: z.number(), reason: z.string() }).nullable(),
})
export const submissionSchema = z.object({
  id: z.string(),
  state: z.string(),
  points: z.number().nullable(),
  maxPoints: z.number().nullable(),
  undecidedPoints: z.number().nullable(),
  attemptUsed: z.boolean(),
  criteria: z.array(criterionSchema),
  error: fault.optional(),
})
export type Submission = z.infer<typeof submissionSchema>
export const listOf = <T>(item: z.ZodType<T>) => z.object({ items: z.array(item), next: z.string().nullable() })

const endedStates = ['done', 'failed', 'cancelled']

/** Waits for the end of a job. @throws Error when it ends otherwise than done */
export async function jobDone(session: ApiSession, jobId: string, deadlineMs = 120_000): Promise<void> {
  const job = await waitFor(
    `the end of job ${jobId}`,
    async () => {
      const now = await session.get(`/jobs/${jobId}`, jobSchema)
      return endedStates.includes(now.state) && now
    },
    { deadlineMs },
  )
  if (job.state !== 'done') throw new Error(`${job.name} ended ${job.state} in ${job.step}: ${job.error?.code} ${job.error?.message}`)
}

export const readJob = (session: ApiSession, jobId: string) => session.get(`/jobs/${jobId}`, jobSchema)
export const readExercise = (session: ApiSession, id: string) => session.get(`/exercises/${id}`, exerciseSchema)
export const readWorkVm = (session: ApiSession, id: string) => session.get(`/work-vms/${id}`, workVmSchema)
export const readTopology = (session: ApiSession, id: string) => session.get(`/work-vms/${id}/topology`, topologySchema)
export const readSubmission = (session: ApiSession, id: string) => session.get(`/submissions/${id}`, submissionSchema)

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/projects/${name}.gns3project`, import.meta.url))
export const projectFile = (name: string): Promise<Buffer> => readFile(fixture(name))

export async function createCourse(session: ApiSession, name: string): Promise<string> {
  return (await session.post('/courses', { name, term: '2026/27' }, z.object({ id: z.string() }))).id
}

/** Uploads an exercise with its project; its template is being built when this returns. */
export async function createExercise(
  session: ApiSession,
  input: { courseId: string; exercise: string; project: Uint8Array; baseTemplate?: number },
): Promise<z.infer<typeof acceptedSchema>> {
  const form = new FormData()
  form.set('courseId', input.courseId)
  form.set('baseTemplate', String(input.baseTemplate ?? 9_000))
  form.set('exercise', input.exercise)
  form.set('project', new Blob([Uint8Array.from(input.project)]), 'lab.gns3project')
  return session.post('/exercises', form, acceptedSchema)
}

/** The student's own lab, or staff's lab to try. */
export const ownWorkVm = (session: ApiSession, exerciseId: string): Promise<WorkVm> =>
  session.get(`/exercises/${exerciseId}/work-vm`, workVmSchema)

/** Staff's lab to try, made when there is none. */
export const tryWorkVm = (session: ApiSession, exerciseId: string): Promise<WorkVm> =>
  session.post(`/exercises/${exerciseId}/work-vm`, undefined, workVmSchema)

export const power = (session: ApiSession, workVmId: string, verb: string) =>
  session.post(`/work-vms/${workVmId}/${verb}`, undefined, jobIdSchema)

/** Waits for a state. @throws Error when the lab fails instead */
export function labState(session: ApiSession, workVmId: string, state: string, deadlineMs = 120_000): Promise<WorkVm> {
  return waitFor(
    `work VM ${workVmId} to be ${state}`,
    async () => {
      const now = await readWorkVm(session, workVmId)
      if (now.state === 'failed' && state !== 'failed')
        throw new Error(`work VM ${workVmId} failed: ${now.error?.code} ${now.error?.message}`)
      return now.state === state && now
    },
    { deadlineMs },
  )
}

export async function startLab(session: ApiSession, workVmId: string): Promise<WorkVm> {
  await power(session, workVmId, 'start')
  return labState(session, workVmId, 'ready')
}

/** Submits and waits for the verdicts. */
export async function submitAndWait(session: ApiSession, workVmId: string): Promise<Submission> {
  const { id, jobId } = await session.post(`/work-vms/${workVmId}/submissions`, undefined, acceptedSchema)
  await jobDone(session, jobId)
  return readSubmission(session, id)
}

/** Types lines into the console of a device of a ready lab. @returns what it said, line by line */
export async function typeInto(session: ApiSession, workVmId: string, device: string, lines: readonly string[]): Promise<string[]> {
  const { devices } = await readTopology(session, workVmId)
  const console = devices.find((one) => one.name === device)?.console
  if (!console) throw new Error(`${device} shows no console`)
  const typist: Typist = await sitDownAt(console)
  try {
    const said: string[] = []
    for (const line of lines) said.push(await typist.type(line))
    return said
  } finally {
    await typist.leave()
  }
}

/** Ids of the criteria by verdict. */
export const verdictsOf = (submission: Submission): Record<string, string[]> => {
  const by: Record<string, string[]> = { pass: [], fail: [], inconclusive: [], skipped: [] }
  for (const { id, verdict } of submission.criteria) by[verdict]?.push(id)
  return by
}
