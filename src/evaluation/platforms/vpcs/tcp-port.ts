import { tcpPort } from '../../command-modules/tcp-port.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { icmpErrorKind } from '../readings/icmp-text.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { type ProbeOne, tcpReader, withoutIpv6 } from '../readings/tcp-probe.ts'
import { askVpcs, hasAddress, showIp } from './answer.ts'

/** `Connect   80@10.0.0.1 seq=1 ttl=63 time=0.5 ms`; further lines tell of data and close. Fixtures: vpcs/tcp_port. */
const connectLine = /^Connect +(\d+)@(\S+) (seq=\d+ ttl=\d+ time=[\d.]+ ms|RST returned|timeout)$/
const errorLine = /^\*(\d+\.\d+\.\d+\.\d+) tcp_seq=\d+ ttl=\d+ time=[\d.]+ ms \(ICMP type:(\d+), code:(\d+),/
/** ARP takes 3 s, four SYNs a second each. */
const timeoutMs = 30_000
const silentSeconds = 8

const probe: ProbeOne = async (context, to, port) => {
  const answer = await askVpcs(context, `ping ${to} -3 -p ${port} -c 1`, { timeoutMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const connects = lines.flatMap((line) => {
    const match = connectLine.exec(line)
    return match?.[2] === to && match[1] === String(port) ? (match[3] ?? []) : []
  })
  const unsent = lines.some((line) => /^(?:host \(\S+\) not reachable|No gateway found)$/.test(line))
  const errors = lines.flatMap((line) => (errorLine.test(line) ? line : []))
  // VPCS shows what others type while it works: an answer that says two things was not given by the device alone
  const isTorn = (unsent && errors.length + connects.length > 0) || (errors.length > 0 && connects.some((said) => said !== 'timeout'))
  if (isTorn) return unknownAnswer(answer)
  if (unsent) return { result: 'unsent', by: null, from: null }
  const error = lines.flatMap((line) => errorLine.exec(line) ?? [])
  if (error[1] !== undefined) {
    const kind = icmpErrorKind(Number(error[2]), Number(error[3]))
    if (kind === 'port-unreachable') return { result: 'refused', by: null, from: null }
    return { result: 'rejected', by: kind === 'filtered' ? 'filter' : 'network', from: error[1] }
  }
  const [said] = connects
  if (said === undefined || connects.length !== 1) return unknownAnswer(answer)
  if (said === 'timeout') return silent(context)
  return { result: said === 'RST returned' ? 'refused' : 'open', by: null, from: null }
}

/** Without an address nothing comes back, whatever was sent. */
const silent = async (context: Parameters<ProbeOne>[0]): ReturnType<ProbeOne> => {
  const settings = await showIp(context)
  if (isUnreadable(settings)) return settings
  return { result: hasAddress(settings) ? 'silent' : 'unsent', by: null, from: null }
}

export const tcpPorts: readonly BoundReader[] = [reads(tcpPort, tcpReader(probe, silentSeconds, withoutIpv6), 'device')]
