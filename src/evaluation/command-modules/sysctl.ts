import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { fail, pass } from '../verdict.ts'

export interface SysctlFacts {
  /** The kernel's value now, words apart by one blank; null when it knows no such key. */
  readonly value: string | null
  /** What the configuration files set at the next start; null when none does, undefined when they were not asked for. */
  readonly saved?: { readonly value: string; readonly file: string } | null
}

export const sysctlParams = z.strictObject({
  /** `net.ipv4.ip_forward`, or with slashes where an interface has a dot in its name. */
  key: z
    .string()
    .regex(/^[a-z][\w-]*(?:[./][\w.-]+)+$/i, { error: 'exerciseProblems.sysctlKey' })
    .refine((key) => !key.includes('..'), { error: 'exerciseProblems.sysctlKey' }),
  value: z.union([z.string().regex(/^[^\p{Cc}]{1,200}$/u, { error: 'exerciseProblems.oneLine' }), z.int()]).transform(String),
  /** Must be set at the next start too. */
  persisted: z.boolean().default(false),
})
export type SysctlParams = z.infer<typeof sysctlParams>

/** `4096\t87380  6291456` and `4096 87380 6291456` are one value. */
export const sysctlWords = (text: string): string => text.trim().split(/\s+/).join(' ')

/** A setting of the kernel: the live value, and on demand the one it starts with. */
export const sysctl = defineCommandModule<SysctlFacts>()({
  name: 'sysctl',
  layer: 'address',
  params: sysctlParams,
  defaultWithinSeconds: 0,
  isNegative: () => false,
  expected: ({ key, value, persisted }) => ({ code: persisted ? 'SYSCTL_VALUE_SAVED' : 'SYSCTL_VALUE', data: { key, value } }),
  judge: (rounds, { key, value, persisted }) => {
    const facts = lastRound(rounds)
    const wanted = sysctlWords(value)
    if (facts.value === null) return fail('SYSCTL_UNKNOWN', 'absent', { key })
    if (facts.value !== wanted) return fail('SYSCTL_WRONG', 'wrong-value', { key, value: facts.value })
    if (!persisted || facts.saved === undefined) return pass('SYSCTL_SET', { key, value: facts.value })
    if (facts.saved === null) return fail('SYSCTL_NOT_SAVED', 'not-saved', { key, value: facts.value })
    const { file, value: saved } = facts.saved
    if (saved !== wanted) return fail('SYSCTL_SAVED_OTHERWISE', 'not-saved', { key, value: facts.value, saved, file })
    return pass('SYSCTL_SET_AND_SAVED', { key, value: facts.value, file })
  },
})
