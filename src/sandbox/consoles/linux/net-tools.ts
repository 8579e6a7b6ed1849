import { formatIp, maskOf, parseIp, parsePrefix } from '../../network/address.ts'
import { ipProgram } from './program-ip.ts'
import type { Program } from './shell.ts'

/** `ifconfig`, `ifconfig eth0`, `ifconfig eth0 A netmask M up`. */
const ifconfig: Program = function* (shell, words, streams) {
  const { host } = shell
  const [name, ...rest] = words.filter((word) => word !== '-a')
  if (name === undefined || rest.length === 0) {
    const wanted = host.interfaces.filter((each) => (name === undefined ? each.isUp || words.includes('-a') : each.name === name))
    if (wanted.length === 0) {
      streams.err(`${name}: error fetching interface information: Device not found\n`)
      return 1
    }
    streams.out(wanted.map((each) => describeOld(each)).join('\n'))
    return 0
  }
  const device = host.interfaces.find((each) => each.name === name)
  if (device === undefined) {
    streams.err('SIOCSIFADDR: No such device\n')
    return 255
  }
  const address = parseIp(rest[0] ?? '') ?? parsePrefix(rest[0] ?? '')?.address
  if (address !== undefined) {
    const given = parsePrefix(rest[0] ?? '')?.length
    const mask = parseIp(rest[rest.indexOf('netmask') + 1] ?? '')
    const length = given ?? (rest.includes('netmask') && mask !== undefined ? 32 - Math.round(Math.log2(2 ** 32 - mask)) : 24)
    for (const own of [...device.addresses]) host.removeAddress(device, own)
    host.setUp(device, true)
    host.addAddress(device, { address, length })
  }
  if (rest.includes('down')) host.setUp(device, false)
  if (rest.includes('up')) host.setUp(device, true)
  return 0
}

function describeOld(device: {
  name: string
  isUp: boolean
  mtu: number
  mac: string
  addresses: readonly { address: number; length: number }[]
}): string {
  const [first] = device.addresses
  const inet =
    first === undefined
      ? ''
      : `        inet ${formatIp(first.address)}  netmask ${formatIp(maskOf(first.length))}  broadcast ${formatIp((first.address | ~maskOf(first.length)) >>> 0)}\n`
  return `${device.name}: flags=${device.isUp ? '4163<UP,BROADCAST,RUNNING,MULTICAST>' : '4098<BROADCAST,MULTICAST>'}  mtu ${device.mtu}\n${inet}        ether ${device.mac}  txqueuelen 1000  (Ethernet)\n`
}

const route: Program = function* (shell, words, streams) {
  if (words[0] === 'add' || words[0] === 'del') {
    const rest = words
      .slice(1)
      .filter((word) => word !== '-net' && word !== '-host')
      .map((word) => (word === 'gw' ? 'via' : word))
    const at = rest.indexOf('netmask')
    const mask = at === -1 ? undefined : parseIp(rest[at + 1] ?? '')
    if (mask !== undefined) rest.splice(at, 2)
    if (mask !== undefined && rest[0] !== undefined) rest[0] = `${rest[0]}/${32 - Math.round(Math.log2(2 ** 32 - mask))}`
    return yield* ipProgram(shell, ['route', words[0], ...rest], streams)
  }
  const rows = shell.host.routes.map((each) => {
    const gateway = each.gateway === null ? '0.0.0.0' : formatIp(each.gateway)
    const flags = each.gateway === null ? 'U' : 'UG'
    return `${formatIp(each.network).padEnd(15)} ${gateway.padEnd(15)} ${formatIp(maskOf(each.length)).padEnd(15)} ${flags.padEnd(5)} ${String(each.metric).padEnd(6)} 0        0 ${each.device ?? '*'}\n`
  })
  streams.out(`Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${rows.join('')}`)
  return 0
}

/** The programs from before `ip`. */
export const netTools: Readonly<Record<string, Program>> = {
  ifconfig,
  route,
  arp: function* (shell, _words, streams) {
    return yield* ipProgram(shell, ['neigh'], streams)
  },
}
