import { conflict, forbidden } from './api-error.ts'
import { openConsoleListener, openScreenListener, type SharedConsole } from './lab-devices.ts'
import { rejectedFilter } from './link-filters.ts'
import { runPool } from './mutex.ts'
import { alwaysRunning, type LabNode, type Project } from './project.types.ts'

import { nodeJson } from './project-json.ts'
import type { ServerState } from './server-state.ts'

/** Types whose suspend does nothing and says so to nobody. */
const neverSuspended = new Set(['vpcs', 'iou', 'traceng'])

/** Starts a node, or resumes a suspended one; a started one stays as it is. */
export async function startNode(state: ServerState, project: Project, node: LabNode): Promise<void> {
  if (alwaysRunning.has(node.type) || node.status === 'started') return
  const refused = rejectedFilter(project, node)
  if (refused) throw conflict(refused)
  await state.runtime.wait(state.runtime.timing.startNode)
  await networkOf(project).start(node.id)
  node.commandLine = commandLineOf(node)
  await openListener(state, project, node)
  changed(state, project, node)
}

export async function stopNode(state: ServerState, project: Project, node: LabNode): Promise<void> {
  if (alwaysRunning.has(node.type) || node.status === 'stopped') return
  await state.runtime.wait(state.runtime.timing.stopNode)
  await networkOf(project).stop(node.id)
  await closeListener(node)
  changed(state, project, node)
}

export async function suspendNode(state: ServerState, project: Project, node: LabNode): Promise<void> {
  if (alwaysRunning.has(node.type) || neverSuspended.has(node.type) || node.status !== 'started') return
  await networkOf(project).suspend(node.id)
  changed(state, project, node)
}

/** Stops and starts: listeners of the event stream see it stopped several times (measured: three for a VPCS), then started. */
export async function reloadNode(state: ServerState, project: Project, node: LabNode): Promise<void> {
  if (alwaysRunning.has(node.type)) return
  await stopNode(state, project, node)
  changed(state, project, node)
  changed(state, project, node)
  await startNode(state, project, node)
}

/** Drops the console's clients and listens anew. A stopped node has nothing to reset. */
export async function resetConsole(state: ServerState, project: Project, node: LabNode): Promise<void> {
  if (!node.listener && !node.screen) return
  await closeListener(node)
  await openListener(state, project, node)
}

type Verb = (state: ServerState, project: Project, node: LabNode) => Promise<void>

/** Three nodes at a time; one error comes back when any failed, the others are done all the same. */
export function forAllNodes(state: ServerState, project: Project, verb: Verb): Promise<void> {
  return runPool([...project.nodes.values()].map((node) => () => verb(state, project, node)))
}

/** Opens the node's telnet port when its device has a console and runs. */
export async function openListener(state: ServerState, project: Project, node: LabNode): Promise<void> {
  const device = networkOf(project).console(node.id)
  if (!device) return
  await openScreen(state, node, device)
  const port = telnetPort(node)
  if (node.listener || port === null) return
  try {
    node.listener = await openConsoleListener({ console: device, host: state.runtime.options.host, port })
  } catch (error) {
    throw conflict(`Could not start Telnet server on socket ${state.runtime.options.host}:${port}: ${String(error)}`)
  }
}

async function openScreen(state: ServerState, node: LabNode, console: SharedConsole): Promise<void> {
  if (node.consoleType !== 'vnc' || node.console === null || node.screen) return
  const { host } = state.runtime.options
  try {
    node.screen = await openScreenListener({ console, name: node.name, host, port: node.console })
  } catch (error) {
    throw conflict(`Could not start VNC server on socket ${host}:${node.console}: ${String(error)}`)
  }
}

/** The text console of a node with a graphical one is its auxiliary one, where it has one. */
function telnetPort(node: LabNode): number | null {
  if (node.consoleType === 'telnet') return node.console
  return node.auxType === 'telnet' ? node.aux : null
}

export async function closeListener(node: LabNode): Promise<void> {
  const { listener, screen } = node
  node.listener = null
  node.screen = null
  await listener?.close()
  await screen?.close()
}

function networkOf(project: Project): NonNullable<Project['network']> {
  if (!project.network) throw forbidden('The project is not opened')
  return project.network
}

function changed(state: ServerState, project: Project, node: LabNode): void {
  node.status = networkOf(project).state(node.id)
  state.notifications.project(project.id, 'node.updated', nodeJson(state.runtime, project, node))
}

/** Only there to be shown; nobody should read it. */
function commandLineOf(node: LabNode): string {
  if (node.type === 'vpcs') return `vpcs -p ${node.innerPort} -m 1 -i 1 -F -R -s 20000 -c 20001 -t 127.0.0.1 startup.vpc`
  return `${node.type} ${node.name}`
}
