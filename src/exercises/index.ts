export { type BuildTemplateParts, buildTemplateJob } from './build-template.job.ts'
export { moduleName } from './exercise-page.ts'
export {
  type AttemptsLeft,
  areResultsWithheld,
  attemptsAt,
  type Phase,
  phaseAt,
} from './exercise-rules.ts'
export { parseExerciseText } from './exercise-text.ts'
export {
  createExercisesRepository,
  type ExerciseRow,
  type ExercisesRepository,
  type RevisionRow,
  type TemplateRow,
} from './exercises.repository.ts'
export { type ExerciseRules, exerciseRules, type ProjectSummary, projectSummary, type RecordedLab } from './exercises.schemas.ts'
export {
  type BaseTemplate,
  createExercisesService,
  type ExerciseRight,
  type ExercisesService,
  isGiven,
  type NewExercise,
} from './exercises.service.ts'
export { drawRecordedLab, drawUpload } from './lab-drawing.ts'
export { acceptProject, readProject } from './projects.ts'
export { renderStatement } from './statement.ts'
