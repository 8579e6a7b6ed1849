/** The door to the evaluator: exercise files, asking and judging, explanations, integrity, regrading. Pure: no socket, no database. */
export { type AnyCommandModule, type Layer, layers, type Statement } from './command-module.ts'
export { commandModules, findCommandModule } from './command-modules/index.ts'
export { concealReason, explainConcealed } from './conceal.ts'
export { type CapturedConfiguration, type CaptureOptions, captureConfigurations } from './configurations.ts'
export { type CriterionResult, type EvaluateOptions, type EvaluationResult, evaluate } from './evaluate.ts'
export { type EvaluationEvent, eventText } from './events.ts'
export { checkExercise, type ExerciseProblem } from './exercise-check.ts'
export {
  type Criterion,
  canonicalJson,
  type Exercise,
  type ExerciseDevice,
  exerciseHash,
  exerciseSchema,
  secretNames,
} from './exercise-definition.ts'
export {
  type ExerciseReading,
  maxFileBytes,
  readCriteria,
  readExercise,
  readExerciseModel,
  readFragment,
  writeCriteria,
  writeExercise,
  writeFragment,
} from './exercise-file.ts'
export { exerciseJsonSchema } from './exercise-json-schema.ts'
export { type Explanation, explain } from './explain.ts'
export { checkIntegrity, distrust, type IntegrityFinding, type RecordedLab, recordedLabSchema, recordLab } from './integrity.ts'
export type { LabDevice, LabLink, LabLinkEnd, LabState } from './lab-state.ts'
export { type Ask, type AskOptions, CannotAsk, type Cause, type Ended, type Observation } from './observation.ts'
export { findOverrides } from './overrides.ts'
export { findReaderOf, planCriteria } from './plan.ts'
export { findReader, type LackReason, lackOf, lackReasons, type Platform, type Proof, proofs } from './platform.ts'
export { findPlatform, hasConsole, platforms } from './platforms/index.ts'
export { findProofGap, type ProofGap, type ProofScore } from './proof.ts'
export { type RegradeOptions, regrade } from './regrade.ts'
export { createReplay } from './replay-ask.ts'
export { type CriterionReport, type EvaluationReport, reportCriterion, reportEvaluation, reportObservation } from './report.ts'
export { reportJunit } from './report-junit.ts'
export { type Score, score } from './score.ts'
export {
  type FailureClass,
  failureClasses,
  inconclusive,
  type Judgement,
  judgementSchema,
  type Reason,
  type ReasonData,
  type Verdict,
  verdicts,
} from './verdict.ts'
export { defaultMaxConsoles, worstCaseSeconds } from './worst-case.ts'
