/** The door to device consoles: platforms as data, inventories, sessions over telnet and SSH. */
export * from './contract.ts'
export { type Inventory, type InventoryHost, readInventory } from './inventory.ts'
export { openConsole, openConsoleOver } from './open-console.ts'
export type { PlatformDefinition, PlatformMode } from './platform-definition.ts'
export { loadPlatforms, type Platforms } from './platforms.ts'
export { runPreconfiguration, saveConfiguration } from './preconfigure.ts'
export { findErrorLine } from './situation.ts'
export type { ConsoleTransport, TransportReceiver } from './transport.ts'
