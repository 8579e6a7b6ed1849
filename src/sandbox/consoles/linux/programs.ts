import { filePrograms } from './file-programs.ts'
import { netTools } from './net-tools.ts'
import { processPrograms } from './process-programs.ts'
import { ipProgram } from './program-ip.ts'
import { pingProgram } from './program-ping.ts'
import { tracerouteProgram } from './program-traceroute.ts'
import type { FindProgram, Program } from './shell.ts'
import { shellBuiltins } from './shell-builtins.ts'
import { busyboxStatusPrograms, gnuStatusPrograms, statusPrograms } from './status-programs.ts'
import { systemPrograms } from './system-programs.ts'
import { textPrograms } from './text-programs.ts'

const PROGRAMS: Readonly<Record<string, Program>> = {
  ...shellBuiltins,
  ...processPrograms,
  ...textPrograms,
  ...filePrograms,
  ...systemPrograms,
  ...statusPrograms,
  ...gnuStatusPrograms,
  ...busyboxStatusPrograms,
  ...netTools,
  ip: ipProgram,
  ping: pingProgram,
  traceroute: tracerouteProgram,
}

/** Programs busybox systems do not have. */
const NOT_IN_BUSYBOX: ReadonlySet<string> = new Set(['bash', 'bind', 'shopt', ...Object.keys(gnuStatusPrograms)])

/** Programs that only busybox systems have here. */
const ONLY_IN_BUSYBOX: ReadonlySet<string> = new Set(['busybox', ...Object.keys(busyboxStatusPrograms)])

/** By name or by the path of a directory where programs live. */
export const findProgram: FindProgram = (name, shell) => {
  const short = /^(?:\/usr)?(?:\/local)?\/s?bin\/([^/]+)$/.exec(name)?.[1]
  const base = short ?? name
  if (name.includes('/') && short === undefined) return undefined
  if (shell.flavour === 'busybox' && NOT_IN_BUSYBOX.has(base)) return undefined
  if (shell.flavour !== 'busybox' && ONLY_IN_BUSYBOX.has(base)) return undefined
  return Object.hasOwn(PROGRAMS, base) ? PROGRAMS[base] : undefined
}
