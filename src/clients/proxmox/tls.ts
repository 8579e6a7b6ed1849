import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'

export interface TlsOptions {
  readonly caFile?: string
  readonly fingerprint?: string
}

const normalize = (fingerprint: string): string => fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase()

/** The certificate is not the one that was pinned; nothing was sent. */
export class FingerprintMismatch extends Error {
  constructor(found: string) {
    super(`the server's certificate has the SHA-256 fingerprint ${found}, which is not the configured one`)
    this.name = 'FingerprintMismatch'
  }
}

/**
 * How connections are made. With a CA (or the system's) the usual verification; with a fingerprint the certificate must be exactly that
 * one, checked before the connection is handed out, so no byte of ours reaches another server. There is no third way.
 */
export function createConnector({ caFile, fingerprint }: TlsOptions, connectTimeoutMs: number): buildConnector.connector {
  // read once: Proxmox closes a connection after nearly every answer, and a context costs as much as the handshake
  const secureContext = caFile === undefined ? undefined : trusting(caFile)
  const trust = secureContext === undefined ? {} : { secureContext }
  if (fingerprint === undefined) return buildConnector({ timeout: connectTimeoutMs, ...trust })
  const pinned = normalize(fingerprint)
  if (pinned.length !== 64)
    throw new AppError('CONFIG_INVALID', { fields: [{ field: 'PROXMOX_FINGERPRINT', problem: say('config.fingerprint') }] })
  // A self-signed certificate has no chain to verify: the pin replaces the chain (with a CA file both must hold). No cached TLS
  // session, so that every connection shows its certificate.
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    maxCachedSessions: 0,
    ...(secureContext === undefined ? { rejectUnauthorized: false } : trust),
  })
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      const found = 'getPeerX509Certificate' in socket ? fingerprintOf(socket) : ''
      if (normalize(found) === pinned) return callback(null, socket)
      socket.destroy()
      callback(new FingerprintMismatch(found === '' ? '(none)' : found), null)
    })
}

const fingerprintOf = (socket: TLSSocket): string => socket.getPeerX509Certificate()?.fingerprint256 ?? ''

/** @throws AppError CONFIG_INVALID for a file that cannot be read or holds something else */
function trusting(file: string): SecureContext {
  try {
    return createSecureContext({ ca: readFileSync(file, 'utf8') })
  } catch (cause) {
    const problem = say('config.unreadableFile', { file, reason: cause instanceof Error ? cause.message : String(cause) })
    throw new AppError('CONFIG_INVALID', { cause, fields: [{ field: 'PROXMOX_CA_FILE', problem }] })
  }
}
