import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { z } from 'zod'
import { type AccessRule, accessRules } from '../../src/http/access.ts'

const created = z.object({ fastify: z.custom<FastifyInstance>((value) => typeof value === 'object' && value !== null) })
/** Served from the disk, the same to everybody. */
const openPlaces = /^\/(assets|api\/docs)/

export interface ServedRoute {
  /** `GET /exercises/:id` */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly rule: AccessRule
}

const methods = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const rules = z.custom<AccessRule>((value) => typeof value === 'string' && value in accessRules)

/** Starts a server and hears from itself which routes it serves: a new one needs no line here. */
export async function listenForRoutes<App>(start: () => Promise<App>): Promise<{ app: App; routes: readonly ServedRoute[] }> {
  const heard: RouteOptions[] = []
  const follow = (message: unknown): void => {
    created.parse(message).fastify.addHook('onRoute', (route) => void heard.push(route))
  }
  subscribe('fastify.initialization', follow)
  const app = await start()
  unsubscribe('fastify.initialization', follow)
  const routes = heard
    .filter(({ url }) => !openPlaces.test(url))
    .flatMap(({ url, method, config }) =>
      [method]
        .flat()
        .filter((name) => name !== 'HEAD' && name !== 'OPTIONS')
        .map((name) => ({ name: `${name} ${url}`, method: methods.parse(name), url, rule: rules.parse(config?.access) })),
    )
  return { app, routes }
}
