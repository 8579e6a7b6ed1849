/** The one place where the GNS3 emulator meets the simulated network and its consoles. */
export { createLabNetwork, openConsoleListener } from '../network/index.ts'
