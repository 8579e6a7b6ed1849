import { createServer, type Socket } from 'node:net'
import type { SharedConsole } from '../network/index.ts'
import { serveRfb } from './rfb-session.ts'
import { createTextScreen } from './text-screen.ts'

/** A device's console on a screen, as long as it runs: what it printed before anybody looked is on it. */
export function createConsoleScreen(console: SharedConsole, onClose: () => void) {
  const screen = createTextScreen()
  const attachment = console.attach(screen.write, onClose)
  return { screen, press: (bytes: Buffer) => attachment.write(bytes), detach: attachment.detach }
}

/** The VNC port of a running device, without a password, as GNS3 starts QEMU and its containers; any number may look at once. */
export async function openScreenListener(options: {
  console: SharedConsole
  name: string
  host: string
  port: number
}): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const { screen, press, detach } = createConsoleScreen(options.console, endAll)
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    void serveRfb({ stream: socket, screen, name: `QEMU (${options.name})`, password: null, onKeys: press })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    close: () =>
      new Promise((resolve) => {
        detach()
        server.close(() => resolve())
        endAll()
      }),
  }
}
