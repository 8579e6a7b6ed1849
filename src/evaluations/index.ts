/** Where consoles and GNS3 meet the evaluator: what the command line and the server's job run alike. */
export { missingSecrets, type Secrets } from '../vms/index.ts'
export { type ConfigurationComparison, type ConfigurationReport, compareConfigurations, compareTexts } from './compare-configurations.ts'
export {
  type CaptureReason,
  type CriterionResultRow,
  captureReasons,
  createEvaluationsRepository,
  type EvaluationsRepository,
  type ObservationRow,
  type RunRow,
} from './evaluations.repository.ts'
export { createEvidenceStore, type EvidenceStore } from './evidence-store.ts'
export { accessGns3Lab, accessInventory, type Gns3LabOptions, type LabAccess } from './lab-access.ts'
export { createLabAsker, type LabAsker, type LabAskerOptions, type LabDeviceAccess } from './lab-session.ts'
export { readConfigurations } from './read-configurations.ts'
export { type EvaluationRun, type RunEvaluationOptions, runEvaluation } from './run-evaluation.ts'
export { createRunStore, engineVersion, type RunStore } from './store-run.ts'
