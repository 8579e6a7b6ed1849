import { readFile } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import type { UploadedFile } from '../http/uploads.ts'

const maxTextBytes = 1_048_576

/** A part that may be a text field or an uploaded text file. @throws AppError PAYLOAD_TOO_LARGE */
export async function readText(part: string | UploadedFile): Promise<string> {
  if (typeof part === 'string') return part
  if (part.sizeBytes > maxTextBytes) throw new AppError('PAYLOAD_TOO_LARGE', { details: { limit: '1 MiB' } })
  return readFile(part.path, 'utf8')
}
