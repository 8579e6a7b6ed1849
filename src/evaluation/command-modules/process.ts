import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { fail, pass } from '../verdict.ts'

export interface RunningProcess {
  readonly pid: number
  /** As the kernel knows it: at most 15 characters on Linux. */
  readonly name: string
  /** The file's name on the command line; null where it is not shown. */
  readonly program: string | null
  readonly user: string | null
}

export interface ProcessFacts {
  readonly processes: readonly RunningProcess[]
}

/** A program's name, without its folder. */
export const processNameSchema = z.string().regex(/^[A-Za-z0-9_][\w.+:-]{0,63}$/, { error: 'exerciseProblems.processName' })

export const processParams = z.strictObject({
  /** The exact name, never a part of it. */
  name: processNameSchema,
  state: z.enum(['running', 'absent']).default('running'),
  /** Account that it must run as. */
  user: z
    .string()
    .regex(/^[a-z_][\w.-]{0,31}\$?$/, { error: 'exerciseProblems.accountName' })
    .optional(),
})
export type ProcessParams = z.infer<typeof processParams>

const kernelNameLength = 15

/** The kernel cuts names; the whole one then stands on the command line. */
function isCalled(wanted: string, { name, program }: RunningProcess): boolean {
  if (wanted.length <= kernelNameLength) return name === wanted || program === wanted
  return program === wanted && name === wanted.slice(0, kernelNameLength)
}

/** A program that runs, or must not, by its exact name. */
export const process = defineCommandModule<ProcessFacts>()({
  name: 'process',
  layer: 'service',
  params: processParams,
  defaultWithinSeconds: 10,
  isNegative: ({ state }) => state === 'absent',
  expected: ({ name, state, user }) => {
    if (state === 'absent') return { code: 'PROCESS_STATE_ABSENT', data: { name } }
    return user === undefined ? { code: 'PROCESS_STATE_RUNNING', data: { name } } : { code: 'PROCESS_STATE_USER', data: { name, user } }
  },
  judge: (rounds, { name, state, user }) => {
    const found = (state === 'absent' ? rounds.flatMap(({ facts }) => facts.processes) : lastRound(rounds).processes).filter((one) =>
      isCalled(name, one),
    )
    const pids = [...new Set(found.map(({ pid }) => pid))]
    if (state === 'absent')
      return pids.length === 0 ? pass('PROCESS_GONE', { name }) : fail('PROCESS_FORBIDDEN', 'forbidden-state', { name, pids })
    if (pids.length === 0) return fail('PROCESS_ABSENT', 'absent', { name })
    const users = [...new Set(found.flatMap((one) => one.user ?? []))]
    if (user !== undefined && !users.includes(user)) return fail('PROCESS_OTHER_USER', 'wrong-value', { name, user, users })
    return pass('PROCESS_RUNNING', { name, pids })
  },
})
