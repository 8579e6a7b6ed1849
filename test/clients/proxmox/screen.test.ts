import { describe, expect, it } from 'vitest'
import { openPicture } from '../../../src/clients/vnc/index.ts'
import { waitFor } from '../../support/wait.ts'
import { clone, failure, options, start } from './sandbox-lab.ts'

const target = { node: 'pve1', vmid: 2101 }
const signal = () => AbortSignal.timeout(20_000)

async function running() {
  const lab = await start()
  await clone(lab.proxmox, 2101)
  await lab.proxmox.ensureStarted({ ...target, ...options().options })
  return lab
}
const tasks = async ({ proxmox }: Awaited<ReturnType<typeof running>>) =>
  (await proxmox.listTasks('pve1', { vmid: 2101, type: 'vncproxy' })).map(({ status }) => status)

describe('the screen of a VM', () => {
  it('is reached through a port, its ticket and a websocket, and its task ends with it', async () => {
    const lab = await running()
    const { stream, password } = await lab.proxmox.openScreen({ ...target, signal: signal() })
    expect(await openPicture(stream, password, signal())).toEqual({ width: 640, height: 400 })
    expect(await tasks(lab)).toEqual(['RUNNING'])
    stream.destroy()
    await waitFor('the end of the task', async () => (await tasks(lab))[0] === 'OK')
  })

  it('ends with the power of the VM', async () => {
    const lab = await running()
    const { stream, password } = await lab.proxmox.openScreen({ ...target, signal: signal() })
    await openPicture(stream, password, signal())
    const ended = new Promise((resolve) => stream.once('end', resolve))
    stream.resume()
    await lab.proxmox.ensureStopped({ ...target, ...options().options })
    await ended
  })

  it('is of two who look at once two ports, and of a VM that is off a stream that ends', async () => {
    const { proxmox } = await running()
    const [one, two] = await Promise.all([1, 2].map(() => proxmox.openScreen({ ...target, signal: signal() })))
    expect(one?.password).not.toBe(two?.password)
    for (const screen of [one, two]) if (screen) await openPicture(screen.stream, screen.password, signal())
    await proxmox.ensureStopped({ ...target, ...options().options })
    const off = await proxmox.openScreen({ ...target, signal: signal() })
    await expect(openPicture(off.stream, off.password, signal())).rejects.toMatchObject({ code: 'SCREEN_UNREADABLE' })
  })

  it('is a fault in our words where there is no such VM', async () => {
    const { proxmox } = await start()
    expect(await failure(proxmox.openScreen({ ...target, signal: signal() }))).toMatchObject({ code: 'PROXMOX_NOT_FOUND' })
  })
})
