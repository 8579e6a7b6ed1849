import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'
import { AppError, isAppError } from '../errors.ts'
import { isDiskFull } from '../lib/disk-full.ts'
import { newId } from '../lib/ids.ts'

/** A file as it arrived, in a temporary place; kept with `keepUpload`, else removed when the request ends. */
const described = z.object({ path: z.string(), fileName: z.string(), sizeBytes: z.number(), sha256: z.string() })
export type UploadedFile = z.infer<typeof described>

/** The files that arrived here: a body can describe any file of this machine, and only these are believed. */
const received = new WeakSet<object>()

export const uploadedFile = z
  .unknown()
  .refine((value) => typeof value === 'object' && value !== null && received.has(value), 'file')
  .pipe(described)
  .transform((file) => {
    received.add(file)
    return file
  })

declare module 'fastify' {
  interface FastifyRequest {
    uploadedPaths: string[] | null
    /** Aborted when the client breaks off in the middle of a file. */
    uploadBrokenOff: AbortController | null
    /** Why a file of this request cannot be taken; thrown when the whole form has arrived. */
    uploadFault: unknown
  }
}

const mebibyte = 1_048_576
const maxFieldBytes = mebibyte
/** Reading goes on below this share of free disk; uploads and submissions do not. */
const minimumFreeShare = 0.1

/** Free and all blocks of the disk behind a folder. */
export type ReadDisk = (folder: string) => Promise<{ readonly bavail: number; readonly blocks: number }>

/** What a test makes small. */
export interface UploadLimits {
  readonly maxBytes?: number
  readonly readDisk?: ReadDisk
}

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

/**
 * Writes a file down while it arrives. It is read to its end also when it is refused or cannot be written: the fields of the form that
 * stand behind it are still to come, and what was typed is shown again.
 */
async function receive(file: Readable, path: string, refusal: unknown, signal: AbortSignal) {
  const digest = createHash('sha256')
  let sizeBytes = 0
  let fault = refusal
  const handle = fault === null ? await open(path, 'wx', 0o600) : null
  const keep = async (chunk: Buffer) => {
    try {
      if (fault === null) await handle?.writeFile(chunk)
    } catch (error) {
      fault = isDiskFull(error) ? new AppError('STORAGE_FULL', { cause: error }) : error
    }
  }
  try {
    for await (const chunk of addAbortSignal(signal, file)) {
      digest.update(chunk)
      sizeBytes += chunk.length
      await keep(chunk)
    }
  } finally {
    await handle?.close()
  }
  return { sizeBytes, sha256: digest.digest('hex'), fault }
}

/** The refusal as a value. */
async function faultOf(work: Promise<void>): Promise<unknown> {
  try {
    await work
    return null
  } catch (error) {
    return error
  }
}

/** A fault of a file, at the field it was sent in. */
const placed = (fault: unknown, field: string): unknown =>
  isAppError(fault) ? new AppError(fault.code, { cause: fault.cause, details: fault.details, fields: [{ field }] }) : fault

/**
 * Multipart bodies: fields become `request.body`, files are streamed to disk and become an `UploadedFile`. Runs after the access rule,
 * so strangers cannot fill the disk.
 */
export const uploadsPlugin = fastifyPlugin(
  async (app: FastifyInstance, { folder, maxBytes = 512 * mebibyte, readDisk = statfs }: UploadLimits & { readonly folder: string }) => {
    const incoming = join(folder, 'incoming')
    await rm(incoming, { recursive: true, force: true })
    await mkdir(incoming, { recursive: true })
    app.decorateRequest('uploadedPaths', null)
    app.decorateRequest('uploadBrokenOff', null)
    app.decorateRequest('uploadFault', null)
    await app.register(multipart, {
      attachFieldsToBody: 'keyValues',
      // said below, once the fields behind the file are there
      throwFileSizeLimit: false,
      limits: { fileSize: maxBytes, files: 4, fields: 5_000, fieldSize: maxFieldBytes, parts: 5_004 },
      async onFile(this: FastifyRequest, part) {
        const path = join(incoming, newId())
        this.uploadedPaths = [...(this.uploadedPaths ?? []), path]
        this.uploadBrokenOff ??= new AbortController()
        const refusal = await faultOf(requireFreeDisk(folder, readDisk))
        const { sizeBytes, sha256, fault } = await receive(part.file, path, refusal, this.uploadBrokenOff.signal)
        const tooLarge = part.file.truncated
          ? new AppError('PAYLOAD_TOO_LARGE', { details: { limit: `${Math.round(maxBytes / mebibyte)} MiB` } })
          : null
        this.uploadFault ??= placed(fault ?? tooLarge, part.fieldname)
        if (this.uploadFault !== null) return
        const value: UploadedFile = { path, fileName: part.filename, sizeBytes, sha256 }
        received.add(value)
        Object.assign(part, { value })
      },
    })
    app.addHook('preValidation', async (request) => {
      if (request.uploadFault !== null) throw request.uploadFault
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
