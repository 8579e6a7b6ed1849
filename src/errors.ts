import type { Sentence, SentenceValues } from './lib/sentence.ts'

/**
 * The error catalogue. A fault is an `AppError` with one of these codes; its sentence for people is `errors.<CODE>` in the string
 * catalogue, its HTTP form is made in `http/error-pages.ts` alone. Code decides on `code`, never on text.
 */
interface ErrorKind {
  /** HTTP status it becomes when it reaches the edge. */
  readonly status: number
  /** A job may try again by itself, with back-off. */
  readonly retryable: boolean
}

const kind = (status: number, retryable = false): ErrorKind => ({ status, retryable })

export const errorCatalogue = {
  // the request
  BAD_REQUEST: kind(400),
  VALIDATION_FAILED: kind(422),
  SIGN_IN_REQUIRED: kind(401),
  SIGN_IN_FAILED: kind(401),
  FORBIDDEN: kind(403),
  CSRF_FAILED: kind(403),
  ORIGIN_REFUSED: kind(403),
  PASSWORD_CHANGE_REQUIRED: kind(403),
  NOT_FOUND: kind(404),
  TOO_MANY_REQUESTS: kind(429),
  SIGN_IN_PAUSED: kind(429),
  TOKEN_READ_ONLY: kind(403),
  TOO_MANY_TOKENS: kind(409),
  PAYLOAD_TOO_LARGE: kind(413),
  UNSUPPORTED_MEDIA_TYPE: kind(415),
  STALE_PAGE: kind(409),
  INTERNAL: kind(500),
  STORAGE_FULL: kind(507),
  // domains
  USERNAME_TAKEN: kind(409),
  LAST_ADMIN: kind(409),
  ACCOUNT_OPEN: kind(409),
  ROLE_FROM_DIRECTORY: kind(409),
  PASSWORD_WRONG: kind(422),
  COURSE_NOT_FOUND: kind(404),
  EXERCISE_NOT_FOUND: kind(404),
  EXERCISE_STATE: kind(409),
  EXERCISE_UNPROVEN: kind(409),
  EXERCISE_FILE_INVALID: kind(422),
  PROJECT_ARCHIVE_INVALID: kind(422),
  CLASS_LIST_INVALID: kind(422),
  BASE_TEMPLATE_UNKNOWN: kind(422),
  SECRET_MISSING: kind(409),
  ENROLLMENT_NOT_FOUND: kind(404),
  WORK_VM_NOT_FOUND: kind(404),
  WORK_VM_STATE: kind(409),
  LAB_NOT_READY: kind(409),
  LAB_ASKED: kind(409),
  LAB_FROZEN: kind(409),
  VMS_LEFT: kind(502, true),
  TERMINAL_LAB_OFF: kind(409),
  TERMINAL_NONE: kind(409),
  TERMINAL_LIMIT: kind(429),
  SCREEN_NONE: kind(409),
  SCREEN_REASON_NEEDED: kind(403),
  SCREEN_UNREADABLE: kind(502, true),
  TERMINAL_REASON_NEEDED: kind(403),
  LAB_OFF: kind(409),
  LINK_NOT_FOUND: kind(404),
  CAPTURE_RUNNING: kind(409),
  CAPTURE_LIMIT: kind(429),
  CAPTURE_NOT_FOUND: kind(404),
  LAB_HOSTS_OFF: kind(409),
  LAB_HOST_CLOSED: kind(401),
  LAB_LOOKING_ON: kind(403),
  LAB_LINES_LIMIT: kind(429),
  GNS3_UI_MISSING: kind(409),
  GNS3_NOT_ALLOWED: kind(403),
  GNS3_CABLING_GIVEN: kind(403),
  DEVICE_NOT_FOUND: kind(404),
  LAB_LIMIT: kind(409),
  SUBMISSION_NOT_FOUND: kind(404),
  SUBMISSION_OPEN: kind(409),
  SUBMISSION_STATE: kind(409),
  SUBMISSIONS_TOO_FAST: kind(429),
  SUBMISSIONS_FROZEN: kind(409),
  EXERCISE_TIMELESS: kind(409),
  EXAM_ELSEWHERE: kind(403),
  EXAM_KEY: kind(403),
  EXAM_OTHER_SESSION: kind(403),
  EXAM_NEEDS_WINDOW: kind(409),
  EXAM_OFF: kind(409),
  ATTEMPT_LATER: kind(409),
  ATTEMPTS_USED: kind(409),
  EVIDENCE_NOT_FOUND: kind(404),
  RESTORE_UNSUPPORTED: kind(409),
  JOB_NOT_FOUND: kind(404),
  JOB_STATE: kind(409),
  JOB_TIMED_OUT: kind(500, true),
  VMID_RANGE_FULL: kind(507),
  NO_PLACEMENT: kind(503, true),
  // Proxmox
  PROXMOX_UNREACHABLE: kind(502, true),
  PROXMOX_CERTIFICATE: kind(502, true),
  PROXMOX_TIMEOUT: kind(504, true),
  PROXMOX_REFUSED: kind(502),
  PROXMOX_AUTH: kind(502),
  PROXMOX_NOT_FOUND: kind(502),
  PROXMOX_BUSY: kind(503, true),
  PROXMOX_ID_TAKEN: kind(409),
  PROXMOX_ALREADY_DONE: kind(409),
  PROXMOX_OUTCOME_UNKNOWN: kind(502, true),
  PROXMOX_UNEXPECTED_ANSWER: kind(502),
  PROXMOX_TASK_FAILED: kind(502),
  PROXMOX_EFFECT_MISSING: kind(502, true),
  PROXMOX_NOT_OURS: kind(409),
  // addresses of labs
  LAB_ADDRESS_MISSING: kind(502, true),
  LAB_ADDRESS_REFUSED: kind(502),
  // GNS3
  GNS3_UNREACHABLE: kind(502, true),
  GNS3_TIMEOUT: kind(504, true),
  GNS3_REFUSED: kind(502),
  GNS3_AUTH: kind(502),
  GNS3_NOT_FOUND: kind(502),
  GNS3_CONFLICT: kind(502, true),
  GNS3_IMAGE_MISSING: kind(502),
  GNS3_PROJECT_TOO_NEW: kind(502),
  GNS3_UNEXPECTED_ANSWER: kind(502),
  GNS3_DEVICE_NOT_STARTED: kind(502, true),
  GNS3_MARKER_FOREIGN: kind(502),
  // consoles
  CONSOLE_UNREACHABLE: kind(502, true),
  CONSOLE_TIMEOUT: kind(504, true),
  CONSOLE_CLOSED: kind(502, true),
  CONSOLE_SILENT: kind(504, true),
  CONSOLE_LOGIN_REFUSED: kind(502),
  CONSOLE_CREDENTIALS_MISSING: kind(502),
  CONSOLE_FLOODED: kind(502),
  CONSOLE_BLOCKED: kind(502),
  CONSOLE_DISTURBED: kind(502),
  CONSOLE_HOST_KEY: kind(502),
  PRECONFIGURE_FAILED: kind(502),
  PRECONFIGURE_LOST: kind(502),
  INVENTORY_INVALID: kind(422),
  // another NetPraxis server, for the command line
  SERVER_UNREACHABLE: kind(502, true),
  SERVER_TIMEOUT: kind(504, true),
  SERVER_REFUSED: kind(502),
  SERVER_NOT_FOUND: kind(502),
  SERVER_UNEXPECTED_ANSWER: kind(502),
  // directory
  LDAP_UNAVAILABLE: kind(503, true),
  LDAP_TIMEOUT: kind(504, true),
  LDAP_REFUSED: kind(502),
  LDAP_ACCOUNT_CLOSED: kind(403),
  LDAP_AMBIGUOUS: kind(502),
  LDAP_UNEXPECTED_ANSWER: kind(502),
  // start
  CONFIG_INVALID: kind(500),
  DATA_DIR_LOCKED: kind(500),
  MIGRATION_NEEDED: kind(500),
  DATABASE_FOREIGN: kind(500),
  DATABASE_NEWER: kind(500),
  DATA_DIR_UNUSABLE: kind(500),
  SANDBOX_NOT_STARTED: kind(500),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof errorCatalogue

/**
 * What a lab shows that is not the one handed out, or in which somebody works against us (or that is broken: a person looks). Where one
 * of these ends a job or decides a criterion, the log has a line with `security`.
 */
const hostileToUs: readonly ErrorCode[] = [
  ...(['LAB_ADDRESS_REFUSED', 'GNS3_MARKER_FOREIGN', 'GNS3_UNEXPECTED_ANSWER', 'GNS3_NOT_FOUND'] as const),
  ...(['CONSOLE_FLOODED', 'CONSOLE_BLOCKED', 'CONSOLE_DISTURBED', 'CONSOLE_HOST_KEY'] as const),
]
/** @param code of an error, or of a verdict's reason */
export const isHostileToUs = (code: string): boolean => (hostileToUs as readonly string[]).includes(code)

/** Values for the placeholders of the code's sentence; never a secret. */
export type ErrorDetails = SentenceValues

/** One problem with one field of a form, of a JSON body or of a file (`line` is 1-based). Without a problem of its own the field is what the sentence of the whole is about. */
export interface FieldProblem {
  readonly field: string
  readonly problem?: Sentence
  readonly line?: number
}

export interface AppErrorOptions {
  readonly cause?: unknown
  /** Placeholders of the sentence. */
  readonly details?: ErrorDetails
  /** All problems together, for forms and files. */
  readonly fields?: readonly FieldProblem[]
}

/** The one class of error that is thrown on purpose. `message` is for the log; people read the catalogue's sentence. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly fields: readonly FieldProblem[]

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const details = options.details ?? {}
    super(`${code} ${JSON.stringify(details)}`, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = details
    this.fields = options.fields ?? []
  }

  get status(): number {
    return errorCatalogue[this.code].status
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable
  }
}

/** True for an `AppError`, of the given code when one is given. */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code))
}
