import type { Messages } from '../index.ts'
import { archive } from './archive.ts'
import { commands } from './commands.ts'
import { errors } from './errors.ts'
import { pages } from './pages.ts'
import { reasons } from './reasons.ts'

export const en = { archive, commands, errors, pages, reasons } satisfies Messages
