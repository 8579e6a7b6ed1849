const drop = (): void => undefined

/** A command shows its own progress; what clients log is for a server. */
export const silentLog = { debug: drop, info: drop, warn: drop }
