import type { Messages } from '../index.ts'

/** What an administrator hears of without looking for it. */
export const alerts = {
  jobFailed: 'The job “{job}” failed for good: {reason}',
  orphanResists: 'The disk {volume} that a deleted VM left behind cannot be freed after {tries} tries.',
  storageFilling: 'Storage {storage} on {node} is {percent} % full. From 90 % on no new labs are made on it.',
  storageFull: 'Storage {storage} on {node} is {percent} % full. New labs wait until there is room.',
  metadataFilling: 'The metadata of thin pool {storage} on {node} is {percent} % full. From 90 % on no new labs are made on it.',
  metadataFull: 'The metadata of thin pool {storage} on {node} is {percent} % full. New labs wait until there is room.',
  nodeOffline: 'The Proxmox node {node} is offline; its labs cannot be reached.',
} satisfies Messages
