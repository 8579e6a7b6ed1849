import { fileURLToPath } from 'node:url'
import fastifyView from '@fastify/view'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import nunjucks from 'nunjucks'
import { createTranslator, hasMessage, locales } from '../strings/index.ts'
import { createKeptSections } from './kept-sections.ts'
import type { FormView, PageContext, PageModels } from './page-context.ts'
import type { SentencePart } from './sentence.ts'
import { createViewFilters } from './view-filters.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set per request by whoever knows the session. */
    pageContext: PageContext
  }
  interface FastifyReply {
    /**
     * Renders a page. `return reply.code(422).page('auth/sign-in.njk', model)`.
     * @param context who looks; the request's own where absent
     */
    page<View extends keyof PageModels>(view: View, model: PageModels[View], context?: PageContext): Promise<string>
    /** As `page`, for views whose name is only known at run time (the gallery, a form shown again). */
    dangerouslyUntypedPage(view: string, model: object, context?: PageContext): Promise<string>
  }
}

export interface ViewsOptions {
  /** Reads templates again for each page: for development. */
  readonly isDevelopment?: boolean
}

/** The folder of views and assets. */
export const viewsFolder = fileURLToPath(new URL('../../views/', import.meta.url))

/** All messages for one input, to be shown beside it; [] when it is fine. */
const problemsOf = (form: FormView, field: string) => form.problems.filter((problem) => problem.field === field)

/** Problems of inputs that the page does not show beside a control: they are listed above the form. */
const hasProblem = (form: FormView, field: string) => form.problems.some((problem) => problem.field === field)

/** True when one of the inputs that are folded away by a criterion's row has a problem: then the fold is open. */
const hasProblemBelow = (form: FormView, name: string, sentence: readonly SentencePart[]) => {
  const extras = sentence.flatMap((part) => (part.kind === 'extra' ? [part.input] : []))
  const folded = [`${name}.hint`, `${name}.requires`, `${name}.within`, ...extras]
  return form.problems.some((problem) => folded.includes(problem.field))
}

/** What was typed, else what the page would show. */
const typedValue = (form: FormView, field: string, fallback = '') => form.values[field] ?? fallback

/** Names of the devices that are reached so in the page. */
const reachedBy = (rows: readonly { readonly name: string; readonly reach: string }[], how: 'terminal' | 'screen'): string[] =>
  rows.filter(({ reach }) => reach === how).map(({ name }) => name)

type Macros = Readonly<Record<string, unknown>>
type TakeMacros = (error: Error | null, macros?: Macros) => void

declare module 'nunjucks' {
  interface Template {
    /** Left out of its types. Runs the template for its macros; called with the callback alone by an import without context. */
    getExported(...given: readonly unknown[]): void
  }
}

const runForMacros = nunjucks.Template.prototype.getExported
const isCallback = (given: readonly unknown[]): given is readonly [TakeMacros] => given.length === 1 && typeof given[0] === 'function'

/**
 * Nunjucks runs every imported template anew for every page, though the macros of an import without context are always the same; that
 * was a sixth of the time of rendering (docs/decisions/0016). A template that is loaded again, in development, is another object.
 */
function rememberMacros(): void {
  const known = new WeakMap<nunjucks.Template, Macros>()
  nunjucks.Template.prototype.getExported = function (this: nunjucks.Template, ...given) {
    if (!isCallback(given)) return runForMacros.apply(this, [...given])
    const [take] = given
    const before = known.get(this)
    if (before !== undefined) return take(null, before)
    const keep: TakeMacros = (error, macros) => {
      if (macros !== undefined) known.set(this, macros)
      take(error, macros)
    }
    return runForMacros.call(this, keep)
  }
}

function addVocabulary(env: nunjucks.Environment): void {
  const t = createTranslator()
  const filters = createViewFilters(t)
  const safe = (html: string) => new nunjucks.runtime.SafeString(html)
  const escapeText = (text: string): string => String(env.getFilter('escape')(text))
  const timeElement = (text: string, iso: string, timeZone: string) =>
    safe(`<time datetime="${escapeText(iso)}" title="${escapeText(filters.fullTime(iso, timeZone))}">${escapeText(text)}</time>`)
  env.addGlobal('t', t)
  env.addGlobal('hasMessage', hasMessage)
  env.addGlobal('locales', locales)
  // The only place where HTML comes from a model: the statement, which the exercise's Markdown renderer has sanitised.
  env.addGlobal('statement', safe)
  env.addGlobal('problemsOf', problemsOf)
  env.addGlobal('hasProblem', hasProblem)
  env.addGlobal('hasProblemBelow', hasProblemBelow)
  env.addGlobal('typedValue', typedValue)
  env.addGlobal('reachedBy', reachedBy)
  const sections = createKeptSections()
  env.addGlobal('kept', (...call: Parameters<typeof sections.render>) => safe(sections.render(...call)))
  env.addFilter('dateTime', (iso: string, timeZone: string) => timeElement(filters.dateTime(iso, timeZone), iso, timeZone))
  env.addFilter('clockTime', (iso: string, timeZone: string) => timeElement(filters.clockTime(iso, timeZone), iso, timeZone))
  env.addFilter('dateTimeText', filters.dateTime)
  env.addFilter('duration', filters.duration)
  env.addFilter('points', filters.points)
  env.addFilter('fileSize', filters.fileSize)
  env.addFilter('percent', filters.percent)
}

/**
 * Server-rendered pages. Every value is escaped, an undefined one is an error (a page with a hole is a bug that a test must find),
 * every sentence comes from the catalogue through `t`.
 */
export const views = fp(
  async (app: FastifyInstance, options: ViewsOptions) => {
    rememberMacros()
    await app.register(fastifyView, {
      engine: { nunjucks },
      root: viewsFolder,
      options: {
        autoescape: true,
        throwOnUndefined: true,
        trimBlocks: true,
        lstripBlocks: true,
        noCache: options.isDevelopment ?? false,
        onConfigure: addVocabulary,
      },
    })
    app.decorateReply('dangerouslyUntypedPage', function (view: string, model: object, context?: PageContext) {
      const page = context ?? this.request.pageContext
      this.type('text/html; charset=utf-8')
      return this.viewAsync(view, { timeZone: page.timeZone, ...model, page, csrf: page.csrf })
    })
    app.decorateReply('page', function (view, model, context) {
      return this.dangerouslyUntypedPage(view, model, context)
    })
  },
  { name: 'views' },
)
