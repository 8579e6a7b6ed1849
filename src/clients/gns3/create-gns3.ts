import { isAppError } from '../../errors.ts'
import { createApi } from './api.ts'
import { createCaptures } from './captures.ts'
import { startDeadline } from './deadline.ts'
import { createDevices } from './devices.ts'
import { createFiles } from './files.ts'
import { createPassThrough } from './pass-through.ts'
import { createProjects } from './projects.ts'
import type { Gns3, Gns3Options } from './types.ts'

/** A guest boots in one to two minutes; between two tries, so long that it is not kept from it. */
const answersWithinMs = 180_000
const retryMs = 1_000

/** A client of one GNS3 server, 2.2 or 3.x, found out by asking at the first call. No request is made before that. */
export function createGns3(options: Gns3Options): Gns3 {
  const api = createApi(options)
  const { clock, log } = options

  const waitUntilAnswers: Gns3['waitUntilAnswers'] = async ({ signal, deadlineMs = answersWithinMs } = {}) => {
    const deadline = startDeadline(clock, deadlineMs, 'GET /version', [signal])
    let last: unknown
    try {
      for (;;) {
        try {
          const version = await api.version({ signal: deadline.signal })
          await api.authenticate({ signal: deadline.signal })
          return version
        } catch (error) {
          signal?.throwIfAborted()
          // The deadline says less than what was met before it.
          if (deadline.signal.aborted) throw last ?? error
          // Connection refused, silence and odd answers are what a server that is starting looks like; wrong credentials are not.
          if (!isAppError(error, 'GNS3_UNREACHABLE', 'GNS3_TIMEOUT', 'GNS3_UNEXPECTED_ANSWER')) throw error
          log.debug({ host: options.host, code: error.code }, 'GNS3 does not answer yet')
          last = error
        }
        // A pause that is cut short is met by the next try.
        await clock.sleep(retryMs, deadline.signal).catch(() => undefined)
      }
    } finally {
      deadline.end()
    }
  }

  return {
    version: api.version,
    waitUntilAnswers,
    ...createProjects(api, options),
    ...createDevices(api, options),
    ...createFiles(api),
    ...createCaptures(api, options),
    ...createPassThrough(api, options),
    close: api.close,
  }
}
