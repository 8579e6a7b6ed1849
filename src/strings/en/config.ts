import type { Messages } from '../index.ts'

/** What is wrong with a setting; each stands behind its name (`PORT: must be a number`). See shapes.ts too. */
export const config = {
  network: 'is not a network such as 10.20.0.0/16',
  address: 'is not an IP address',
  range: 'is not a range such as 5000-10000',
  portRange: 'is not a range of ports',
  labHosts: 'must be a host name with {id} in its first part, such as lab-{id}.labs.example.org',
  labHostsAreOurs: 'would take {host}, the host name of PUBLIC_URL, for a lab',
  labAddresses: 'must be agent, sandbox or cloud-init:NETWORK/LENGTH',
  secretTooShort: 'must be at least 32 characters',
  timeZone: 'is not a time zone such as Europe/Lisbon',
  givenTwice: 'is given twice, as {name} and as {file}',
  noFile: 'there is no file {file}',
  emptyFile: 'the file {file} is empty',
  unreadableFile: 'the file {file} cannot be read ({reason})',
  vmidRange: 'is smaller than {minimum}',
  insideRange: '{vmids} must lie outside {range}',
  together: 'goes together with {other}',
  neededWith: 'is needed with {setting}',
  fingerprint: 'is not a SHA-256 fingerprint',
  noHttps: '{address} is not an https:// address',
  labNetworks: 'is needed with {setting}: the networks that labs have their addresses in, such as 10.20.0.0/16',
  credentials: 'with PROXMOX_TOKEN_SECRET (or PROXMOX_USERNAME with PROXMOX_PASSWORD) is needed',
} satisfies Messages
