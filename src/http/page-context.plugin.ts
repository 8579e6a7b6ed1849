import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { EventBus } from '../lib/events.ts'
import { currentLocale } from '../strings/index.ts'
import type { Actor } from './access.ts'
import type { FlashStore } from './flash.ts'
import type { NavId, NavItem, Notice, PageContext } from './page-context.ts'

export interface PageContextOptions {
  readonly timeZone: string
  readonly isSandbox: boolean
  readonly assetVersion: string
  readonly flashes: FlashStore
  readonly events: Pick<EventBus, 'lastId'>
  /** What needs an administrator. */
  readonly countAlerts: () => number
  /** What a class is told. */
  readonly noticesFor: (actor: Actor) => readonly Notice[]
}

const places: readonly { id: NavId; href: string; roles: readonly Actor['role'][] }[] = [
  { id: 'home', href: '/', roles: ['student'] },
  { id: 'courses', href: '/courses', roles: ['assistant', 'teacher', 'admin'] },
  { id: 'status', href: '/admin', roles: ['admin'] },
  { id: 'jobs', href: '/admin/jobs', roles: ['admin'] },
  { id: 'users', href: '/admin/users', roles: ['admin'] },
  { id: 'audit', href: '/admin/audit', roles: ['admin'] },
  { id: 'account', href: '/account', roles: ['student', 'assistant', 'teacher', 'admin'] },
]

function navFor(actor: Actor | null, url: string, alerts: number): NavItem[] {
  if (!actor || actor.mustChangePassword) return []
  const path = url.split('?', 1)[0] ?? '/'
  const isAt = (href: string) => (href === '/' ? path === '/' : path === href)
  const isUnder = (href: string) => href !== '/' && href !== '/admin' && path.startsWith(`${href}/`)
  return places
    .filter((place) => place.roles.includes(actor.role))
    .map(({ id, href }) => ({ id, href, isCurrent: isAt(href) || isUnder(href), alerts: id === 'status' ? alerts : 0 }))
}

/** Browsers say whether they go to a page or a script fetches it; whoever says nothing is taken for a person. */
const isNavigation = ({ headers }: FastifyRequest): boolean => (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate'

/** What every page needs besides its own model, from the request. */
export const pageContextPlugin = fastifyPlugin(
  async (app: FastifyInstance, options: PageContextOptions) => {
    app.decorateRequest('pageContext', {
      getter(this: FastifyRequest): PageContext {
        const { actor } = this
        return {
          user: actor ? { id: actor.id, username: actor.username, name: actor.displayName, role: actor.role } : null,
          csrf: actor?.session.csrf ?? '',
          nav: navFor(actor, this.url, options.countAlerts()),
          // a page that another tab fetches to keep itself current must not take away what this one is to say
          flash: actor && isNavigation(this) ? options.flashes.take(actor.session.id) : null,
          notices: actor && !actor.mustChangePassword ? options.noticesFor(actor) : [],
          timeZone: options.timeZone,
          isSandbox: options.isSandbox,
          // what answers a POST cannot be asked for again
          path: this.method === 'GET' ? this.url : '/',
          language: currentLocale(),
          requestId: this.id,
          assetVersion: options.assetVersion,
          lastEventId: options.events.lastId,
        }
      },
    })
  },
  { name: 'page-context', dependencies: ['session'] },
)
