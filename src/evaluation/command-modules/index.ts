import type { AnyCommandModule } from '../command-module.ts'
import { ping } from './ping.ts'
import { route } from './route.ts'
import { tcpPort } from './tcp-port.ts'
import { topology } from './topology.ts'
import { traceroute } from './traceroute.ts'

/** Everything a teacher can check: one line per kind. */
export const commandModules: readonly AnyCommandModule[] = [ping, route, tcpPort, topology, traceroute]

/** The module of that name; undefined when there is none. */
export const findCommandModule = (name: string): AnyCommandModule | undefined => commandModules.find((module) => module.name === name)
