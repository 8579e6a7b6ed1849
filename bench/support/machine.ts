import { cpus, loadavg, release, totalmem } from 'node:os'

/** The machine as a reader of figures must know it; a load above the number of cores means that others were at work too. */
export function describeMachine(): string {
  const cores = cpus()
  const memory = Math.round(totalmem() / 1_073_741_824)
  const load = loadavg()[0] ?? 0
  return [
    `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'})`,
    `${memory} GiB`,
    `Node ${process.versions.node}`,
    `${process.platform} ${release()}`,
    `load ${load.toFixed(1)}`,
  ].join(', ')
}
