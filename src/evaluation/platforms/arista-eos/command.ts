import { customCommand } from '../readings/custom-command.ts'
import { refused } from './answer.ts'

export const commands = customCommand(refused, 'documented')
