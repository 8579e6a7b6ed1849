import { Readable } from 'node:stream'
import { z } from 'zod'
import { type Api, orMissing } from './api.ts'
import { projectPath } from './projects.ts'
import type { CallOptions, Gns3, Gns3Options } from './types.ts'

const capturingLink = z.looseObject({ capturing: z.boolean().nullish() })

/** Between two looks at a file that grows, and how much longer with each MiB of it: the whole of it comes each time. */
const lookMs = { least: 1_000, perMiB: 2_000 }

/**
 * Captures on cables: `start_capture` and `stop_capture` in 2.2, `capture/start`, `/stop` and `/stream` in 3.x. The stream of 2.2 (`pcap`) says
 * that it is chunked and is not (a genuine 2.2.59; no strict client reads it), so there the file is read as it grows.
 */
export function createCaptures(api: Api, { clock }: Gns3Options): Pick<Gns3, 'startCapture' | 'stopCapture' | 'readCapture'> {
  const linkPath = (projectId: string, linkId: string) => `${projectPath(projectId)}/links/${encodeURIComponent(linkId)}`
  const switchCapture = (verb: 'start' | 'stop', json: object) => (projectId: string, linkId: string, options: CallOptions) =>
    api.mutate(async () => {
      const isNewer = (await api.version(options)).api === 'v3'
      const path = `${linkPath(projectId, linkId)}/${isNewer ? `capture/${verb}` : `${verb}_capture`}`
      await api.send({ method: 'POST', path, json, ...options })
    }, options)

  async function* follow(link: string, file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let given = 0
    for (;;) {
      // before the file: what came until the end is in it then
      const { capturing } = await api.readJson(capturingLink, { path: link, signal })
      const bytes = await orMissing(api.readBytes({ path: file, signal }))
      if (bytes && bytes.length > given) yield Buffer.from(bytes.subarray(given))
      given = Math.max(given, bytes?.length ?? 0)
      if (capturing !== true) return
      await clock.sleep(lookMs.least + (given / 1_048_576) * lookMs.perMiB, signal)
    }
  }

  return {
    startCapture: (projectId, linkId, fileName, options = {}) =>
      switchCapture('start', { capture_file_name: fileName, data_link_type: 'DLT_EN10MB' })(projectId, linkId, options),
    stopCapture: (projectId, linkId, options = {}) => switchCapture('stop', {})(projectId, linkId, options),
    readCapture: async (projectId, linkId, { fileName, timeoutMs, signal }) => {
      const link = linkPath(projectId, linkId)
      if ((await api.version({ signal })).api === 'v3') return api.stream({ path: `${link}/capture/stream`, timeoutMs, signal })
      const file = `${projectPath(projectId)}/files/project-files/captures/${encodeURIComponent(fileName)}`
      return Readable.from(follow(link, file, signal), { objectMode: false })
    },
  }
}
