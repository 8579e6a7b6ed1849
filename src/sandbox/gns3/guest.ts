import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Guest, GuestOptions } from './guest.types.ts'

/** Starts the GNS3 server of one VM; resolves when its API port accepts. Rejects when the port is taken. */
export async function startGuest(options: GuestOptions): Promise<Guest> {
  const server = createServer((_request, response) => {
    response.writeHead(503).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.apiPort, options.host, resolve)
  })
  const address = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
  return { apiPort: address.port, freeze: () => server.unref(), thaw: () => server.ref(), hibernate: close, stop: close, shutdown: close }
}
