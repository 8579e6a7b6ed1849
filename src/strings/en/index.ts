import type { Messages } from '../index.ts'
import { errors } from './errors.ts'
import { pages } from './pages.ts'
import { reasons } from './reasons.ts'

export const en = { errors, pages, reasons } satisfies Messages
