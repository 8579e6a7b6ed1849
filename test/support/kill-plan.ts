import { z } from 'zod'
import type { RunnerHooks } from '../../src/jobs/index.ts'

const phases = ['before', 'after-save', 'after'] as const
export const killPointSchema = z.object({ step: z.string(), phase: z.enum(phases) })
/** Where in a job the process ends. */
export type KillPoint = z.infer<typeof killPointSchema>

export const killPlanSchema = z.object({
  job: z.string(),
  done: z.array(killPointSchema),
  /** Only these steps; all when absent. */
  only: z.array(z.string()).optional(),
  /** The job is cancelled after this step, so that what it began has to be undone. */
  cancelAfter: z.string().optional(),
})
/** Ends at the first point of the job that is not done yet. */
export type KillPlan = z.infer<typeof killPlanSchema>

/** A step that saves something new each time it is begun is not killed for ever. */
const savesPerStep = 2

const countOf = (plan: KillPlan, { step, phase }: KillPoint): number =>
  plan.done.filter((point) => point.step === step && point.phase === phase).length

/** Hooks of the job runner that call `kill` at the next point of the plan; `kill` does not return. */
export function killHooks(plan: KillPlan, { kill, cancel }: { kill: (point: KillPoint) => void; cancel: () => void }): RunnerHooks {
  const at = (phase: KillPoint['phase']) => (job: string, step: string) => {
    if (job !== plan.job) return
    if (phase === 'after' && step === plan.cancelAfter) cancel()
    const point = { step, phase }
    if (plan.only !== undefined && !plan.only.includes(step)) return
    if (countOf(plan, point) < (phase === 'after-save' ? savesPerStep : 1)) kill(point)
  }
  return { beforeStep: at('before'), afterSave: at('after-save'), afterStep: at('after') }
}
