import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { run } from '../../../src/cli/evaluate.ts'
import { findCommandModule } from '../../../src/evaluation/command-modules/index.ts'
import { captureIo } from '../../cli/captured-io.ts'
import { criteria } from './criteria.ts'
import { writeInventory } from './inventory.ts'
import type { Lab } from './lab.ts'
import { type Access, access, devices } from './topology.ts'

/** What one criterion came to. */
export interface Outcome {
  /** `pass`, `fail wrong-value`, `inconclusive lab`, `skipped`. */
  readonly summary: string
  readonly code: string
  readonly why: string
  readonly tookMs: number
}

const reportSchema = z.object({
  tookMs: z.number(),
  criteria: z.array(
    z.object({
      id: z.string(),
      verdict: z.string(),
      tookMs: z.number(),
      why: z.string(),
      reason: z.object({ code: z.string(), class: z.string().optional(), cause: z.string().optional() }),
    }),
  ),
})

/** The exercise file of the lab. */
export const exerciseText = (): string =>
  stringify({
    netpraxis: 1,
    title: 'The lab of real devices',
    devices: Object.fromEntries(Object.keys(devices).map((name) => [name, { platform: access[name]?.platform }])),
    criteria: criteria
      .filter(({ module }) => findCommandModule(module) !== undefined)
      .map(({ id, module, device, params, within = 2 }) => ({ id, title: id, module, device, params, points: 1, within })),
  })

/**
 * `netpraxis evaluate --inventory`, the command itself.
 * @throws with what it printed when it could not evaluate at all
 */
export async function evaluateLab(lab: Lab, ways: Readonly<Record<string, Access>> = {}): Promise<ReadonlyMap<string, Outcome>> {
  const inventory = writeInventory(lab, ways)
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-matrix-'))
  const [file, json] = [join(folder, 'exercise.yaml'), join(folder, 'report.json')]
  writeFileSync(file, exerciseText())
  const io = captureIo()
  try {
    const status = await run([file, '--inventory', inventory, '--json', json], io)
    if (status === 64 || status === 130) throw new Error(`evaluate ended with ${status}: ${io.err()}`)
    const report = reportSchema.parse(JSON.parse(readFileSync(json, 'utf8')))
    return new Map(
      report.criteria.map(({ id, verdict, why, reason, tookMs }) => [
        id,
        { summary: summaryOf(verdict, reason), code: reason.code, why, tookMs },
      ]),
    )
  } finally {
    for (const made of [inventory, folder]) rmSync(made, { recursive: true })
  }
}

const summaryOf = (verdict: string, reason: { readonly class?: string | undefined; readonly cause?: string | undefined }): string =>
  [verdict, reason.class ?? reason.cause].filter((part) => part !== undefined).join(' ')
