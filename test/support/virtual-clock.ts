/** Time that stands still until a test moves it. */
export { createManualClock as createVirtualClock, type ManualClock as VirtualClock } from '../sandbox/proxmox/manual-clock.ts'
