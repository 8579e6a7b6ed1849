import { customCommand } from '../custom-command.ts'
import { refused } from './answer.ts'

export const commands = customCommand(refused, 'documented')
