import { connect } from 'node:net'

/** `silent`: nothing came back, as when a firewall drops it. `answered`: a connection, or its refusal. `unreached`: there is no way there. */
export type ProbeOutcome = 'silent' | 'answered' | 'unreached'

/** Knocks once at a port and sends nothing. */
export function probePort({ host, port, waitMs }: { host: string; port: number; waitMs: number }): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (outcome: ProbeOutcome) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => end('silent'), waitMs)
    socket.on('connect', () => end('answered'))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 'answered' : 'unreached'),
    )
  })
}
