import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { acceptProject } from '../../src/exercises/index.ts'
import { describeFile } from '../../src/http/uploads.ts'
import { startGuest } from '../../src/sandbox/gns3/index.ts'
import { exerciseFrom } from '../support/given.ts'
import { openLabBench } from '../support/lab-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'

const project = fileURLToPath(new URL('../fixtures/projects/sample1-two-pcs-unconfigured.gns3project', import.meta.url))
/** Copies of one base template: 9000 on the shared storage of pve1, 9010 on pve2's own. */
const copies = [9_000, 9_010]

const text = `
netpraxis: 1
title: Two computers
vm: { memory: 3072, cores: 3, disk: 24, network: { rate: 12.5 } }
devices:
  PC1: { platform: vpcs }
criteria:
  - { id: a, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 1 }
`

/** An exercise is made of a project; its template is being built. */
async function createExercise(on: Awaited<ReturnType<typeof openLabBench>>) {
  const course = on.given.course()
  const { exercises, config } = on.services()
  const incoming = join(tempFolder(), 'lab.gns3project')
  await copyFile(project, incoming)
  const parts = { exercises, uploadsFolder: config.UPLOADS_DIR }
  const upload = await acceptProject(parts, await describeFile(incoming, 'lab.gns3project'), course.teacher.id)
  const { exercise } = await exercises.create(course.teacher, {
    courseId: course.id,
    definition: exerciseFrom(text),
    statement: '',
    projectSha256: upload.sha256,
    baseTemplateVmid: 9_000,
  })
  return { exercises, exercise }
}

describe('building an exercise', () => {
  it('makes a template on each node that has a copy of the base template, as large and as fast as the exercise asks', async () => {
    const on = await openLabBench({
      environment: { PROXMOX_BASE_TEMPLATES: copies.join('+'), UPLOADS_DIR: tempFolder() },
      sandbox: { guestFactory: startGuest },
    })
    const { exercises, exercise } = await createExercise(on)
    await on.settled()

    const built = on.templates()
    expect(built.map(({ state, pveNode }) => [state, pveNode]).sort()).toEqual([
      ['ready', 'pve1'],
      ['ready', 'pve2'],
    ])
    for (const { pveNode, vmid } of built) {
      const { raw, template } = (await on.proxmox.vmConfig(pveNode, vmid)) ?? {}
      expect(template).toBe(true)
      expect(raw).toMatchObject({ memory: '3072', cores: '3', scsi0: expect.stringContaining('size=24G') })
      expect(raw?.net0?.split(',')).toEqual(expect.arrayContaining(['bridge=vmbr0', 'firewall=1', 'rate=12.5']))
    }
    expect(exercises.get(exercise.id).state).toBe('ready')
    expect(on.onProxmox().orphans).toEqual([])
  }, 180_000)

  it('is refused, with the reason, before anything is copied to a storage that nothing can be linked to', async () => {
    const storages = {
      lab: { type: 'dir' as const, content: 'images,iso', shared: 0, path: '/var/lib/lab' },
      labshared: { type: 'dir' as const, content: 'images', shared: 1, path: '/var/lib/labshared' },
      thick: { type: 'lvm' as const, content: 'images', shared: 0, vgname: 'thick' },
    }
    const environment = { PROXMOX_STORAGE: 'thick', UPLOADS_DIR: tempFolder() }
    const on = await openLabBench({ environment, sandbox: { storages } })
    const { exercises, exercise } = await createExercise(on)
    await on.settled()
    expect([exercises.get(exercise.id).state, on.onProxmox()]).toEqual(['failed', { vms: [], orphans: [] }])
    expect(on.jobs().map(({ errorCode, errorDetails }) => [errorCode, JSON.stringify(errorDetails)])).toEqual([
      ['PROXMOX_REFUSED', expect.stringContaining('details.storage.noLinks')],
    ])
  })
})
