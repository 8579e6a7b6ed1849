import type { ApiRoute } from './route.types.ts'

export interface Match<Route> {
  readonly route: Route
  readonly params: Record<string, string>
  /** The route's pattern with its prefix, as 2.2 shows it in X-Route. */
  readonly pattern: string
}

export type Found = { kind: 'route'; match: Match<ApiRoute> } | { kind: 'wrong-method'; allowed: string[] } | { kind: 'none' }

interface Compiled<Route> {
  readonly route: Route
  readonly pattern: string
  readonly expression: RegExp
  readonly names: string[]
}

/** Turns GNS3's patterns into expressions: `{name}` is one segment, `{name:.+}` the rest. */
export function compileRoutes<Route extends { path: string }>(prefix: string, routes: readonly Route[]): Compiled<Route>[] {
  return routes.map((route) => {
    const names: string[] = []
    const pattern = prefix + route.path
    const source = pattern.replace(/\{(\w+)(:\.\+)?\}|[.*+?^$()|[\]\\]/g, (whole, name?: string, rest?: string) => {
      if (name === undefined) return `\\${whole}`
      names.push(name)
      return rest ? '(.+)' : '([^/]+)'
    })
    return { route, pattern, expression: new RegExp(`^${source}$`), names }
  })
}

export function matchPath<Route>(compiled: Compiled<Route>, path: string): Match<Route> | undefined {
  const found = compiled.expression.exec(path)
  if (!found) return undefined
  const params = Object.fromEntries(compiled.names.map((name, index) => [name, decode(found[index + 1] ?? '')]))
  return { route: compiled.route, params, pattern: compiled.pattern }
}

/** The first route of that method and path. */
export function findRoute(routes: readonly Compiled<ApiRoute>[], method: string, path: string): Found {
  const allowed: string[] = []
  for (const compiled of routes) {
    const match = matchPath(compiled, path)
    if (!match) continue
    if (compiled.route.method === method) return { kind: 'route', match }
    allowed.push(compiled.route.method)
  }
  return allowed.length > 0 ? { kind: 'wrong-method', allowed } : { kind: 'none' }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // a stray % is part of the name
    return segment
  }
}
