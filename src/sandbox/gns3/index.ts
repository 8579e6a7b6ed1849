export { startGuest } from './guest.ts'
export type { Guest, GuestOptions } from './guest.types.ts'
export { writeImages } from './images.ts'
export { acceptSocket, type ServerSocket } from './websocket.ts'
