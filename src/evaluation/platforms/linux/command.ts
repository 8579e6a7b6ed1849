import { customCommand } from '../readings/custom-command.ts'
import { refused } from './answer.ts'
import { isMissing } from './programs.ts'

export const commands = customCommand((answer) => (isMissing(answer) ? refused(answer) : null), 'device')
