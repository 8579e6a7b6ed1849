import type { Messages } from '../index.ts'

/** What an administrator hears of without looking for it. */
export const alerts = {
  jobFailed: 'The job “{job}” failed for good: {reason}',
  orphanResists: 'The disk {volume} that a deleted VM left behind cannot be freed after {tries} tries.',
  storageFull: 'Storage {storage} on {node} is {percent} % full.',
  nodeOffline: 'The Proxmox node {node} is offline; its labs cannot be reached.',
} satisfies Messages
