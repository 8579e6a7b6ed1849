export { raiseJobAlerts } from './job-alerts.ts'
export {
  type AnyJobDefinition,
  defineJob,
  type JobDefinition,
  type JobLog,
  type JobPriority,
  type JobStep,
  type StepContext,
} from './job-definition.ts'
export { createJobsRepository, type JobRow, type JobStepRow, type JobsRepository } from './jobs.repository.ts'
export { type JobReading, readJob, usualStepTimes, usualWait } from './jobs.service.ts'
export { createJobRunner, type JobRunner, type RunnerHooks } from './runner.ts'
