import { AppError } from '../errors.ts'
import { type Exercise, readExercise } from '../evaluation/index.ts'

/** @throws AppError EXERCISE_FILE_INVALID with every problem and its line */
export function parseExerciseText(text: string): Exercise {
  const reading = readExercise(text)
  if (!reading.exercise) throw new AppError('EXERCISE_FILE_INVALID', { fields: reading.problems })
  return reading.exercise
}
