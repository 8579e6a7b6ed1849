/** The door of the Proxmox gateway. */
export type * from './types.ts'
