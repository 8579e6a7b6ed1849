/** A connection to a console, whatever carries it: telnet, an SSH shell, a fake in a test. */
export interface ConsoleTransport {
  write(data: string): void
  /** Stops and goes on reading, so that a flood waits in the socket and not in our memory. */
  pause(): void
  resume(): void
  close(): void
  /** Set by the session before anything is read; called in order. */
  attach(receiver: TransportReceiver): void
}

export interface TransportReceiver {
  data(chunk: Buffer): void
  /** Once; no data follows. */
  closed(error?: Error): void
}
