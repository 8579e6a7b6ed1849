import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'

/** A file as it arrived, in a temporary place; kept with `keepUpload`, else removed when the request ends. */
export const uploadedFile = z.object({ path: z.string(), fileName: z.string(), sizeBytes: z.number(), sha256: z.string() })
export type UploadedFile = z.infer<typeof uploadedFile>

declare module 'fastify' {
  interface FastifyRequest {
    uploadedPaths: string[] | null
    /** Aborted when the client breaks off in the middle of a file. */
    uploadBrokenOff: AbortController | null
  }
}

const mebibyte = 1_048_576
const maxFieldBytes = mebibyte
/** Reading goes on below this share of free disk; uploads and submissions do not. */
const minimumFreeShare = 0.1

/** Free and all blocks of the disk behind a folder. */
export type ReadDisk = (folder: string) => Promise<{ readonly bavail: number; readonly blocks: number }>

/** @throws AppError STORAGE_FULL when less than a tenth of the disk behind `folder` is free */
export async function requireFreeDisk(folder: string, readDisk: ReadDisk = statfs): Promise<void> {
  const { bavail, blocks } = await readDisk(folder)
  if (blocks > 0 && bavail / blocks < minimumFreeShare) throw new AppError('STORAGE_FULL')
}

/** Where the content with this checksum lies. */
export const uploadPath = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256)

/** Moves an uploaded file to its place; the same content is stored once. */
export async function keepUpload(folder: string, file: UploadedFile): Promise<string> {
  const target = uploadPath(folder, file.sha256)
  await mkdir(join(folder, file.sha256.slice(0, 2)), { recursive: true })
  await rename(file.path, target)
  return target
}

/** For files that did not come over HTTP (the demo's exercises, the command line). */
export async function describeFile(path: string, fileName: string): Promise<UploadedFile> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) digest.update(chunk)
  return { path, fileName, sizeBytes: (await stat(path)).size, sha256: digest.digest('hex') }
}

/** The parser cuts a text field at its limit without a word; half an exercise file could be a valid one. */
function requireWholeFields(body: unknown): void {
  const values: unknown[] = typeof body === 'object' && body !== null ? Object.values(body).flat() : []
  if (values.some((value) => typeof value === 'string' && Buffer.byteLength(value) >= maxFieldBytes))
    throw new AppError('PAYLOAD_TOO_LARGE', { details: { limit: '1 MiB' } })
}

async function receive(file: NodeJS.ReadableStream, path: string, signal: AbortSignal): Promise<{ sizeBytes: number; sha256: string }> {
  const digest = createHash('sha256')
  let sizeBytes = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk)
      sizeBytes += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(file, measure, createWriteStream(path, { mode: 0o600 }), { signal })
  return { sizeBytes, sha256: digest.digest('hex') }
}

/**
 * Multipart bodies: fields become `request.body`, files are streamed to disk and become an `UploadedFile`. Runs after the access rule,
 * so strangers cannot fill the disk.
 */
export const uploadsPlugin = fastifyPlugin(
  async (
    app: FastifyInstance,
    { folder, maxBytes = 512 * mebibyte, readDisk = statfs }: { folder: string; maxBytes?: number; readDisk?: ReadDisk },
  ) => {
    const incoming = join(folder, 'incoming')
    await rm(incoming, { recursive: true, force: true })
    await mkdir(incoming, { recursive: true })
    app.decorateRequest('uploadedPaths', null)
    app.decorateRequest('uploadBrokenOff', null)
    await app.register(multipart, {
      attachFieldsToBody: 'keyValues',
      limits: { fileSize: maxBytes, files: 4, fields: 5_000, fieldSize: maxFieldBytes, parts: 5_004 },
      async onFile(this: FastifyRequest, part) {
        await requireFreeDisk(folder, readDisk)
        const path = join(incoming, newId())
        this.uploadedPaths = [...(this.uploadedPaths ?? []), path]
        this.uploadBrokenOff ??= new AbortController()
        const { sizeBytes, sha256 } = await receive(part.file, path, this.uploadBrokenOff.signal)
        if (part.file.truncated) throw new AppError('PAYLOAD_TOO_LARGE', { details: { limit: `${Math.round(maxBytes / mebibyte)} MiB` } })
        const value: UploadedFile = { path, fileName: part.filename, sizeBytes, sha256 }
        Object.assign(part, { value })
      },
    })
    app.addHook('preValidation', async (request) => {
      if (request.isMultipart()) requireWholeFields(request.body)
    })
    const clearUp = async (request: FastifyRequest) => {
      for (const path of request.uploadedPaths ?? []) await rm(path, { force: true })
    }
    app.addHook('onResponse', clearUp)
    // a client that breaks off gets no response, and the rest of its file never comes
    app.addHook('onRequestAbort', async (request) => {
      request.uploadBrokenOff?.abort()
      await clearUp(request)
    })
  },
  { name: 'uploads' },
)
