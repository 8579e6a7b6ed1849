import type { Messages } from '../index.ts'
import { alerts } from './alerts.ts'
import { archive } from './archive.ts'
import { commands } from './commands.ts'
import { config } from './config.ts'
import { details } from './details.ts'
import { doctor } from './doctor.ts'
import { enrollment } from './enrollment.ts'
import { errors } from './errors.ts'
import { exerciseProblems } from './exercise-problems.ts'
import { flash } from './flash.ts'
import { inventory } from './inventory.ts'
import { jobs } from './jobs.ts'
import { pages } from './pages.ts'
import { platforms } from './platforms.ts'
import { reasons } from './reasons.ts'
import { settings } from './settings.ts'
import { shapes } from './shapes.ts'

export const en = {
  alerts,
  archive,
  commands,
  doctor,
  config,
  details,
  enrollment,
  errors,
  exerciseProblems,
  flash,
  inventory,
  jobs,
  pages,
  platforms,
  reasons,
  settings,
  shapes,
  /** What others wrote, handed on as it is. */ quoted: '{text}',
} satisfies Messages
