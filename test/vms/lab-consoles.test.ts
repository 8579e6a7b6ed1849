import { describe, expect, it } from 'vitest'
import type { ConsoleSession, OpenConsoleOptions } from '../../src/clients/console/index.ts'
import type { Gns3, LabDevice } from '../../src/clients/gns3/index.ts'
import { AppError } from '../../src/errors.ts'
import type { ExerciseDevice } from '../../src/evaluation/index.ts'
import { createLabConsoles } from '../../src/vms/index.ts'
import { platforms } from '../clients/console/fake-transport.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const bySsh: ExerciseDevice = {
  platform: 'linux',
  username: 'root',
  connect: { via: 'ssh', host: '10.0.2.10', jump: 'work-vm', jumpUsername: 'gns3', jumpPassword: 'x' },
}
const device: LabDevice = {
  id: 'd',
  name: 'SRV',
  type: 'qemu',
  state: 'started',
  console: { type: 'vnc', port: 5900 },
  properties: {},
  ports: [],
  x: 0,
  y: 0,
  symbol: '',
}

/** @param refusals how often nobody listens yet */
function given(refusals = 0) {
  const asked: OpenConsoleOptions[] = []
  let now = 0
  let left = refusals
  const session = { restore: async () => undefined, close: async () => undefined }
  const consoles = createLabConsoles({
    platforms,
    connectTelnet: async () => {
      throw new Error('nobody types here')
    },
    connectVnc: async () => {
      throw new Error('nobody looks here')
    },
    openConsole: async (options) => {
      asked.push(options)
      if (left > 0) {
        left -= 1
        throw new AppError('CONSOLE_UNREACHABLE', { details: { device: options.device } })
      }
      return session as unknown as ConsoleSession
    },
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms
      },
    },
    log: silent,
  })
  const gns3 = { consoleOf: () => ({ type: 'vnc', host: '10.9.9.9', port: 5900 }) } as unknown as Gns3
  const hostKeys = { find: () => undefined, remember: () => undefined }
  const request = (definition: ExerciseDevice) => ({
    ...{ gns3, device, definition, secrets: new Map(), vmHost: '10.9.9.9', hostKeys, readyTimeoutMs: 60_000 },
    signal: new AbortController().signal,
  })
  return { asked, consoles, request, hostKeys, now: () => now }
}

describe('a device that the exercise has asked by SSH', () => {
  it('is waited for through the work VM, with its account and the keys pinned for it', async () => {
    const { asked, consoles, request, hostKeys } = given()
    await consoles.waitUntilAnswers(request(bySsh))
    expect(asked).toMatchObject([
      {
        target: { kind: 'ssh', host: '10.0.2.10', port: 22, jump: { host: '10.9.9.9', port: 22 } },
        credentials: { username: 'root', jump: { username: 'gns3', password: 'x' } },
        hostKeys,
      },
    ])
  })

  it('is tried again while it boots, and given up at the deadline', async () => {
    const slow = given(5)
    await slow.consoles.waitUntilAnswers(slow.request(bySsh))
    expect(slow.asked).toHaveLength(6)
    const dead = given(Number.POSITIVE_INFINITY)
    await expect(dead.consoles.waitUntilAnswers(dead.request(bySsh))).rejects.toMatchObject({ code: 'CONSOLE_UNREACHABLE' })
    expect(dead.now()).toBeLessThanOrEqual(60_000)
  })
})

it('goes to no address that the exercise names without the work VM between', async () => {
  const { asked, consoles, request } = given()
  for (const connect of [
    { via: 'telnet' as const, host: '10.0.2.10' },
    { via: 'ssh' as const, host: '10.0.2.10' },
  ])
    await expect(consoles.open({ ...request({ ...bySsh, connect }), readyTimeoutMs: 1 })).rejects.toMatchObject({
      code: 'CONSOLE_UNREACHABLE',
    })
  expect(asked).toEqual([])
})
