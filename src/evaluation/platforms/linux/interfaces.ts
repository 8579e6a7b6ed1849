import { interfaceAddress } from '../../command-modules/interface-address.ts'
import { type InterfaceStateParams, interfaceState, type PortState } from '../../command-modules/interface-state.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { findPort, namesOf } from '../../ports.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'
import { asAddressed, askPorts, type LinuxPort } from './ip-addr.ts'
import { isNotFound } from './ping-text.ts'

/** One value of the kernel's folder for the interface; null where the interface has no such value (`Invalid argument`). */
async function askSys({ ask }: ReadContext, port: string, file: 'speed' | 'ifalias'): Promise<string | null | Unreadable> {
  const answer = await ask(`cat /sys/class/net/${port}/${file}`)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  if (isRefused(answer)) return null
  const lines = linesOf(answer).filter((line) => line !== '')
  return lines.length > 1 ? unknownAnswer(answer) : (lines[0] ?? '')
}

const isRefused = (answer: Observation): boolean => isNotFound(answer) || /^cat: .*: \S.*$/m.test(answer.text)

/** Mbit/s; a virtual port says -1 or nothing. */
async function askSpeed(context: ReadContext, port: string): Promise<number | null | Unreadable> {
  const text = await askSys(context, port, 'speed')
  if (text === null || typeof text !== 'string') return text
  return /^[1-9]\d*$/.test(text) ? Number(text) : null
}

async function stateOf(context: ReadContext, port: LinuxPort, params: InterfaceStateParams): Promise<PortState | Unreadable> {
  const speedMbps = params.speed === undefined ? null : await askSpeed(context, port.name)
  if (speedMbps !== null && typeof speedMbps !== 'number') return speedMbps
  const description = params.description === undefined ? null : await askSys(context, port.name, 'ifalias')
  if (description !== null && typeof description !== 'string') return description
  const { name, isAdminUp, isOperUp, mtu, mac } = port
  return { name, admin: isAdminUp ? 'up' : 'down', oper: isOperUp ? 'up' : 'down', mtu, mac, speedMbps, description }
}

/** Addresses and state of interfaces. */
export const interfaces: readonly BoundReader[] = [
  reads(
    interfaceAddress,
    {
      observe: async (context) => {
        const ports = await askPorts(context)
        return isUnreadable(ports) ? ports : { ports: ports.map(asAddressed), lists: 'all' as const }
      },
    },
    'device',
  ),
  reads(
    interfaceState,
    {
      observe: async (context, params) => {
        const ports = await askPorts(context)
        if (isUnreadable(ports)) return ports
        const port = findPort(ports, params.interface)
        if (port === undefined) return { port: null, others: namesOf(ports) }
        const state = await stateOf(context, port, params)
        return isUnreadable(state) ? state : { port: state, others: namesOf(ports) }
      },
    },
    'device',
  ),
]
