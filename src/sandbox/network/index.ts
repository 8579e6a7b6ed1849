export { type ConsoleListener, openConsoleListener } from '../consoles/telnet-listener.ts'
export { createLabNetwork } from './create-lab-network.ts'
export { pcapHeader } from './pcap.ts'
export type { ConsoleAttachment, LabNetwork, LinkEnd, NodeFiles, NodeSpec, NodeState, PortInfo, SharedConsole } from './types.ts'
