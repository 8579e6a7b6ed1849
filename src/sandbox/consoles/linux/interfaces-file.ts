import { lengthOf, parseIp, parsePrefix } from '../../network/address.ts'
import type { Process } from '../../network/process.ts'
import { runText, type Shell, type Streams } from './shell.ts'

interface Stanza {
  readonly name: string
  readonly method: string
  readonly options: readonly (readonly [string, string])[]
}

/** `/etc/network/interfaces`, as a GNS3 container reads it when it starts (`ifup -a`). */
export function* applyInterfacesFile(shell: Shell, text: string, streams: Streams): Process<void> {
  for (const stanza of readStanzas(text)) {
    const device = shell.host.interfaces.find((each) => each.name === stanza.name)
    if (device === undefined || stanza.method === 'loopback') continue
    shell.host.setUp(device, true)
    const option = (key: string) => stanza.options.find(([name]) => name === key)?.[1]
    const given = option('address') ?? ''
    const prefix = parsePrefix(given)
    const address = prefix?.address ?? parseIp(given)
    const length = prefix?.length ?? readMask(option('netmask'))
    if (stanza.method === 'static' && address !== undefined && length !== undefined) shell.host.addAddress(device, { address, length })
    const gateway = option('gateway')
    if (gateway !== undefined) yield* runText(shell, `ip route add default via ${gateway} dev ${device.name}`, streams)
    for (const [name, value] of stanza.options) if (name === 'up' || name === 'post-up') yield* runText(shell, value, streams)
  }
}

const readMask = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  return /^\d{1,2}$/.test(text) ? Number(text) : lengthOf(parseIp(text) ?? 1)
}

function readStanzas(text: string): Stanza[] {
  const stanzas: { name: string; method: string; options: [string, string][] }[] = []
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim()
    const heading = /^iface\s+(\S+)\s+inet\s+(\S+)/.exec(line)
    if (heading !== null) {
      stanzas.push({ name: heading[1] ?? '', method: heading[2] ?? '', options: [] })
      continue
    }
    const [key = '', ...rest] = line.split(/\s+/)
    if (line === '' || key === 'auto' || key.startsWith('allow-') || key === 'source') continue
    stanzas.at(-1)?.options.push([key, rest.join(' ')])
  }
  return stanzas
}
