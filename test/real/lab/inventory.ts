import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Lab } from './lab.ts'
import { type Access, access } from './topology.ts'

/** The lab as Nornir's hosts.yaml, as `netpraxis evaluate --inventory` reads it. @returns the folder */
export function writeInventory(lab: Lab, overrides: Readonly<Record<string, Access>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-lab-'))
  const hosts = Object.entries({ ...access, ...overrides }).map(([name, way]) => [name, hostOf(lab, name, way)])
  writeFileSync(join(folder, 'hosts.yaml'), stringify(Object.fromEntries(hosts)))
  return folder
}

function hostOf(lab: Lab, name: string, { platform, transport, account }: Access) {
  const { telnetPort, sshPort } = lab.get(name)
  const port = transport === 'ssh' ? sshPort : telnetPort
  const login = account === null ? {} : { username: account.username, password: account.password }
  return { hostname: '127.0.0.1', port, platform, ...login, data: { transport } }
}
