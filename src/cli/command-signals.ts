/** A signal that SIGINT and SIGTERM abort; a second one ends the process at once. */
export function listenForSignals(): AbortSignal {
  const controller = new AbortController()
  const end = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  return controller.signal
}
