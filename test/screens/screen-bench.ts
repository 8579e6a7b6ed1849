import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { createProxmox, type Proxmox } from '../../src/clients/proxmox/index.ts'
import { tables } from '../../src/db/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { startProxmox } from '../../src/sandbox/proxmox/index.ts'
import type { WorkVmRow } from '../../src/work-vms/index.ts'
import { silent } from '../clients/proxmox/support.ts'
import { startLab } from '../sandbox/gns3/lab.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { actorFor, recordedLab } from '../support/given.ts'
import { noGuest } from '../support/lab-bench.ts'

/** The device with a graphical console. */
export const device = 'DESK'

/** GNS3 with a device whose console is graphical, and a Proxmox whose machines run: emulated, over real sockets. */
export async function startScreenBench() {
  const stateDir = mkdtempSync(join(tmpdir(), 'netpraxis-screens-'))
  const gns3 = await startLab()
  const projectId = await gns3.importSample('sample1-two-pcs-unconfigured')
  await gns3.call('POST', `/projects/${projectId}/open`)
  const node = { name: device, node_type: 'qemu', compute_id: 'local', console_type: 'vnc', node_id: randomUUID(), properties: {} }
  const made = await gns3.call('POST', `/projects/${projectId}/nodes`, { body: node })
  if (made.status !== 201) throw new Error(`the device was not made: ${made.status}`)
  await gns3.call('POST', `/projects/${projectId}/nodes/start`)
  await gns3.call('POST', `/projects/${projectId}/files/netpraxis-marker.txt`, { raw: 'marker\n' })
  const sandbox = await startProxmox({ stateDir, speed: 20, guestFactory: noGuest })
  const proxmox: Proxmox = createProxmox({
    ...{ urls: [sandbox.proxmoxUrl], tls: { caFile: sandbox.caFile }, clock: systemClock, log: silent },
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
  })
  const usedVmids = new Set<number>()

  return {
    proxmox,
    /** The application in front of it: ana and ben, whose exercise it is, ana's lab ready; tess teaches, otto assists, root administers. */
    openApp: async (environment: Readonly<Record<string, string>> = {}) => {
      const app = await startTestApp({ proxmox, environment: { GNS3_CONSOLE_PORTS: '1024-65535', ...environment } })
      const { given, services } = app
      const [ana, ben] = [await app.addUser('ana'), await app.addUser('ben')]
      const staff = { tess: await app.addUser('tess', 'teacher'), otto: await app.addUser('otto', 'assistant') }
      await app.addUser('root', 'admin')
      const course = given.course()
      services.courses.putMember(course.id, { userId: staff.tess.id, role: 'teacher', groupName: null }, null)
      services.courses.putMember(course.id, { userId: staff.otto.id, role: 'assistant', groupName: null }, null)
      const exercise = given.exercise({ courseId: course.id })
      for (const student of [ana, ben]) given.enrolled(exercise, actorFor(student))
      const [first] = recordedLab.devices
      if (!first) throw new Error('the recorded lab has devices')
      const lab = {
        ...recordedLab,
        devices: [...recordedLab.devices, { ...first, id: 'desk', name: device, console: { type: 'vnc', port: 5900 } }],
      }
      services.db.query
        .update(tables.templateVms)
        .set({ gns3ProjectId: projectId, lab })
        .where(eq(tables.templateVms.id, exercise.templateId))
        .run()
      const workVm = given.workVm(exercise, actorFor(ana), {
        ...{ state: 'ready', readyAt: new Date().toISOString(), marker: 'marker' },
        endpoint: { host: '127.0.0.1', port: gns3.guest.apiPort },
      })
      return { app, workVm, exercise, ana }
    },
    /** The row's machine, as it would have been cloned and started. */
    giveMachine: async ({ services }: TestApp, workVm: WorkVmRow) => {
      const { ledger } = services
      const vmid = ledger.reserve({ purpose: 'work', ownerId: workVm.id, pveNode: 'pve1', taken: usedVmids })
      usedVmids.add(vmid)
      const options = { signal: AbortSignal.timeout(30_000), priority: 'interactive', onUpid: () => undefined } as const
      const request = { node: 'pve1', source: 9_000, vmid, name: 'ana', full: false }
      await proxmox.ensureClone({ ...request, description: ledger.markOf(vmid, 'work'), ...options })
      await proxmox.ensureStarted({ node: 'pve1', vmid, ...options })
      services.workVms.update(workVm.id, { vmid, pveNode: 'pve1' })
      return { vmid, options }
    },
    end: async () => {
      await proxmox.close()
      await sandbox.close()
      await gns3.end()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

export type ScreenBench = Awaited<ReturnType<typeof startScreenBench>>

/** Ends what pages hold open, and the application. */
export async function closeApp(app: TestApp): Promise<void> {
  app.services.screens.close()
  app.services.openLines.close()
  await app.close()
}
