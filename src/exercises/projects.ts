import { guessPlatform, openProjectArchive } from '../clients/gns3/index.ts'
import { keepUpload, type UploadedFile } from '../http/uploads.ts'
import type { ProjectSummary } from './exercises.schemas.ts'
import type { ExercisesService } from './exercises.service.ts'

/** Reads what a teacher needs to know of a project, from the archive alone. @throws AppError PROJECT_ARCHIVE_INVALID */
export async function readProject(path: string): Promise<ProjectSummary> {
  const archive = await openProjectArchive(path)
  return {
    name: archive.name,
    projectId: archive.projectId,
    revision: archive.revision,
    version: archive.version,
    devices: archive.devices.map((device) => ({
      nodeId: device.nodeId,
      name: device.name,
      type: device.type,
      consoleType: device.consoleType,
      platform: guessPlatform(device) ?? null,
      symbol: device.symbol,
      x: device.x,
      y: device.y,
    })),
    links: archive.links.map(({ ends }) => ({ ends: ends.map(({ nodeId, adapter, port, label }) => ({ nodeId, adapter, port, label })) })),
    images: [...archive.images],
  }
}

/**
 * Accepts an uploaded project: opened within bounds first, then moved to its place and booked. A refused one leaves nothing behind.
 * @throws AppError PROJECT_ARCHIVE_INVALID
 */
export async function acceptProject(
  parts: { exercises: ExercisesService; uploadsFolder: string },
  file: UploadedFile,
  createdBy: string | null,
): Promise<{ sha256: string; summary: ProjectSummary }> {
  const summary = await readProject(file.path)
  await keepUpload(parts.uploadsFolder, file)
  parts.exercises.noteUpload({ sha256: file.sha256, fileName: file.fileName, sizeBytes: file.sizeBytes, summary, createdBy })
  return { sha256: file.sha256, summary }
}
