import type { config as original } from '../en/config.ts'
import type { Translated } from '../translated.ts'

export const config: Translated<typeof original> = {
  network: 'não é uma rede como 10.20.0.0/16',
  address: 'não é um endereço IP',
  range: 'não é um intervalo como 5000-10000',
  portRange: 'não é um intervalo de portos',
  labHosts: 'tem de ser um nome de rede com {id} na primeira parte, como lab-{id}.labs.example.org',
  labHostsAreOurs: 'tomaria {host}, o nome de rede de PUBLIC_URL, por um laboratório',
  labAddresses: 'tem de ser agent, sandbox ou cloud-init:REDE/COMPRIMENTO',
  secretTooShort: 'tem de ter pelo menos 32 caracteres',
  timeZone: 'não é um fuso horário como Europe/Lisbon',
  givenTwice: 'é dado duas vezes, como {name} e como {file}',
  noFile: 'não existe o ficheiro {file}',
  emptyFile: 'o ficheiro {file} está vazio',
  unreadableFile: 'não é possível ler o ficheiro {file} ({reason})',
  vmidRange: 'é menor do que {minimum}',
  insideRange: '{vmids} têm de ficar fora de {range}',
  together: 'só faz sentido com {other}',
  neededWith: 'é necessário com {setting}',
  fingerprint: 'não é uma impressão digital SHA-256',
  noHttps: '{address} não é um endereço https://',
  labNetworks: 'é necessário com {setting}: as redes onde os laboratórios têm os seus endereços, como 10.20.0.0/16',
  credentials: 'é necessário com PROXMOX_TOKEN_SECRET (ou PROXMOX_USERNAME com PROXMOX_PASSWORD)',
}
