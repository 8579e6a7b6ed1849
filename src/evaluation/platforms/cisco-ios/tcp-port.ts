import { tcpPort } from '../../command-modules/tcp-port.ts'
import { type BoundReader, reads } from '../../platform.ts'
import { tcpReader, withoutIpv6 } from '../readings/tcp-probe.ts'
import { iosTelnetSeconds, probeByIosTelnet } from '../readings/telnet-probe.ts'
import { askIos } from './answer.ts'

/** By the telnet of the device, left again at once. */
export const tcpPorts: readonly BoundReader[] = [
  reads(tcpPort, tcpReader(probeByIosTelnet(askIos), iosTelnetSeconds, withoutIpv6), 'documented'),
]
