export interface OriginRules {
  readonly publicUrl: string
  /** The demo answers on loopback and on `<name>.localhost`, so that roles work side by side; never on a lab's host name. */
  readonly isSandbox: boolean
  /** Host and port the request came to. */
  readonly host: string
}

/** True for an Origin header that is ours. */
export function isOwnOrigin(origin: string, { publicUrl, isSandbox, host }: OriginRules): boolean {
  if (origin === new URL(publicUrl).origin) return true
  if (!isSandbox || origin !== `http://${host}` || !URL.canParse(origin)) return false
  const { hostname } = new URL(origin)
  return hostname === '127.0.0.1' || hostname === 'localhost' || (/^[a-z0-9-]+\.localhost$/.test(hostname) && !hostname.startsWith('lab-'))
}

/** True for a method that changes something. */
export const isWrite = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)
