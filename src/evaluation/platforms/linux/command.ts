import { customCommand } from '../custom-command.ts'
import { isMissing, refusedProgram } from './programs.ts'

export const commands = customCommand((answer) => (isMissing(answer) ? refusedProgram(answer) : null), 'device')
