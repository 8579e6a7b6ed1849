import type { dhcpLease as original } from '../../en/checks/dhcp-lease.ts'
import type { Translated } from '../../translated.ts'

export const dhcpLease: Translated<typeof original> = {
  form: {
    name: 'Concessão DHCP',
    sentence: '{device} tem um endereço por DHCP de {range} com o gateway {gateway}',
    fields: {
      interface: 'Interface',
      mac: 'No servidor: endereço físico do cliente',
      pool: 'Rede',
      range: 'Primeiro e último endereço',
      gateway: 'Gateway',
      dns: 'Servidores de nomes',
      server: 'Dado por',
    },
  },
  reasons: {
    DHCP_GIVEN: { why: 'Visto de {device}, o endereço {address} foi dado por DHCP.', found: '{address}' },
    DHCP_NO_LEASE: { why: '{device} não obteve endereço por DHCP.', found: 'nenhuma concessão' },
    DHCP_BY_HAND: {
      why: '{device} tem um endereço, mas não foi dado por DHCP.',
      found: '{addresses} sem concessão',
    },
    DHCP_NO_BINDING: { why: '{device} não deu endereço a {mac}.', found: 'nenhuma associação para {mac}' },
    DHCP_EXPIRED: { why: 'A concessão de {device} expirou.', found: 'uma concessão expirada de {address}' },
    DHCP_OUTSIDE: { why: 'Visto de {device}, o endereço dado por DHCP não é de {range}.', found: '{address}' },
    DHCP_OTHER_GATEWAY: { why: 'O DHCP deu a {device} outro gateway.', found: 'gateway {gateway}' },
    DHCP_OTHER_DNS: { why: 'O DHCP deu a {device} outros servidores de nomes.', found: 'servidores de nomes {dns}' },
    DHCP_OTHER_SERVER: { why: 'O endereço de {device} foi dado por outro servidor.', found: 'servidor {server}' },
    DHCP_NOT_SHOWN: { why: '{device} tem uma concessão, mas não mostra tudo o que é pedido.', found: 'uma concessão de {address}' },
    DHCP_NOT_CONFIRMED: {
      why: '{device} mostra uma concessão, mas {host} não lhe deu nenhum endereço, portanto {address} pode ter sido escrito por cima dela.',
      found: '{address}, que {host} não conhece',
    },
    DHCP_SERVER_NOT_SHOWN: { why: '{host} não mostra que endereços deu.', found: 'não mostrado por {host}' },
    DHCP_CLIENT_UNCLEAR: {
      why: 'Corre um cliente DHCP em {device}, mas nada mostra que o endereço veio dele: pergunte ao servidor.',
      found: 'um cliente a correr sem ficheiro de concessões',
    },
  },
  expected: {
    DHCP_LEASED: 'um endereço por DHCP em {device}',
    DHCP_LEASED_FROM: 'um endereço de {range} por DHCP em {device}',
    DHCP_BINDING: 'um endereço que {device} deu a {mac}',
  },
}
