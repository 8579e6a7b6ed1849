import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { typedRoutes } from '../http/zod-validation.ts'
import { csvText } from '../lib/csv.ts'
import type { Services } from '../services.ts'
import type { AuditFilter, AuditLine } from './audit.repository.ts'
import type { AuditRow } from './users.views.ts'

const perPage = 100
/** More than this at once is a matter for the database's own tools. */
const mostExported = 50_000
const dayMs = 86_400_000

/** A select left at "all" and an empty field send an empty text. */
const day = z.union([z.literal(''), z.iso.date('date')]).default('')
const filterQuery = z.object({
  action: z.string().max(60).default(''),
  user: z.string().trim().max(100).default(''),
  from: day,
  to: day,
  before: z.coerce.number<string>().int().min(1).optional(),
})
type FilterQuery = z.infer<typeof filterQuery>

/** Days are days in UTC, as the times of the entries; the last one is within. */
function toFilter({ action, user, from, to, before }: FilterQuery, limit: number): AuditFilter {
  return {
    limit,
    ...(action === '' ? {} : { action }),
    ...(user === '' ? {} : { username: user }),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { until: new Date(Date.parse(to) + dayMs).toISOString() }),
    ...(before === undefined ? {} : { before }),
  }
}

const detailsOf = ({ event }: AuditLine): string => (event.details === null ? '' : JSON.stringify(event.details))

const auditRow = (line: AuditLine): AuditRow => ({
  at: line.event.createdAt,
  actor: line.actor,
  behalf: line.behalf,
  action: line.event.action,
  object: [line.event.objectType, line.event.objectId].filter((part) => part !== null).join(' '),
  details: detailsOf(line),
  address: line.event.address,
})

/** The audit log, for administrators: read, filtered and taken along as CSV; nothing here changes it. */
export async function auditRoutes(app: FastifyInstance, { services: { audit } }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const route = { schema: { querystring: filterQuery }, config: { access: 'admin' } } as const

  routes.get('/admin/audit', route, async (request, reply) => {
    const { action, user, from, to } = request.query
    const found = audit.list(toFilter(request.query, perPage + 1))
    const filter = { action, user, from, to }
    const next = new URLSearchParams({ ...filter, before: String(found[perPage - 1]?.place ?? '') })
    return reply.page('users/audit.njk', {
      rows: found.slice(0, perPage).map(auditRow),
      actions: audit.listActions(),
      filter,
      nextHref: found.length > perPage ? `/admin/audit?${next}` : null,
      exportHref: `/admin/audit.csv?${new URLSearchParams(filter)}`,
    })
  })

  routes.get('/admin/audit.csv', route, async (request, reply) => {
    const header = ['time', 'actor', 'on_behalf_of', 'action', 'object_type', 'object_id', 'details', 'address', 'request_id']
    const rows = audit.list(toFilter(request.query, mostExported)).map((line) => {
      const { event } = line
      return [
        ...[event.createdAt, line.actor, line.behalf, event.action, event.objectType, event.objectId],
        ...[detailsOf(line), event.address, event.requestId],
      ]
    })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .send(csvText([header, ...rows]))
  })
}
