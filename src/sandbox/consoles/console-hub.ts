import type { SharedConsole } from '../network/types.ts'

/** The device's side of a shared console. */
export interface ConsoleHub {
  readonly shared: SharedConsole
  print(text: string | Uint8Array): void
  /** Who gets the keys; one at a time, the running device. */
  onInput(handler: (bytes: Uint8Array) => void): void
  open(): void
  /** The device lost its power: all clients get EOF, what nobody read is gone. */
  close(): void
  backlog(): Uint8Array
  restoreBacklog(bytes: Uint8Array): void
}

/** A pseudo terminal holds about this much while nobody reads; the oldest bytes are lost after that. */
const BACKLOG_LIMIT = 65_536

/** One session for all clients; `enter` brings the keys of the outside world into the simulation. */
export function createConsoleHub(enter: (run: () => void) => void): ConsoleHub {
  const clients = new Set<{ onData: (chunk: Uint8Array) => void; onClose: () => void }>()
  let handler: (bytes: Uint8Array) => void = () => undefined
  let backlog: Uint8Array = new Uint8Array()
  let isOpen = false

  const print = (text: string | Uint8Array): void => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
    if (bytes.length === 0 || !isOpen) return
    if (clients.size === 0) {
      backlog = Buffer.concat([backlog, bytes]).subarray(-BACKLOG_LIMIT)
      return
    }
    for (const client of [...clients]) client.onData(bytes)
  }

  return {
    shared: {
      attach(onData, onClose) {
        if (!isOpen) {
          onClose()
          return { write: () => undefined, detach: () => undefined }
        }
        const client = { onData, onClose }
        clients.add(client)
        if (backlog.length > 0) {
          const waiting = backlog
          backlog = new Uint8Array()
          onData(waiting)
        }
        return {
          write: (bytes) => enter(() => isOpen && clients.has(client) && handler(bytes)),
          detach: () => clients.delete(client),
        }
      },
    },
    print,
    onInput(next) {
      handler = next
    },
    open() {
      isOpen = true
    },
    close() {
      isOpen = false
      backlog = new Uint8Array()
      handler = () => undefined
      const gone = [...clients]
      clients.clear()
      for (const client of gone) client.onClose()
    },
    backlog: () => backlog,
    restoreBacklog(bytes) {
      backlog = bytes
    },
  }
}
