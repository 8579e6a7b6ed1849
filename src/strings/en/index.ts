import type { Messages } from '../index.ts'
import { archive } from './archive.ts'
import { commands } from './commands.ts'
import { enrollment } from './enrollment.ts'
import { errors } from './errors.ts'
import { exerciseProblems } from './exercise-problems.ts'
import { flash } from './flash.ts'
import { jobs } from './jobs.ts'
import { pages } from './pages.ts'
import { platforms } from './platforms.ts'
import { reasons } from './reasons.ts'

export const en = { archive, commands, enrollment, errors, exerciseProblems, flash, jobs, pages, platforms, reasons } satisfies Messages
