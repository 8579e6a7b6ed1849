/**
 * A refusal as the Proxmox API gives it: the text travels in the HTTP reason phrase and, for most, in `message`.
 * `bare` answers (401 of the front door, 595 to 599 of the proxy) have no body at all.
 */
export class ApiError extends Error {
  readonly status: number
  readonly errors: Readonly<Record<string, string>> | undefined
  readonly bare: boolean

  constructor(status: number, text: string, options: { errors?: Readonly<Record<string, string>>; bare?: boolean } = {}) {
    super(text)
    this.name = 'ApiError'
    this.status = status
    this.errors = options.errors
    this.bare = options.bare ?? false
  }
}

/** Every plain `die` of Proxmox: 500 with the text, "does not exist" and "is locked" included. */
export const die = (text: string): ApiError => new ApiError(500, text)

/** 400 with one text per parameter. */
export const invalid = (errors: Record<string, string>): ApiError => new ApiError(400, 'Parameter verification failed.', { errors })

/** 403 naming the path and the privileges; `|` when any of them would do. */
export const denied = (path: string, privileges: readonly string[], any = false): ApiError =>
  new ApiError(403, `Permission check failed (${path}, ${privileges.join(any ? '|' : ', ')})`)

/** 401 without a body; the front door adds the three seconds. */
export const unauthorised = (text: string): ApiError => new ApiError(401, text, { bare: true })

/** 595 to 599: said by the proxy in front, not by the daemon. */
export const proxyError = (status: 595 | 596 | 597 | 599, text: string): ApiError => new ApiError(status, text, { bare: true })

/** The text of anything thrown, without the trailing newline that Perl leaves. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim()
