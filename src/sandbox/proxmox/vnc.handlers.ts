import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import type { ServerSocket } from '../gns3/index.ts'
import { createMachineConsole, type MachineConsole, serveRfb } from '../screens/index.ts'
import { die, proxyError, unauthorised } from './api-error.ts'
import { type Call, type Handlers, nodeOf, Upgrade, vmidOf } from './call.ts'
import { issueVncTicket, isVncTicket } from './credentials.ts'
import type { Power } from './machines.ts'
import type { Worker } from './tasks.ts'
import { flag, integer, need } from './validate.ts'
import { machineOn } from './world.ts'

const ports = { first: 5_900, last: 5_999 }
/** A port waits so long for its one connection; real time, it is a matter of the socket. */
const waitMs = 10_000

/** One connection to a port that was handed out. */
type Connect = (stream: Duplex) => void

const pathOf = (call: Call): string => `/vms/${vmidOf(call)}`

/** Waits for the one who was given the port, from now on. Rejects when nobody comes. */
function waitForViewer(waiting: Map<number, Connect>, port: number): Promise<Duplex> {
  const viewer = new Promise<Duplex>((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(port)
      reject(die('connection timed out'))
    }, waitMs)
    timer.unref()
    waiting.set(port, (stream) => {
      clearTimeout(timer)
      waiting.delete(port)
      resolve(stream)
    })
  })
  // the task that takes it says so in its log
  viewer.catch(() => undefined)
  return viewer
}

/** Ends with the signal whatever it waits for. */
const unless = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ])

/** A websocket's binary messages as a stream of bytes. */
function toStream(socket: ServerSocket): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      socket.sendBinary(chunk)
      done()
    },
    final: (done) => {
      socket.close(1000)
      done()
    },
    destroy: (_error, done) => {
      socket.close(1000)
      done(null)
    },
  })
  socket.onMessage(({ bytes }) => stream.push(bytes))
  socket.onClose(() => {
    if (!stream.destroyed) stream.push(null)
  })
  return stream
}

/** The screens of VMs: a port per call for one connection, reached by a websocket, and a task that lives as long. */
export function vncHandlers(): Handlers {
  const waiting = new Map<number, Connect>()
  const consoles = new WeakMap<Power, MachineConsole>()

  const consoleOf = (power: Power, name: string): MachineConsole => {
    const known = consoles.get(power) ?? createMachineConsole(name)
    consoles.set(power, known)
    return known
  }

  async function show({ world }: Call, worker: Worker, vmid: number, viewer: Promise<Duplex>, password: string): Promise<void> {
    const stream = await unless(worker.signal, viewer)
    const power = world.machines.find(vmid)
    if (!power) {
      stream.destroy()
      throw die(`VM ${vmid} not running`)
    }
    const name = String(world.store.machines.get(vmid)?.config.name ?? `VM ${vmid}`)
    const { screen, press } = consoleOf(power, name)
    const end = () => stream.destroy()
    for (const signal of [power.booting.signal, worker.signal]) signal.addEventListener('abort', end, { once: true })
    await serveRfb({ stream, screen, name: `QEMU (${name})`, password, onKeys: press })
  }

  return {
    'POST /nodes/{node}/qemu/{vmid}/vncproxy': (call) => {
      const [node, vmid] = [nodeOf(call), vmidOf(call)]
      machineOn(call.world, node, vmid)
      let port = ports.first
      while (waiting.has(port)) port += 1
      if (port > ports.last) throw die(`unable to find free port (${ports.first}-${ports.last + 1})`)
      const ticket = issueVncTicket(call.world.store.cluster, { user: call.user, path: pathOf(call), port }, call.world.timing.seconds())
      const own = flag(call.values, 'generate-password') ? randomBytes(6).toString('base64') : undefined
      // answered only once somebody listens there
      const viewer = waitForViewer(waiting, port)
      const upid = call.world.tasks.fork({ node, type: 'vncproxy', id: String(vmid), user: call.user }, (worker) =>
        show(call, worker, vmid, viewer, own ?? ticket),
      )
      return { user: call.user, ticket, port: String(port), upid, cert: '(left out)', ...(own === undefined ? {} : { password: own }) }
    },
    'GET /nodes/{node}/qemu/{vmid}/vncwebsocket': (call) => {
      const port = integer(call.values, 'port') ?? 0
      const about = { user: call.user, path: pathOf(call), port }
      if (!isVncTicket(call.world.store.cluster, need(call.values, 'vncticket'), about, call.world.timing.seconds()))
        throw unauthorised('permission denied - invalid PVEVNC ticket')
      const connect = waiting.get(port)
      if (!connect) throw proxyError(595, 'Connection refused')
      return new Upgrade({ port }, (socket) => connect(toStream(socket)))
    },
  }
}
