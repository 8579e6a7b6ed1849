import { readFileSync } from 'node:fs'

/** Certificate and key of our own server. */
export const readTls = (certFile: string, keyFile: string): { cert: Buffer; key: Buffer } => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
})
