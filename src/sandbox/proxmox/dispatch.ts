import { accessHandlers } from './access.handlers.ts'
import { authId, type Caller } from './access.ts'
import { agentHandlers } from './agent.handlers.ts'
import { ApiError, die, proxyError, textOf, unauthorised } from './api-error.ts'
import { type ApiCall, findCall } from './api-table.ts'
import { type Call, type Handler, type Handlers, Listing, Upgrade } from './call.ts'
import { clusterHandlers } from './cluster.handlers.ts'
import { createStatusDaemon, resourceHandlers } from './cluster-resources.ts'
import { authenticate } from './credentials.ts'
import type { Fault, FaultKind } from './faults.ts'
import { firewallHandlers } from './firewall.handlers.ts'
import type { WireAnswer, WireRequest } from './http-message.ts'
import { type ApiRequest, readRequest } from './parameters.ts'
import { checkPermission } from './permission-check.ts'
import { poolHandlers } from './pool.handlers.ts'
import { snapshotHandlers } from './snapshot.handlers.ts'
import { storageHandlers } from './storage.handlers.ts'
import { taskHandlers } from './task.handlers.ts'
import { type Values, validate } from './validate.ts'
import { vmHandlers } from './vm.handlers.ts'
import { vncHandlers } from './vnc.handlers.ts'
import type { Workers } from './workers.ts'
import type { World } from './world.ts'

/** `reset` = the connection is dropped instead of an answer. */
export type Outcome = WireAnswer | 'reset'

const requestFaults: FaultKind[] = ['timed-out', 'unknown-outcome', 'start-worker-failed', 'active-lock', 'slow', 'expired-ticket']

const isOpen = (call: ApiCall): boolean => call.permission === 'world'

function handlerTable(world: World): Handlers {
  const daemon = createStatusDaemon(world, world.timing.durations.statusCycle)
  return {
    ...accessHandlers,
    ...agentHandlers,
    ...clusterHandlers,
    ...firewallHandlers,
    ...poolHandlers,
    ...snapshotHandlers,
    ...storageHandlers,
    ...taskHandlers,
    ...vmHandlers,
    ...vncHandlers(),
    ...resourceHandlers(daemon),
  }
}

/** Answers requests as pveproxy and pvedaemon do together. */
export function createDispatcher(world: World, workers: Workers) {
  const handlers = handlerTable(world)
  const counts = new Map<string, number>()
  let inFlight = 0

  function identify(request: WireRequest, call: ApiCall): Caller {
    const { headers, method } = request
    const presented = {
      method,
      cookie: headers.get('cookie'),
      authorization: headers.get('authorization'),
      csrf: headers.get('csrfpreventiontoken'),
    }
    const hasToken = presented.authorization?.startsWith('PVEAPIToken') ?? false
    if (isOpen(call) && !(hasToken && !call.allowsToken)) return { user: '' }
    const caller = authenticate(world.store.cluster, presented, world.timing.seconds())
    if (caller.token !== undefined && !call.allowsToken) {
      throw new ApiError(
        403,
        `Permission check failed (URI '/${call.segments.join('/')}' not available with API token, need proper ticket.\n)`,
      )
    }
    return caller
  }

  /** Where a call runs: the node it names, else the one that was asked. */
  function nodeFor(call: ApiCall, values: Values): string {
    const entry = world.store.cluster.nodes[0] ?? 'pve1'
    const node = call.runsOnNode || call.parameters.has('node') ? String(values.node ?? entry) : entry
    if (!world.store.cluster.nodes.includes(node)) {
      throw die(`hostname lookup '${node}' failed - failed to get address info for: ${node}: Temporary failure in name resolution`)
    }
    return node
  }

  async function handle(apiCall: ApiCall, handler: Handler, call: Call, node: string, request: ApiRequest): Promise<unknown> {
    const place = {
      method: request.method,
      path: request.path ?? '',
      node,
      vmid: call.values.vmid === undefined ? undefined : Number(call.values.vmid),
    }
    const { faults } = world
    if (faults.strike('node-down', { node: place.node }) && node !== world.store.cluster.nodes[0]) throw proxyError(595, 'No route to host')
    if (request.method !== 'GET' && faults.strike('quorum-lost', place)) throw die('cluster not ready - no quorum?')
    // without pvedaemon pveproxy still answers what it serves itself
    const kinds: FaultKind[] = apiCall.isProtected ? ['refused', ...requestFaults] : requestFaults
    const fault = faults.strike(kinds, place)
    checkPermission(apiCall.permission, call)
    const run = async () => handler(call)
    const work = () => (apiCall.isProtected ? workers.run(node, run) : run())
    return fault ? withFault(fault, work) : work()
  }

  async function withFault(fault: Fault, work: () => Promise<unknown>): Promise<unknown> {
    const completes = fault.completes ?? true
    switch (fault.fault) {
      case 'refused':
        throw proxyError(595, 'Connection refused')
      case 'expired-ticket':
        throw unauthorised('Authentication failed!')
      case 'start-worker-failed':
        throw die('got no worker upid - start worker failed')
      case 'slow':
        await world.timing.wait(fault.ms ?? 5_000)
        return work()
      case 'active-lock':
        await work()
        throw die("can't lock file '/var/log/pve/tasks/.active.lock' - got timeout")
      case 'unknown-outcome':
        if (completes) await work()
        throw proxyError(599, 'Too many redirections')
      default:
        await world.timing.wait(world.timing.durations.proxyTimeout)
        if (completes) await work()
        throw proxyError(596, 'Connection timed out')
    }
  }

  /** A JSON answer, or nothing but a status line for what the front door says. */
  function refusal(error: unknown): WireAnswer {
    const refused = error instanceof ApiError ? error : die(textOf(error))
    const reason = refused.message.split('\n')[0]?.replace(/[^\x20-\xff]/g, '?') ?? ''
    if (refused.bare) return { status: refused.status, reason }
    const message = refused.status === 501 ? refused.message : `${refused.message.replace(/\n$/, '')}\n`
    return { status: refused.status, reason, body: { data: null, message, ...(refused.errors ? { errors: refused.errors } : {}) } }
  }

  async function respond(wire: WireRequest): Promise<WireAnswer> {
    const request = readRequest(wire)
    const found = request.path === undefined ? undefined : findCall(request.method, request.path)
    const handler = found ? handlers[found.call.key] : undefined
    if (request.path === undefined) throw new ApiError(501, 'no such uri', { bare: true })
    if (!found || !handler) throw new ApiError(501, `Method '${request.method} ${request.path}' not implemented`)
    counts.set(found.call.key, (counts.get(found.call.key) ?? 0) + 1)
    const caller = identify(wire, found.call)
    const node = nodeFor(found.call, found.uri)
    const call: Call = { world, caller, user: authId(caller), values: validate(found.call, found.uri, request.sent) }
    const result = await handle(found.call, handler, call, node, request)
    if (result instanceof Upgrade) return { status: 200, reason: 'OK', body: { data: result.data }, upgrade: result.serve }
    const body = result instanceof Listing ? { data: result.data, total: result.total } : { data: result ?? null }
    return { status: 200, reason: 'OK', body }
  }

  async function answer(wire: WireRequest): Promise<Outcome> {
    const place = { method: wire.method, path: wire.target.replace(/^\/api2\/json/, '') }
    if (world.faults.strike('reset-before', place)) return 'reset'
    const given = await respond(wire).catch(refusal)
    if (given.status === 401) await world.timing.wait(world.timing.durations.unauthorisedDelay)
    return world.faults.strike('reset-after', place) ? 'reset' : given
  }

  return {
    /** Never throws: every problem is an answer. A 401 comes three seconds late. */
    async answer(wire: WireRequest): Promise<Outcome> {
      inFlight += 1
      try {
        return await answer(wire)
      } finally {
        inFlight -= 1
      }
    },
    /** Requests that came in whole and are not answered yet. */
    inFlight: (): number => inFlight,
    /** How often each call was made, by its key in the table. */
    counts: (): Record<string, number> => Object.fromEntries(counts),
    /** Calls of the table that nothing handles. */
    unhandled: (keys: readonly string[]): string[] => keys.filter((key) => !handlers[key]),
  }
}
export type Dispatcher = ReturnType<typeof createDispatcher>
