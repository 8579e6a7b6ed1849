import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const suffix = 'dc=example,dc=org'
export const rootDn = `cn=root,${suffix}`
export const rootPassword = 'root-secret'

export interface Slapd {
  readonly url: string
  readonly tlsUrl: string
  readonly port: number
  readonly tlsPort: number
  /** The certificate of the server (for 127.0.0.1), which is its own CA. */
  readonly caFile: string
  /** Adds entries as the directory's root. */
  add(ldif: string): void
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Anonymous may look up people and groups, nobody reads passwords; a base outside the suffix is referred elsewhere. */
const configuration = (folder: string, sizeLimit: string) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
referral ldap://127.0.0.1:1/
database mdb
suffix "${suffix}"
rootdn "${rootDn}"
rootpw ${rootPassword}
directory ${folder}/db
sizelimit ${sizeLimit}
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=hidden,${suffix}" by dn.exact="uid=service,ou=services,${suffix}" read by * none
access to * by * read
`

function makeCertificate(folder: string): void {
  const made = spawnSync('openssl', [
    ...[
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=slapd of a test',
    ],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
  ])
  if (made.status !== 0) throw new Error(made.stderr.toString())
}

async function untilItAnswers(url: string, process: ChildProcess, stderr: () => string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (spawnSync('ldapsearch', ['-x', '-H', url, '-b', '', '-s', 'base', '-o', 'nettimeout=1']).status !== 0) {
    if (process.exitCode !== null || Date.now() > deadline) throw new Error(`slapd does not answer: ${stderr()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/**
 * A real OpenLDAP server in a folder and on ports of its own, in the foreground; ended by its process.
 * @param options.sizeLimit entries that it gives for one search, however it is paged
 */
export async function startSlapd({ sizeLimit }: { sizeLimit?: number } = {}): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'slapd-'))
  mkdirSync(join(folder, 'db'))
  makeCertificate(folder)
  writeFileSync(
    join(folder, 'slapd.conf'),
    configuration(folder, sizeLimit === undefined ? 'unlimited' : `size.hard=${sizeLimit} size.soft=${sizeLimit}`),
  )
  const [port, tlsPort] = [await freePort(), await freePort()]
  const url = `ldap://127.0.0.1:${port}`
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`
  let stderr = ''
  const daemon = spawn('/usr/sbin/slapd', ['-f', join(folder, 'slapd.conf'), '-h', `${url} ${tlsUrl}`, '-d', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  daemon.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  await untilItAnswers(url, daemon, () => stderr)
  return {
    url,
    tlsUrl,
    port,
    tlsPort,
    caFile: join(folder, 'cert.pem'),
    add: (ldif) => {
      const done = spawnSync('ldapadd', ['-x', '-M', '-H', url, '-D', rootDn, '-w', rootPassword], { input: ldif })
      if (done.status !== 0) throw new Error(done.stderr.toString())
    },
    stop: async () => {
      daemon.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}
