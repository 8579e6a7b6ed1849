import type { Locale } from '../strings/index.ts'

/** Roles, mightiest first; see design "Security model". */
export type PageRole = 'admin' | 'teacher' | 'assistant' | 'student'

/** Who looks at the page. */
export interface PageUser {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly role: PageRole
}

/** An entry of the main navigation; its word is `pages.nav.<id>` of the catalogue. */
export interface NavItem {
  readonly id: NavId
  readonly href: string
  readonly isCurrent: boolean
  /** Matters there that need somebody; shown as a badge. */
  readonly alerts: number
}
export type NavId = 'home' | 'courses' | 'users' | 'jobs' | 'status' | 'audit' | 'account'

/** What the last POST did, shown once on the page after the redirect. `message` is rendered from the catalogue. */
export interface Flash {
  readonly kind: 'done' | 'info' | 'warning' | 'failed'
  readonly message: string
}

/** What staff tells the whole class, as a banner on the pages of its students. */
export interface Notice {
  readonly id: string
  readonly text: string
  readonly from: string
  /** The exercise it is about. */
  readonly about: string
  readonly at: string
}

/**
 * What every page needs besides its own model. Supplied per request as `request.pageContext`; a page without a session has
 * `user: null` and an empty `nav`.
 */
export interface PageContext {
  readonly user: PageUser | null
  /** Value of the hidden field `csrf` of every form. */
  readonly csrf: string
  readonly nav: readonly NavItem[]
  readonly flash: Flash | null
  readonly notices: readonly Notice[]
  /** IANA zone for times on pages that have no course; a model's own `timeZone` wins. */
  readonly timeZone: string
  /** Pages say clearly that Proxmox and GNS3 are the embedded sandbox. */
  readonly isSandbox: boolean
  /** Where a change of language leads back to. */
  readonly path: string
  readonly language: Locale
  /** To quote when something went wrong. */
  readonly requestId: string
  /** Changes with each release, so that browsers fetch new assets. */
  readonly assetVersion: string
  /** The newest event when the page was made: its stream starts there, so that nothing falls between page and stream. */
  readonly lastEventId?: string
}

/** What is wrong with one input, in words. */
export interface ShownProblem {
  readonly field: string
  readonly message: string
  /** Of a file, from 1. */
  readonly line?: number
}

/** What was typed into a form and what is wrong with it; field names are the names of the inputs (`criteria.2.params.to`). */
export interface FormView {
  readonly values: Readonly<Record<string, string>>
  readonly problems: readonly ShownProblem[]
  /** One sentence above the form, when the whole was refused. */
  readonly message: string | null
}

/** A form that nobody touched yet. */
export const emptyForm: FormView = { values: {}, problems: [], message: null }

/** A fault as people see it: the catalogue's sentence, the code to quote, and what was done about it already. */
export interface ErrorView {
  readonly code: string
  readonly message: string
  /** What was tried already, as a sentence; null when nothing was. */
  readonly tried: string | null
  /** Request or job id to tell the administrator. */
  readonly reference: string | null
}

/** Model of `errors/show.njk`: one page for 400 to 507. */
export interface ErrorPage {
  readonly status: number
  readonly error: ErrorView
  /** All problems of a refused file or form that has no page of its own. */
  readonly problems: readonly ShownProblem[]
  /** Where to go on; null means the start page. */
  readonly backHref: string | null
}

/**
 * Which model each view takes: every domain adds its own pages to this interface in its `*.views.ts`, so that
 * `reply.page('auth/sign-in.njk', model)` does not compile with another page's model.
 */
export interface PageModels {
  'errors/show.njk': ErrorPage
}
