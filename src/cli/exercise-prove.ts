import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPlatforms } from '../clients/console/index.ts'
import { type EvaluationReport, findProofGap, type ProofGap, reportEvaluation } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { askLab } from './ask-lab.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { writeEvidence } from './evaluate-output.ts'
import { readSecrets } from './evaluate-secrets.ts'
import { createLiveProgress } from './live-progress.ts'
import { checkProofLab, openProofLab, type ProofLabOptions } from './proof-lab.ts'
import { type ProveArguments, readProveArguments } from './prove-options.ts'
import { readExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()
const platformFolder = fileURLToPath(new URL('../../inventory/platforms', import.meta.url))
interface Proof {
  readonly untouched: EvaluationReport
  readonly solution: EvaluationReport
  readonly gap: ProofGap | null
}

/**
 * `netpraxis exercise prove`: all criteria against the untouched lab, which must not score full, and against a solution, which must.
 * @returns 0 proven, 1 not, 2 the solution's points are not all decided
 * @throws UsageError before any device was asked, LabNotReached
 */
export async function proveExercise(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = readProveArguments(argv)
  const labs = await prepare(options, io)
  const untouched = await runProof(labs.untouched, options)
  io.signal.throwIfAborted()
  const solution = await runProof(labs.solution, options)
  io.signal.throwIfAborted()
  const proof = { untouched, solution, gap: findProofGap(untouched, solution) }
  await writeProof(options.json, proof, io)
  if (proof.gap === null) return exitCodes.ok
  return proof.gap === 'solutionOpen' ? exitCodes.undecided : exitCodes.failed
}

/** Everything that may be wrong before a device is asked, told at once. @throws UsageError */
async function prepare(options: ProveArguments, io: CommandIo) {
  const { file, gns3 } = options
  const exerciseFile = await readExerciseFile(file)
  const platforms = loadPlatforms(platformFolder)
  const { project } = exerciseFile.exercise
  const named = options.untouched ?? (project === undefined || gns3 === null ? undefined : resolve(dirname(file), project))
  const problems = collectProblems()
  const secrets = await problems.try(() => readSecrets(exerciseFile, io))
  const parts = { file, exerciseFile, platforms, io, gns3, secrets: secrets ?? new Map() }
  const labs = {
    untouched: { ...parts, label: 'untouched', lab: named ?? '' },
    solution: { ...parts, label: 'solution', lab: options.solution },
  } satisfies Record<string, ProofLabOptions>
  await problems.try(() => {
    if (named === undefined) throw new UsageError([t('commands.exercise.noUntouched')])
    return checkProofLab(labs.untouched)
  })
  await problems.try(() => checkProofLab(labs.solution))
  if (problems.found.length > 0) throw new UsageError([...new Set(problems.found)])
  return labs
}

async function runProof(options: ProofLabOptions, { evidence }: ProveArguments): Promise<EvaluationReport> {
  const { platforms, secrets, io, label } = options
  const lab = await openProofLab(options)
  const progress = createLiveProgress(io)
  try {
    const { result } = await askLab({ lab, exercise: lab.exercise, platforms, secrets, io, onEvent: progress.show })
    progress.end()
    if (evidence !== undefined) await writeEvidence(join(evidence, label), result)
    return reportEvaluation(result, { exercise: lab.exercise.title, project: lab.project })
  } finally {
    progress.end()
    await lab.close()
  }
}

async function writeProof(json: string | undefined, proof: Proof, io: CommandIo): Promise<void> {
  const text = `${JSON.stringify({ schema: 1, proven: proof.gap === null, ...proof }, null, 2)}\n`
  if (json === '-') io.stdout.write(text)
  else if (json !== undefined) await writeFile(json, text)
  if (json !== '-') io.stdout.write(describe(proof))
}

function describe({ untouched, solution, gap }: Proof): string {
  const lines = solution.criteria.flatMap(({ id, title, verdict, why, found }) => {
    const before = untouched.criteria.find((one) => one.id === id)?.verdict ?? ''
    const line = t('commands.exercise.proof', { id, title, untouched: before, solution: verdict })
    const empty = before === 'pass' ? [`    ${t('commands.exercise.passesUntouched')}`] : []
    return verdict === 'pass' ? [line, ...empty] : [line, `    ${why} (${found})`]
  })
  const { points, maxPoints, undecidedPoints } = solution
  const end = {
    untouchedFull: () => t('commands.exercise.untouchedFull', { points: untouched.points, maxPoints }),
    solutionShort: () => t('commands.exercise.solutionShort', { points, maxPoints }),
    solutionOpen: () => t('commands.exercise.solutionOpen', { points: undecidedPoints }),
    none: () => t('commands.exercise.proven', { untouched: untouched.points, solution: points, maxPoints }),
  }
  return [...lines, '', end[gap ?? 'none'](), ''].join('\n')
}
