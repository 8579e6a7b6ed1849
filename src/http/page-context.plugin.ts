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

/**
 * The places of a role; the one that the address is in is the current one, the deeper the better: jobs, not the status they are under.
 * @param url path and query of the page
 */
export function navFor(role: Actor['role'], url: string, alerts: number): NavItem[] {
  const path = url.split('?', 1)[0] ?? '/'
  const mine = places.filter((place) => place.roles.includes(role))
  const isIn = (href: string) => path === href || (href !== '/' && path.startsWith(`${href}/`))
  const length = Math.max(0, ...mine.filter(({ href }) => isIn(href)).map(({ href }) => href.length))
  return mine.map(({ id, href }) => ({
    id,
    href,
    isCurrent: href.length === length && isIn(href),
    alerts: id === 'status' ? alerts : 0,
  }))
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
          nav: actor && !actor.mustChangePassword ? navFor(actor.role, this.url, options.countAlerts()) : [],
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
