import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toAppError } from '../../src/http/error-pages.ts'
import { keepUpload, uploadedFile, uploadPath, uploadsPlugin } from '../../src/http/uploads.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait.ts'

const mebibyte = 1_048_576
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function openApp(options: { maxBytes?: number; freeShare?: number } = {}) {
  const folder = tempFolder()
  const app = Fastify()
  onTestFinished(() => app.close())
  app.setErrorHandler((error, _request, reply) => reply.status(toAppError(error).status).send({ code: toAppError(error).code }))
  const readDisk = async () => ({ bavail: options.freeShare ?? 1, blocks: 1 })
  await app.register(uploadsPlugin, { folder, readDisk, ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }) })
  app.post('/keep', async (request) => {
    const file = uploadedFile.parse(Object(request.body).project)
    return { ...file, kept: await keepUpload(folder, file), title: Object(request.body).title }
  })
  app.post('/look', async (request) => uploadedFile.parse(Object(request.body).project))
  return { app, folder, incoming: () => readdirSync(join(folder, 'incoming')) }
}

function send(app: FastifyInstance, url: string, parts: Readonly<Record<string, string | Uint8Array>>) {
  const boundary = 'a-boundary'
  const body = Object.entries(parts).flatMap(([name, value]) => {
    const isFile = typeof value !== 'string'
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${isFile ? '; filename="../lab.gns3project"\r\ncontent-type: application/octet-stream' : ''}\r\n\r\n`
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')]
  })
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...body, Buffer.from(`--${boundary}--\r\n`)]),
  })
}

describe('an upload', () => {
  it('is kept under its checksum, whatever it was called, with the fields that came before and after it', async () => {
    const { app, folder, incoming } = await openApp()
    const bytes = randomBytes(300_000)
    const answer = (await send(app, '/keep', { title: 'Two PCs', project: bytes })).json()
    expect(answer).toMatchObject({
      sha256: sha256(bytes),
      sizeBytes: bytes.length,
      title: 'Two PCs',
      kept: uploadPath(folder, sha256(bytes)),
    })
    expect(readFileSync(answer.kept).equals(bytes)).toBe(true)
    await waitFor('the temporary folder to be empty', () => incoming().length === 0)
  })

  it('that nobody keeps is gone when the request ends', async () => {
    const { app, incoming } = await openApp()
    const { path } = (await send(app, '/look', { project: randomBytes(1_000) })).json()
    await waitFor('the file to be removed', () => !existsSync(path))
    expect(incoming()).toEqual([])
  })

  it('beyond the limit is refused and removed', async () => {
    const { app, incoming } = await openApp({ maxBytes: mebibyte })
    const answer = await send(app, '/keep', { project: randomBytes(mebibyte + 1) })
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    await waitFor('the temporary folder to be empty', () => incoming().length === 0)
    expect((await send(app, '/look', { project: randomBytes(mebibyte - 1) })).statusCode).toBe(200)
  })

  it('that breaks off is removed', async () => {
    const { app, incoming } = await openApp()
    await app.listen({ port: 0, host: '127.0.0.1' })
    const address = app.server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no address')
    const socket = connect(address.port, '127.0.0.1')
    socket.on('error', () => undefined)
    const head = '--b\r\ncontent-disposition: form-data; name="project"; filename="x"\r\ncontent-type: application/octet-stream\r\n\r\n'
    socket.write(
      `POST /keep HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n${head}${'x'.repeat(200_000)}`,
    )
    await waitFor('the upload to begin', () => incoming().length === 1)
    socket.destroy()
    await waitFor('the file to be removed', () => incoming().length === 0, { deadlineMs: 5_000 })
  })

  it('is refused when less than a tenth of the disk is free', async () => {
    const { app, incoming } = await openApp({ freeShare: 0.09 })
    const answer = await send(app, '/keep', { project: randomBytes(10) })
    expect([answer.statusCode, answer.json().code]).toEqual([507, 'STORAGE_FULL'])
    expect(incoming()).toEqual([])
    expect((await send((await openApp({ freeShare: 0.11 })).app, '/look', { project: randomBytes(10) })).statusCode).toBe(200)
  })

  it.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('is refused for want of room when the disk says %s in the middle', (code) => {
    expect(toAppError(Object.assign(new Error('no space left'), { code })).code).toBe('STORAGE_FULL')
  })

  it('with a text field that was cut is refused: half an exercise file could be a valid one', async () => {
    const { app } = await openApp()
    const answer = await send(app, '/keep', { title: 'x'.repeat(mebibyte + 10), project: randomBytes(10) })
    expect(answer.statusCode).toBe(413)
  })
})
