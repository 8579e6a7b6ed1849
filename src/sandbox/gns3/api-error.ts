import type { JsonObject } from './json.ts'

/** What the emulated server refuses, with the status and the message of the genuine one. */
export class ApiError extends Error {
  readonly status: number
  /** Further members of a 2.2 error body. */
  readonly extra: JsonObject

  constructor(status: number, message: string, extra: JsonObject = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.extra = extra
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message)
export const forbidden = (message: string): ApiError => new ApiError(403, message)
export const notFound = (message: string): ApiError => new ApiError(404, message)
export const conflict = (message: string): ApiError => new ApiError(409, message)

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError
