import type { alerts as original } from '../en/alerts.ts'
import type { Translated } from '../translated.ts'

export const alerts: Translated<typeof original> = {
  jobFailed: 'A tarefa “{job}” falhou definitivamente: {reason}',
  orphanResists: 'O disco {volume}, deixado por uma VM eliminada, não pôde ser libertado após {tries} tentativas.',
  storageFilling: 'O armazenamento {storage} em {node} está {percent} % cheio. A partir de 90 % não se fazem nele novos laboratórios.',
  storageFull: 'O armazenamento {storage} em {node} está {percent} % cheio. Os novos laboratórios esperam até haver espaço.',
  metadataFilling:
    'Os metadados do thin pool {storage} em {node} estão {percent} % cheios. A partir de 90 % não se fazem nele novos laboratórios.',
  metadataFull: 'Os metadados do thin pool {storage} em {node} estão {percent} % cheios. Os novos laboratórios esperam até haver espaço.',
  nodeOffline: 'O nó Proxmox {node} está desligado; não é possível chegar aos seus laboratórios.',
}
