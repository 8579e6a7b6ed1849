import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { type Connection, Server, utils } from 'ssh2'
import { onTestFinished } from 'vitest'
import { createGns3, type Gns3 } from '../../src/clients/gns3/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { startGuest, writeImages } from '../../src/sandbox/gns3/index.ts'
import { tempFolder } from './temp-folder.ts'

const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
export const gns3Account = { username: 'admin', password: 'admin' }

/** A GNS3 3.x with the two PCs and a host whose console is a graphical screen. */
export async function startGraphicalLab(
  archive: Buffer,
  { projectId, firstPort }: { readonly projectId: string; readonly firstPort: number },
): Promise<{ gns3: Gns3; apiPort: number }> {
  const folder = tempFolder()
  writeImages(folder, { files: [], docker: ['debian:12'] })
  const credentials = gns3Account
  const guest = await startGuest({
    ...{ folder, host: '127.0.0.1', apiPort: 0, consolePorts: { from: firstPort, to: firstPort + 40 } },
    ...{ version: '3.x', credentials, clock: systemClock, speed: 20 },
  })
  const gns3 = createGns3({ host: '127.0.0.1', port: guest.apiPort, credentials, clock: systemClock, log: silentLog })
  onTestFinished(async () => {
    await gns3.close()
    await guest.stop()
  })
  await gns3.importProject({ projectId, name: 'lab', archive })
  await gns3.openProject(projectId)
  await gns3.startAll(projectId)
  return { gns3, apiPort: guest.apiPort }
}

/** An SSH server: runs commands in a shell of this machine, and leads on to other ports of it, as the work VM's does. */
export async function startSsh(username: string, password: string): Promise<number> {
  const open = new Set<Connection>()
  const server = new Server({ hostKeys: [utils.generateKeyPairSync('ed25519').private] }, (client) => {
    open.add(client)
    client.on('error', () => undefined)
    client.on('authentication', (attempt) => {
      const isRight = attempt.method === 'password' && attempt.username === username && attempt.password === password
      if (isRight) attempt.accept()
      else attempt.reject(['password'])
    })
    client.on('session', (acceptSession) => {
      const session = acceptSession()
      session.on('pty', (accept) => accept?.())
      session.on('exec', (accept, _reject, { command }) => {
        const channel = accept()
        const shell = spawn('/bin/sh', ['-c', command])
        shell.stdout.on('data', (data: Buffer) => channel.write(data))
        shell.stderr.on('data', (data: Buffer) => channel.write(data))
        shell.on('close', (status) => {
          channel.exit(status ?? 1)
          channel.end()
        })
      })
    })
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const socket = connect(destPort, destIP)
      socket.once('error', () => reject())
      socket.once('connect', () => {
        const channel = accept()
        socket.on('error', () => channel.close())
        socket.pipe(channel).pipe(socket)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  onTestFinished(async () => {
    for (const client of open) client.end()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return address.port
}
