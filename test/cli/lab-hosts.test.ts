import { describe, expect, it } from 'vitest'
import { run as doctor } from '../../src/cli/doctor.ts'
import { run as serve } from '../../src/cli/serve.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { captureIo } from './captured-io.ts'

const settings = (pattern: string) => {
  const folder = tempFolder()
  return {
    ...{ DATA_DIR: folder, UPLOADS_DIR: `${folder}/uploads`, AUTO_MIGRATE: 'true', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' },
    ...{ PROXMOX_URL: 'https://127.0.0.1:1', PROXMOX_TOKEN_ID: 'a@pve!b', PROXMOX_TOKEN_SECRET: 'c', PROXMOX_BASE_TEMPLATES: '9000' },
    ...{ LAB_NETWORKS: '10.0.0.0/8', PUBLIC_URL: 'https://netpraxis.example.org', LAB_HOST_PATTERN: pattern },
  }
}
const warning = 'Labs: their host names (lab-{id}.labs.example.org) lie below the same domain as netpraxis.example.org'

describe('labs with host names below our own domain', () => {
  it('are a warning of doctor, with what to do; a domain of their own is none', async () => {
    const below = captureIo(settings('lab-{id}.labs.example.org'))
    await doctor([], below)
    expect(below.out()).toContain(`warning ${warning}`)
    expect(below.out()).toContain('→ Give LAB_HOST_PATTERN a domain of its own')
    const apart = captureIo(settings('lab-{id}.labs-example.org'))
    await doctor([], apart)
    expect(apart.out()).toContain('ok      Labs: their host names (lab-{id}.labs-example.org) are a site apart')
  })

  it.each([
    ['lab-{id}.labs.example.org', true],
    ['lab-{id}.labs-example.org', false],
  ])('are said when the server starts: %s', async (pattern, isSaid) => {
    const io = captureIo(settings(pattern))
    io.stop.abort()
    expect(await serve([], io)).toBe(0)
    expect(io.out()).toContain('NetPraxis is ready')
    expect(io.err().includes(warning)).toBe(isSaid)
  })
})
