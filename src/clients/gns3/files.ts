import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import type { Api, ApiCall } from './api.ts'
import { orMissing } from './api.ts'
import { devicePath } from './devices.ts'
import { unexpected } from './faults.ts'
import { projectPath } from './projects.ts'
import { nodeAnswer, projectAnswer } from './schemas.ts'
import type { CallOptions, Gns3 } from './types.ts'

type FileVerbs = Pick<Gns3, 'readDeviceFile' | 'writeDeviceFile' | 'readProjectFile' | 'writeProjectFile'>

/** A relative path inside the folder, encoded. @throws AppError GNS3_REFUSED for one that leads out of it */
function filePath(path: string): string {
  const segments = path.split('/')
  const isInside = segments.every((segment) => segment !== '' && !segment.startsWith('.') && !/[\\\p{Cc}]/u.test(segment))
  if (!isInside) throw new AppError('GNS3_REFUSED', { details: { reason: say('details.gns3.pathOutside', { path }) } })
  return segments.map(encodeURIComponent).join('/')
}

export function createFiles(api: Api): FileVerbs {
  /** 404 means "no such file" as well as "no such device", so the owner is looked up before the former is believed. */
  const read = async (call: ApiCall, ownerIsThere: () => Promise<unknown>) => {
    const content = await orMissing(api.readBytes(call))
    if (content === undefined) await ownerIsThere()
    return content
  }

  /** Read back, because 3.x answers 201 for a device's file whatever its compute said. */
  const write = (call: ApiCall & { content: string | Uint8Array }, options: CallOptions) =>
    api.mutate(async () => {
      await api.send({ ...call, method: 'POST' })
      const written = await orMissing(api.readBytes({ path: call.path, signal: call.signal }))
      if (!written || Buffer.compare(written, Buffer.from(call.content)) !== 0)
        throw unexpected(`POST ${call.path}`, say('details.gns3.fileNotWritten'))
    }, options)

  return {
    readDeviceFile: async (projectId, deviceId, path, { signal } = {}) => {
      const owner = devicePath(projectId, deviceId)
      return read({ path: `${owner}/files/${filePath(path)}`, signal }, () => api.readJson(nodeAnswer, { path: owner, signal }))
    },
    writeDeviceFile: async (projectId, deviceId, path, content, { signal } = {}) =>
      write({ path: `${devicePath(projectId, deviceId)}/files/${filePath(path)}`, content, signal }, { signal }),
    readProjectFile: async (projectId, path, { signal } = {}) => {
      const owner = projectPath(projectId)
      return read({ path: `${owner}/files/${filePath(path)}`, signal }, () => api.readJson(projectAnswer, { path: owner, signal }))
    },
    writeProjectFile: async (projectId, path, content, { signal } = {}) =>
      write({ path: `${projectPath(projectId)}/files/${filePath(path)}`, content, signal }, { signal }),
  }
}
