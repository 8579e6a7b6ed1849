import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'

export interface Certificates {
  readonly caFile: string
  readonly key: string
  /** Server certificate followed by its CA. */
  readonly chain: string
  /** SHA-256 of the server certificate, `AA:BB:...`, as `/nodes` shows it. */
  readonly fingerprint: string
}

const years = (count: number): Date => new Date(Date.now() + count * 365 * 86_400_000)

async function makeCertificates(folder: string): Promise<void> {
  const ca = await generate([{ name: 'commonName', value: 'NetPraxis sandbox Cluster Manager CA' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: years(10),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'pve1.sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: years(2),
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'ca.pem'), ca.cert)
  writeFileSync(join(folder, 'server-key.pem'), server.private, { mode: 0o600 })
  // renamed last: its presence says that the set is complete
  writeFileSync(join(folder, 'server.pem.new'), `${server.cert.trim()}\n${ca.cert}`)
  renameSync(join(folder, 'server.pem.new'), join(folder, 'server.pem'))
}

/** Makes the sandbox's own CA and server certificate at the first start, reads them later. */
export async function loadCertificates(folder: string): Promise<Certificates> {
  if (!existsSync(join(folder, 'server.pem'))) await makeCertificates(folder)
  const chain = readFileSync(join(folder, 'server.pem'), 'utf8')
  return {
    caFile: join(folder, 'ca.pem'),
    key: readFileSync(join(folder, 'server-key.pem'), 'utf8'),
    chain,
    fingerprint: new X509Certificate(chain).fingerprint256,
  }
}
