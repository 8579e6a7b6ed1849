/** Graphical consoles of the sandbox: what a text console prints, drawn and shown by RFB. */
export { createMachineConsole, type MachineConsole } from './machine-console.ts'
export { serveRfb } from './rfb-session.ts'
export { createConsoleScreen, openScreenListener } from './screen-listener.ts'
