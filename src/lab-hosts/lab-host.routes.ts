import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Gns3Socket } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import { viewsFolder } from '../http/views.ts'
import type { Services } from '../services.ts'
import { runInLocale } from '../strings/index.ts'
import { forward, permissionOf } from './forward.ts'
import type { Gns3Clients } from './gns3-clients.ts'
import { endSocket, joinSockets } from './join-sockets.ts'
import { type LabCall, labCallOf, labCookie, labOf, requireOwnOrigin } from './lab-call.ts'
import type { LabHostBanner } from './lab-hosts.views.ts'
import { prepareIndex } from './ui-index.ts'

const uiRoot = '/static/web-ui/'
/** A file of the UI; all else below its root is a place within it, shown by its start page. */
const uiFile = /^(?!.*\/\.)(?:[\w-]+\/){0,6}[\w-][\w.-]*\.[a-z0-9]{2,5}$/u

const head = '<script src="/netpraxis/lab.js"></script><link rel="stylesheet" href="/netpraxis/lab.css">'

const enterQuery = z.object({ ticket: z.string().max(100) })

const self = "'self'"
/** GNS3's UI draws with styles of its own making; nothing else is eased, and all of it comes from the lab's own host name. */
function uiPolicy(socketOrigin: string): string {
  const sources: Readonly<Record<string, readonly string[]>> = {
    default: ["'none'"],
    script: [self],
    style: [self, "'unsafe-inline'"],
    img: [self, 'data:', 'blob:'],
    font: [self, 'data:'],
    connect: [self, socketOrigin],
  }
  const loaded = Object.entries(sources).map(([kind, from]) => `${kind}-src ${from.join(' ')}`)
  return [...loaded, `base-uri ${self}`, "form-action 'none'", "frame-ancestors 'none'"].join('; ')
}

export interface LabHostParts {
  readonly services: Services
  readonly clients: Gns3Clients
}

interface Opened {
  readonly call: LabCall
  readonly socket: Gns3Socket
  readonly isConsole: boolean
}

/** What labs answer at their own host names: GNS3's web UI, from our copy of it, and its API, through the guard. */
export async function labHostRoutes(app: FastifyInstance, { services, clients }: LabHostParts): Promise<void> {
  const { labHosts, labVisits, labGuard, gns3Ui, exercises, users, watchGrants, openLines, idleLabs, config } = services
  const cookie = labCookie(labHosts.isSecure)
  const opened = new WeakMap<FastifyRequest, Opened>()

  const bannerOf = ({ visit, right, target: { workVm } }: LabCall): LabHostBanner => {
    const exercise = exercises.get(workVm.exerciseId)
    const own = `/exercises/${exercise.id}${workVm.purpose === 'try' ? '/try' : ''}`
    const grant = right === 'look' ? watchGrants.find(visit.actor, workVm.id) : null
    return {
      exercise: exercise.title,
      href: `${config.PUBLIC_URL}${right === 'look' ? `/work-vms/${workVm.id}/terminals` : own}`,
      watch: grant ? { name: users.get(workVm.userId).displayName, reason: grant.reason } : null,
      isFrozen: labGuard.isFrozen(workVm.id),
    }
  }

  app.get('/netpraxis/enter', async (request, reply) => {
    const secret = labVisits.redeem(enterQuery.parse(request.query).ticket, labOf(services, request))
    if (secret === null) throw new AppError('LAB_HOST_CLOSED')
    return reply.setCookie(cookie, secret, { path: '/', httpOnly: true, sameSite: 'lax', secure: labHosts.isSecure }).redirect('/', 303)
  })

  /** Where the UI shows the lab's project; 2.2 and 3.x name it differently. */
  app.get('/', async (request, reply) => {
    const { target } = labCallOf(services, request)
    const { api } = await (await clients.use(target)).version()
    return reply.redirect(`${uiRoot}${api === 'v2' ? 'server' : 'controller'}/1/project/${target.projectId}`, 303)
  })

  for (const [name, type] of [
    ['lab.js', 'text/javascript; charset=utf-8'],
    ['lab.css', 'text/css; charset=utf-8'],
  ] as const) {
    const content = await readFile(join(viewsFolder, 'lab-hosts', name))
    app.get(`/netpraxis/${name}`, (_request, reply) => reply.type(type).send(content))
  }

  /** Asked by the banner now and then. */
  app.get('/netpraxis/state', async (request) => {
    const call = labCallOf(services, request)
    return { isFrozen: labGuard.isFrozen(call.visit.workVmId) }
  })

  app.get<{ Params: { '*': string } }>(`${uiRoot}*`, async (request, reply) => {
    const call = labCallOf(services, request)
    const { version } = await (await clients.use(call.target)).version()
    const copy = gns3Ui.find(version)
    if (copy === null) throw new AppError('GNS3_UI_MISSING', { details: { version } })
    const path = request.params['*']
    if (uiFile.test(path) && path !== 'index.html') return reply.sendFile(`${copy}/${path}`, gns3Ui.folder)
    const html = await readFile(join(gns3Ui.folder, copy, 'index.html'), 'utf8')
    const banner = await runInLocale(call.visit.locale, () => reply.viewAsync('lab-hosts/banner.njk', bannerOf(call)))
    const origin = labHosts.originOf(call.visit.workVmId, request.headers.host ?? '')
    return reply
      .header('content-security-policy', uiPolicy(origin.replace(/^http/u, 'ws')))
      .type('text/html; charset=utf-8')
      .send(prepareIndex(html, { head, banner: String(banner) }))
  })

  /** Before the upgrade, so that a refusal is an answer: who, from which page, to what; and GNS3's own end of it. */
  async function openSocket(request: FastifyRequest): Promise<void> {
    if (!request.ws) return
    requireOwnOrigin(services, request)
    const call = labCallOf(services, request)
    const permission = permissionOf(services, request, call, true)
    if (permission.kind !== 'events' && permission.kind !== 'console') throw new AppError('GNS3_NOT_ALLOWED')
    if (!openLines.hasRoomFor(call.visit.actor)) throw new AppError('LAB_LINES_LIMIT')
    const socket = await (await clients.use(call.target)).openSocket(permission.path)
    opened.set(request, { call, socket, isConsole: permission.kind === 'console' })
  }

  const answer = (request: FastifyRequest, reply: FastifyReply) => forward({ services, clients }, request, reply)
  for (const url of ['/v2/*', '/v3/*']) {
    app.route({
      method: 'GET',
      url,
      preHandler: openSocket,
      handler: answer,
      wsHandler: (browser, request) => {
        const line = opened.get(request)
        if (!line) return browser.close(1011)
        const { call, socket, isConsole } = line
        const { actor, workVmId } = call.visit
        const stay = { actor, workVmId, startedAs: call.target.startedAs, right: call.right }
        const done = openLines.add({
          ...stay,
          whyOver: () => labGuard.whyOver(stay),
          close: () => endSocket(browser),
        })
        browser.on('close', done)
        joinSockets({
          ...{ browser, gns3: socket },
          mayPass: () => isConsole && call.right === 'work' && !labGuard.isFrozen(workVmId),
          onPassed: () => idleLabs.note(workVmId),
        })
      },
    })
    app.route({ method: ['POST', 'PUT', 'DELETE', 'PATCH'], url, handler: answer })
  }
}
