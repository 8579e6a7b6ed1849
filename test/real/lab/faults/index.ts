import type { Fault } from './fault.ts'
import { interfaceFaults } from './interfaces.ts'
import { neighbourFaults } from './neighbours.ts'
import { reachabilityFaults } from './reachability.ts'
import { routingFaults } from './routing.ts'
import { serviceFaults } from './services.ts'
import { switchingFaults } from './switching.ts'

/** Every fault of the matrix. */
export const faults: readonly Fault[] = [
  ...reachabilityFaults,
  ...interfaceFaults,
  ...neighbourFaults,
  ...routingFaults,
  ...switchingFaults,
  ...serviceFaults,
]
