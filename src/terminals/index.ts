export { createTerminalsService, type TerminalsService } from './terminals.service.ts'
