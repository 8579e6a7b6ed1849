import type { alerts as original } from '../en/alerts.ts'
import type { Translated } from '../translated.ts'

export const alerts: Translated<typeof original> = {
  jobFailed: 'A tarefa “{job}” falhou definitivamente: {reason}',
  orphanResists: 'O disco {volume}, deixado por uma VM eliminada, não pôde ser libertado após {tries} tentativas.',
  storageFull: 'O armazenamento {storage} em {node} está {percent} % cheio.',
  nodeOffline: 'O nó Proxmox {node} está desligado; não é possível chegar aos seus laboratórios.',
}
