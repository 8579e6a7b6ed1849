import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EvaluationReport, type EvaluationResult, reportJunit } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import type { CommandIo } from './command-io.ts'
import type { EvaluateArguments } from './evaluate-options.ts'

const t = createTranslator()

/** Writes what was asked for: JSON, JUnit, evidence; a summary for people unless stdout is the JSON's. */
export async function writeOutputs(
  { json, junit, evidence }: EvaluateArguments,
  { report, result, io }: { readonly report: EvaluationReport; readonly result: EvaluationResult; readonly io: CommandIo },
): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`
  if (json === '-') io.stdout.write(text)
  else if (json !== undefined) await writeFile(json, text)
  if (junit !== undefined) await writeFile(junit, reportJunit(report))
  if (evidence !== undefined) await writeEvidence(evidence, result)
  if (json !== '-') io.stdout.write(summarise(report))
}

/** `DIR/<criterion>/<seq>-<device>.raw|.txt|.json`; ids are safe names by schema, device names are made so. */
export async function writeEvidence(folder: string, { criteria }: EvaluationResult): Promise<void> {
  for (const { id, evidence } of criteria) {
    await mkdir(join(folder, id), { recursive: true })
    for (const { raw, text, ...about } of evidence) {
      const path = join(folder, id, `${about.seq}-${about.device.replace(/[^\w.-]/g, '_')}`)
      await writeFile(`${path}.raw`, raw)
      await writeFile(`${path}.txt`, text)
      await writeFile(`${path}.json`, `${JSON.stringify(about, null, 2)}\n`)
    }
  }
}

function summarise({ criteria, counts, points, maxPoints, undecidedPoints }: EvaluationReport): string {
  const lines = criteria.flatMap(({ verdict, title, why, found, points: earned, maxPoints: most }) => {
    const head = `${verdict.padEnd(12)} ${`${earned}/${most}`.padStart(7)}  ${title}`
    return verdict === 'pass' ? [head] : [head, `${' '.repeat(22)}${why} (${found})`]
  })
  const undecided = undecidedPoints > 0 ? [t('commands.evaluate.undecided', { points: undecidedPoints })] : []
  return [...lines, '', t('commands.evaluate.summary', { points, maxPoints, ...counts }), ...undecided, ''].join('\n')
}
