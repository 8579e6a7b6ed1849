import type { ConsoleTarget } from '../clients/console/index.ts'
import type { ExerciseDevice } from '../evaluation/index.ts'

const defaultPorts = { ssh: 22, telnet: 23 }

/** How the exercise wants a device reached: at the console GNS3 names, at an address, or in a way that is not offered. */
export type DeviceWay =
  | { readonly kind: 'console' }
  | { readonly kind: 'direct'; readonly target: ConsoleTarget }
  | { readonly kind: 'none' }

/**
 * The exercise's `connect` of one device.
 * @param workVmHost the address GNS3 is reached at: the work VM, whose SSH server leads on to its devices
 */
export function wayTo({ connect }: Pick<ExerciseDevice, 'connect'>, workVmHost: string): DeviceWay {
  if (connect === undefined || connect.via === 'console') return { kind: 'console' }
  const { via, host, jump } = connect
  // telnet through the work VM is not offered: its SSH server would carry it, but GNS3's consoles are telnet already
  if (host === undefined || (jump !== undefined && via === 'telnet')) return { kind: 'none' }
  const port = connect.port ?? defaultPorts[via]
  if (via === 'telnet') return { kind: 'direct', target: { kind: via, host, port } }
  const through = jump === undefined ? {} : { jump: { host: workVmHost, port: connect.jumpPort ?? defaultPorts.ssh } }
  return { kind: 'direct', target: { kind: via, host, port, ...through } }
}

/** True where the server may go that way: not to an address of the exercise's own choice, but for one behind the work VM. */
export const isWithinLab = (way: DeviceWay): boolean =>
  way.kind === 'console' || (way.kind === 'direct' && way.target.kind === 'ssh' && way.target.jump !== undefined)
