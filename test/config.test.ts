import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Environment, isCidr, loadConfig } from '../src/config.ts'
import { isAppError } from '../src/errors.ts'
import { createTranslator, sentenceText } from '../src/strings/index.ts'
import { tempFolder } from './support/temp-folder.ts'

/** Names of the settings that are refused, in the order they are told. */
function problemsOf(environment: Environment): string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    if (isAppError(error, 'CONFIG_INVALID'))
      return error.fields.map(({ field, problem }) => `${field} ${problem ? sentenceText(problem, createTranslator()) : ''}`)
    throw error
  }
  return []
}
const fieldsOf = (environment: Environment): string[] => problemsOf(environment).map((line) => line.split(' ')[0] ?? '')

describe('the defaults', () => {
  it('listen on loopback, keep four gigabytes for each node and read only inside the machine', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8080,
      PUBLIC_URL: 'http://127.0.0.1:8080',
      LAB_MEMORY_RESERVE_MB: 4096,
      BIN_DAYS: 7,
      AUTO_MIGRATE: false,
      SANDBOX: false,
      LAB_ADDRESSES: { kind: 'agent' },
      GNS3_CONSOLE_PORTS: { from: 5000, to: 10_000 },
    })
    expect(config.DATABASE_FILE).toBe(join(config.DATA_DIR, 'netpraxis.sqlite'))
  })

  it('take a setting that is there but empty for one that is not there', () => {
    expect(loadConfig({ PORT: '', SESSION_SECRET: '', LDAP_URL: '' })).toMatchObject({ PORT: 8080, LDAP_URL: [] })
  })
})

describe('the address of browsers', () => {
  it.each([
    [{ HOST: '0.0.0.0' }, 'http://localhost:8080'],
    [{ HOST: '::' }, 'http://localhost:8080'],
    [{ HOST: '::1', PORT: '8081' }, 'http://[::1]:8081'],
    [{ PUBLIC_URL: 'https://labs.example.org/' }, 'https://labs.example.org'],
  ])('comes from %o as %s', (environment, url) => {
    expect(loadConfig(environment).PUBLIC_URL).toBe(url)
    expect(URL.canParse(url)).toBe(true)
  })

  it('is https as soon as there is a certificate', () => {
    const folder = tempFolder()
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    for (const file of [TLS_CERT_FILE, TLS_KEY_FILE]) writeFileSync(file, 'x')
    expect(loadConfig({ TLS_CERT_FILE, TLS_KEY_FILE }).PUBLIC_URL).toBe('https://127.0.0.1:8080')
  })
})

describe('lists, ranges and networks', () => {
  it('are read with spaces and empty places', () => {
    const config = loadConfig({
      PROXMOX_NODES: ' pve1, pve2 ,,',
      PROXMOX_BASE_TEMPLATES: '9000 + 9010, 9001',
      LAB_NETWORKS: '10.20.0.0/16, 2001:db8::/64',
      GNS3_CONSOLE_PORTS: '2000-3000',
      LAB_ADDRESSES: 'cloud-init:10.20.0.0/16',
    })
    expect(config).toMatchObject({
      PROXMOX_NODES: ['pve1', 'pve2'],
      PROXMOX_BASE_TEMPLATES: [[9000, 9010], [9001]],
      LAB_NETWORKS: ['10.20.0.0/16', '2001:db8::/64'],
      GNS3_CONSOLE_PORTS: { from: 2000, to: 3000 },
      LAB_ADDRESSES: { kind: 'cloud-init', network: '10.20.0.0/16' },
    })
  })

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '/8', '10.0.0/8', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1', 'example.org/8'])(
    'does not take %s for a network',
    (text) => {
      expect(isCidr(text)).toBe(false)
      expect(fieldsOf({ LAB_NETWORKS: text })).toEqual(['LAB_NETWORKS.0'])
    },
  )

  it.each(['3000-2000', '0-10', '1-65536', '5000', 'a-b', '5000-6000-7000'])('does not take %s for a range of ports', (text) => {
    expect(fieldsOf({ GNS3_CONSOLE_PORTS: text })).toEqual(['GNS3_CONSOLE_PORTS'])
  })
})

const proxmox = { PROXMOX_URL: 'https://pve:8006', LAB_NETWORKS: '10.20.0.0/16' }

describe('problems', () => {
  it('are told all at once, those of single settings and those between settings', () => {
    const fields = fieldsOf({
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      SESSION_SECRET: 'short',
      TIME_ZONE: 'Europe/Nowhere',
      LAB_HOST_PATTERN: 'lab.example.org',
      AUTH_MODE: 'ldap',
      PROXMOX_URL: 'http://pve.example.org:8006',
      LAB_NETWORKS: '10.20.0.0/16',
      METRICS_TOKEN_FILE: '/there/is/no/such/file',
    })
    expect(fields.sort()).toEqual(
      [
        'PORT',
        'LOG_LEVEL',
        'SESSION_SECRET',
        'TIME_ZONE',
        'LAB_HOST_PATTERN',
        'METRICS_TOKEN_FILE',
        'LDAP_URL',
        'LDAP_BASE_DN',
        'PROXMOX_URL',
        'PROXMOX_TOKEN_ID',
      ].sort(),
    )
  })

  it('do not tell a contradiction with a setting that could not be read', () => {
    expect(fieldsOf({ PROXMOX_VMID_MIN: 'many', PROXMOX_VMID_MAX: '15000' })).toEqual(['PROXMOX_VMID_MIN'])
  })

  it('never repeat the value of a secret', () => {
    expect(problemsOf({ SESSION_SECRET: 'hunter2hunter2', METRICS_TOKEN: 'tiny-one' }).join('\n')).not.toMatch(/hunter2|tiny-one/)
  })

  it.each<[string, Environment, string]>([
    ['a range that ends before it begins', { PROXMOX_VMID_MIN: '30000', PROXMOX_VMID_MAX: '20000' }, 'PROXMOX_VMID_MAX'],
    ['a base template inside our own range', { PROXMOX_BASE_TEMPLATES: '9000+20005' }, 'PROXMOX_BASE_TEMPLATES'],
    ['a certificate without its key', { TLS_CERT_FILE: '/dev/null' }, 'TLS_KEY_FILE'],
    ['a directory without a base', { AUTH_MODE: 'ldap', LDAP_URL: 'ldaps://ldap.example.org' }, 'LDAP_BASE_DN'],
    ['Proxmox without credentials', proxmox, 'PROXMOX_TOKEN_ID'],
    ['a token without its secret', { ...proxmox, PROXMOX_TOKEN_ID: 'a@pve!b' }, 'PROXMOX_TOKEN_ID'],
  ])('name %s', (_what, environment, field) => {
    expect(fieldsOf(environment)).toEqual([field])
  })

  it.each(['TLS_KEY_FILE', 'LDAP_CA_FILE', 'PROXMOX_CA_FILE'])('name %s when it does not exist', (name) => {
    const others = name === 'TLS_KEY_FILE' ? { TLS_CERT_FILE: '/dev/null' } : {}
    expect(problemsOf({ ...others, [name]: '/there/is/no/such.pem' })).toEqual([`${name} there is no file /there/is/no/such.pem`])
  })
})

describe('a secret in a file', () => {
  it('is read without the line end that editors add', () => {
    const file = join(tempFolder(), 'token')
    writeFileSync(file, `${'t'.repeat(32)}\n`)
    expect(loadConfig({ METRICS_TOKEN_FILE: file }).METRICS_TOKEN).toBe('t'.repeat(32))
  })

  it('is refused when the secret is given both ways', () => {
    const file = join(tempFolder(), 'token')
    writeFileSync(file, 't'.repeat(32))
    expect(fieldsOf({ METRICS_TOKEN_FILE: file, METRICS_TOKEN: 'u'.repeat(32) })).toEqual(['METRICS_TOKEN'])
  })

  it('is refused when the file is empty: the protection would be off in silence', () => {
    const file = join(tempFolder(), 'token')
    writeFileSync(file, '\n')
    expect(fieldsOf({ METRICS_TOKEN_FILE: file })).toEqual(['METRICS_TOKEN_FILE'])
  })

  it('is refused like any other problem when the file cannot be read', () => {
    const folder = join(tempFolder(), 'a-folder')
    mkdirSync(folder)
    expect(fieldsOf({ METRICS_TOKEN_FILE: folder, PORT: 'x' }).sort()).toEqual(['METRICS_TOKEN_FILE', 'PORT'])
  })
})
