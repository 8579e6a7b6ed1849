export type { Guest, GuestOptions } from './guest.types.ts'
export { startGuest } from './guest.ts'
