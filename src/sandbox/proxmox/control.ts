import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { textOf } from './api-error.ts'
import { faultPlanSchema } from './faults.ts'
import { installAgentOnly } from './guest-software.ts'
import { configLockPath } from './locks.ts'
import { disksOf, volumesOf } from './vm-config.ts'
import type { World } from './world.ts'

/** The sandbox's own door, on loopback with a secret: nothing of Proxmox. Tests and the demo use it. */
export interface Control {
  readonly url: string
  readonly secret: string
  close(): Promise<void>
}

/** `{ vmid: { host, apiPort } }` of every lab that answers, for the address finder `sandbox`. */
export const endpointsOf = (world: World): Record<number, { host: string; apiPort: number }> =>
  Object.fromEntries(
    world.machines
      .list()
      .flatMap(([vmid, power]) => (power.place && power.guest ? [[vmid, { host: power.place.host, apiPort: power.guest.apiPort }]] : [])),
  )

/** Volumes that no configuration names. */
export function orphansOf(world: World): string[] {
  const used = new Set(
    [...world.store.machines.values()].flatMap((machine) => {
      const configs = [machine.config, ...Object.values(machine.snapshots).map((snapshot) => snapshot.config)]
      return configs.flatMap(volumesOf).map((volid) => {
        const volume = world.volumes.find(volid, machine.node)
        return volume ? `${volume.node ?? ''}|${world.volumes.volidOf(volume)}` : volid
      })
    }),
  )
  return world.volumes
    .all()
    .filter((volume) => !used.has(`${volume.node ?? ''}|${world.volumes.volidOf(volume)}`))
    .map(world.volumes.volidOf)
}

/** What tests assert on: everything that exists, and what was asked. */
export function stateOf(world: World, counts: () => Record<string, number>) {
  return {
    vms: [...world.store.machines.values()].map((machine) => {
      const power = world.machines.find(machine.vmid)
      return {
        vmid: machine.vmid,
        node: machine.node,
        name: machine.config.name ?? null,
        template: machine.config.template === 1,
        lock: machine.config.lock ?? null,
        description: machine.config.description ?? null,
        running: power !== undefined,
        booted: power?.booted ?? false,
        bootProblem: power?.bootProblem ?? null,
        disks: disksOf(machine.config).map((disk) => disk.volid),
        firewall: machine.firewall,
      }
    }),
    volumes: world.volumes.all().map((volume) => ({
      volid: world.volumes.volidOf(volume),
      node: volume.node,
      vmid: volume.vmid,
      base: volume.base,
      folder: world.volumes.diskFolder(volume),
    })),
    orphans: orphansOf(world),
    endpoints: endpointsOf(world),
    runningTasks: world.tasks.runningCount(),
    locks: world.locks.held(),
    requests: counts(),
    faults: world.faults.report(),
  }
}
export type SandboxState = ReturnType<typeof stateOf>

const lockRequest = z.strictObject({
  vmid: z.number().int().optional(),
  lock: z.string().optional(),
  node: z.string().optional(),
  ms: z.number().min(0),
})
const softwareRequest = z.strictObject({ vmid: z.number().int() })

/** Takes a lock from outside, as a backup or an admin's shell would, and lets it go by itself. */
async function holdLock(world: World, request: z.infer<typeof lockRequest>): Promise<void> {
  const path = request.lock ?? configLockPath(request.vmid ?? 0)
  const options = { timeoutMs: world.timing.durations.lockTimeout, ...(request.node === undefined ? {} : { node: request.node }) }
  const release = path.startsWith('cfs:') ? await world.locks.cluster(path.slice(4), options) : await world.locks.file(path, options)
  world.timing.wait(request.ms).then(release, release)
}

/** Puts an agent on the disk of a VM, as somebody who installs a system in it would. */
function installAgent(world: World, vmid: number): void {
  const machine = world.store.machines.get(vmid)
  const disk = machine && disksOf(machine.config)[0]
  const volume = machine && disk && world.volumes.find(disk.volid, machine.node)
  if (!volume) throw new Error(`VM ${vmid} has no disk`)
  installAgentOnly(world.volumes.diskFolder(volume))
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : JSON.parse(text)
}

const isSecret = (given: string, secret: string): boolean =>
  given.length === secret.length && timingSafeEqual(Buffer.from(given), Buffer.from(secret))

export async function openControl(options: { host: string; world: World; counts: () => Record<string, number> }): Promise<Control> {
  const { world, counts } = options
  const secret = randomBytes(24).toString('base64url')
  const routes: Record<string, (body: unknown) => unknown> = {
    'GET /sandbox/state': () => stateOf(world, counts),
    'GET /sandbox/endpoints': () => endpointsOf(world),
    'GET /sandbox/faults': () => world.faults.report(),
    'PUT /sandbox/faults': (body) => world.faults.load(faultPlanSchema.parse(body)),
    'POST /sandbox/locks': (body) => holdLock(world, lockRequest.parse(body)),
    'POST /sandbox/agents': (body) => installAgent(world, softwareRequest.parse(body).vmid),
  }
  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null))
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isSecret(request.headers.authorization ?? '', `Bearer ${secret}`)) return send(response, 401, { error: 'bearer secret required' })
    const route = routes[`${request.method} ${request.url}`]
    if (!route) return send(response, 404, { error: 'unknown' })
    send(response, 200, await route(await readBody(request)))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => send(response, 400, { error: textOf(error) }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, options.host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return {
    url: `http://${options.host}:${address.port}`,
    secret,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
