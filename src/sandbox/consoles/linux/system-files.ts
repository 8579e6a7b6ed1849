import type { Shell } from './shell.ts'

/** The text of a file, those included that a kernel makes up; undefined where there is none. */
export function readSystemFile({ host }: Pick<Shell, 'host'>, path: string): string | undefined {
  if (path === '/proc/sys/net/ipv4/ip_forward') return host.isForwarding ? '1\n' : '0\n'
  if (path === '/etc/hostname') return `${host.hostname()}\n`
  const [, name, file] = /^\/sys\/class\/net\/([^/]+)\/(mtu|address|operstate|ifalias)$/.exec(path) ?? []
  const device = host.interfaces.find((each) => each.name === name)
  if (device === undefined) return host.readFile(path)
  if (file === 'mtu') return `${device.mtu}\n`
  if (file === 'address') return `${device.mac}\n`
  if (file === 'ifalias') return ''
  return device.isUp && host.hasCarrier(device) ? 'up\n' : 'down\n'
}
