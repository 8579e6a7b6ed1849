/** The one place where the GNS3 emulator meets the simulated network and its consoles. */

export type { SharedConsole } from '../network/index.ts'
export { createLabNetwork, openConsoleListener } from '../network/index.ts'
export { openScreenListener } from '../screens/index.ts'
