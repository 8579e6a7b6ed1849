/** Seconds a genuine server takes (measured on 2.2.54 and 3.0.6, two cores, low load); divided by the sandbox's speed. */
export interface Timing {
  readonly import: number
  readonly openBase: number
  readonly openPerNode: number
  readonly startNode: number
  readonly stopNode: number
  readonly close: number
  readonly export: number
  readonly snapshot: number
  readonly login: number
}

const timing22: Timing = {
  import: 0.03,
  openBase: 0.02,
  openPerNode: 0.045,
  startNode: 0.24,
  stopNode: 0.5,
  close: 0.14,
  export: 0.06,
  snapshot: 0.04,
  login: 0,
}

export const timingOf = (version: '2.2' | '3.x'): Timing =>
  version === '2.2' ? timing22 : { ...timing22, import: 0.02, stopNode: 0.28, close: 0.4, export: 0.07, snapshot: 0.03, login: 0.3 }

/** Seconds between pings on a notification stream. */
export const pingSeconds = 5
/** Seconds between noticing that a client left and looking whether anybody else listens. */
export const autoCloseSeconds = 5
