export { createTerminalsService, type TerminalsService } from './terminals.service.ts'
export { createWatchGrants, type WatchGrants } from './watch-grants.ts'
