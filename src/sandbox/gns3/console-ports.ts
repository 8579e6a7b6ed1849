import { createServer } from 'node:net'
import { conflict } from './api-error.ts'

/** The TCP ports of one server's consoles. */
export interface PortPool {
  /** The wanted port when it is free and in range, else another one. */
  reserve(wanted: number | null): Promise<number>
  release(port: number | null): void
}

/** Ports browsers refuse; GNS3 never hands them out (port_manager.py, BANNED_PORTS, those of the console range). */
const bannedPorts = new Set([5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697])

export function createPortPool(host: string, range: { from: number; to: number }): PortPool {
  const used = new Set<number>()
  const take = async (port: number): Promise<boolean> => {
    if (used.has(port)) return false
    used.add(port)
    if (await canBind(host, port)) return true
    used.delete(port)
    return false
  }
  const findFree = async (): Promise<number> => {
    for (let port = range.from; port <= range.to; port++) {
      if (!bannedPorts.has(port) && (await take(port))) return port
    }
    throw conflict(
      `Could not find a free port between ${range.from} and ${range.to} on host ${host}, last exception: [Errno 98] Address already in use`,
    )
  }
  return {
    reserve: async (wanted) => {
      if (wanted !== null && wanted >= range.from && wanted <= range.to && (await take(wanted))) return wanted
      return findFree()
    },
    release: (port) => {
      if (port !== null) used.delete(port)
    },
  }
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
