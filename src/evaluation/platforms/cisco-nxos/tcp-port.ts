import { tcpPort } from '../../command-modules/tcp-port.ts'
import { type BoundReader, reads } from '../../platform.ts'
import { tcpReader, withoutIpv6 } from '../readings/tcp-probe.ts'
import { probeByTelnet, telnetSeconds } from '../readings/telnet-probe.ts'
import { askNxos } from './answer.ts'

/** By the telnet of the device, left again at once. */
export const tcpPorts: readonly BoundReader[] = [
  reads(
    tcpPort,
    tcpReader(
      probeByTelnet(askNxos, (to, port) => `telnet ${to} ${port}`),
      telnetSeconds,
      withoutIpv6,
    ),
    'documented',
  ),
]
