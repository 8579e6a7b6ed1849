import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FormView as ShowAgain } from '../http/error-pages.ts'
import type { FlashStore } from '../http/flash.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { makeUsersPage, type UsersFilter, userRow, usersPerPage } from './users.pages.ts'
import { isUsername } from './users.service.ts'

const roles = ['student', 'assistant', 'teacher', 'admin'] as const
const role = z.enum(roles, 'choose')
const newUser = z.object({
  username: z.string().trim().min(1, 'required').refine(isUsername, 'username'),
  name: z.string().trim().min(1, 'required').max(200, 'tooLong'),
  email: z.union([z.literal(''), z.email('email')]).default(''),
  role,
})
/** A select that is left at "all" sends an empty text. */
const filters = z.object({
  query: z.string().max(200).default(''),
  role: z.union([z.literal(''), role]).default(''),
  after: z.string().max(64).optional(),
})
const oneTimePasswords = z.array(z.object({ username: z.string(), name: z.string(), password: z.string() }))
const shownOnce = 'one-time-passwords'

/** Accounts, for administrators. */
export async function usersRoutes(app: FastifyInstance, { services, flashes }: { services: Services; flashes: FlashStore }): Promise<void> {
  const routes = typedRoutes(app)
  const { users, auth, courses, personalData, audit, translate } = services
  const takePasswords = (request: FastifyRequest) => oneTimePasswords.parse(flashes.takeOnce(actorOf(request).session.id, shownOnce) ?? [])

  function showList(request: FastifyRequest, reply: FastifyReply, filter: UsersFilter & { after?: string | undefined }, form: FormView) {
    const found = users.list({
      query: filter.query,
      limit: usersPerPage + 1,
      ...(filter.role === null ? {} : { role: filter.role }),
      ...(filter.after ? { after: filter.after } : {}),
    })
    return reply.page('users/list.njk', makeUsersPage(found, filter, form, takePasswords(request)))
  }

  function showUser(request: FastifyRequest, reply: FastifyReply, form: FormView) {
    const { id } = idParams.parse(request.params)
    const user = users.get(id)
    const [oneTimePassword] = takePasswords(request)
    return reply.page('users/show.njk', {
      user: userRow(user),
      courses: courses.listOfUser(id).map(({ course, role: courseRole }) => ({ id: course.id, title: course.name, role: courseRole })),
      sessions: auth.countSessions(id),
      isSelf: id === actorOf(request).id,
      form,
      oneTimePassword: oneTimePassword?.username === user.username ? oneTimePassword : null,
    })
  }

  const listAgain: ShowAgain = (request, reply, problem) =>
    showList(request, reply, { query: '', role: null }, refusedForm(request.body, problem, translate))
  const userAgain: ShowAgain = (request, reply, problem) => showUser(request, reply, refusedForm(request.body, problem, translate))

  routes.get('/admin/users', { schema: { querystring: filters }, config: { access: 'admin' } }, async (request, reply) => {
    const { query, after } = request.query
    return showList(request, reply, { query, role: request.query.role === '' ? null : request.query.role, after }, emptyForm)
  })

  routes.post('/admin/users', { schema: { body: newUser }, config: { access: 'admin', formView: listAgain } }, async (request, reply) => {
    const actor = actorOf(request)
    const { username, name, email } = request.body
    const { user, password } = await users.createWithOneTimePassword(
      { username, displayName: name, email: email === '' ? null : email, role: request.body.role },
      actor.id,
    )
    flashes.keepOnce(actor.session.id, shownOnce, [{ username: user.username, name: user.displayName, password }])
    flashes.say(actor.session.id, 'done', 'userCreated')
    return reply.redirect('/admin/users', 303)
  })

  routes.get('/admin/users/:id', { schema: { params: idParams }, config: { access: 'admin' } }, async (request, reply) =>
    showUser(request, reply, emptyForm),
  )

  const changed = (request: FastifyRequest, reply: FastifyReply, id: string) => {
    flashes.say(actorOf(request).session.id, 'done', 'userChanged')
    return reply.redirect(`/admin/users/${id}`, 303)
  }

  routes.post(
    '/admin/users/:id/role',
    { schema: { params: idParams, body: z.object({ role }) }, config: { access: 'admin', formView: userAgain } },
    async (request, reply) => {
      users.setRole(request.params.id, request.body.role, actorOf(request).id)
      return changed(request, reply, request.params.id)
    },
  )

  routes.post('/admin/users/:id/password', { schema: { params: idParams }, config: { access: 'admin' } }, async (request, reply) => {
    const actor = actorOf(request)
    const user = users.get(request.params.id)
    const password = await users.resetPassword(user.id, actor.id)
    flashes.keepOnce(actor.session.id, shownOnce, [{ username: user.username, name: user.displayName, password }])
    return changed(request, reply, user.id)
  })

  routes.get('/admin/users/:id/data.json', { schema: { params: idParams }, config: { access: 'admin' } }, async (request, reply) => {
    const { id } = request.params
    audit.record({ actorId: actorOf(request).id, action: 'user.export', objectType: 'user', objectId: id })
    return reply.header('content-disposition', 'attachment; filename="account.json"').send(personalData.export(id))
  })

  routes.post(
    '/admin/users/:id/erase',
    { schema: { params: idParams }, config: { access: 'admin', formView: userAgain } },
    async (request, reply) => {
      personalData.erase(request.params.id, actorOf(request).id)
      return changed(request, reply, request.params.id)
    },
  )

  for (const [verb, isActive] of [
    ['deactivate', false],
    ['activate', true],
  ] as const) {
    routes.post(
      `/admin/users/:id/${verb}`,
      { schema: { params: idParams }, config: { access: 'admin', formView: userAgain } },
      async (request, reply) => {
        const actor = actorOf(request)
        if (request.params.id === actor.id) throw new AppError('FORBIDDEN')
        users.setActive(request.params.id, isActive, actor.id)
        return changed(request, reply, request.params.id)
      },
    )
  }
}
