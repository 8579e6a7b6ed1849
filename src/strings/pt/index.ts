import { commands } from '../en/commands.ts'
import type { en } from '../en/index.ts'
import type { Translated } from '../translated.ts'
import { alerts } from './alerts.ts'
import { archive } from './archive.ts'
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

export const pt: Translated<typeof en> = {
  alerts,
  archive,
  /** The shell speaks English. */
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
}
