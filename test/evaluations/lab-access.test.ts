import { describe, expect, it } from 'vitest'
import { exerciseSchema } from '../../src/evaluation/index.ts'
import { accessGns3Lab } from '../../src/evaluations/index.ts'

const exercise = (connect?: object) =>
  exerciseSchema.parse({
    netpraxis: 1,
    title: 'One host',
    devices: { SRV: { platform: 'linux', ...(connect === undefined ? {} : { connect }) } },
    criteria: [{ id: 'one', title: 'one', module: 'ping', device: 'SRV', params: { to: '10.0.0.1' }, points: 1 }],
  })

const device = {
  id: 'd1',
  name: 'SRV',
  type: 'docker',
  state: 'started' as const,
  console: null,
  properties: {},
  ports: [],
  x: 0,
  y: 0,
  symbol: '',
}

interface Lab {
  readonly connect?: object
  readonly allowDirect?: boolean
  readonly console?: { readonly type: string; readonly port: number } | null
}

const consoleOf = ({ connect, allowDirect = false, console = { type: 'telnet', port: 5000 } }: Lab) =>
  accessGns3Lab({
    gns3: {
      readLab: async () => ({ projectId: 'p', devices: [{ ...device, console }], links: [] }),
      consoleOf: () => (console === null ? null : { ...console, host: '10.9.9.9' }),
      readDeviceFile: async () => undefined,
    },
    projectId: 'p',
    exercise: exercise(connect),
    allowDirect,
    workVmHost: '10.9.9.9',
  }).consoleOf('SRV')

describe('the way to a device', () => {
  const ssh = { via: 'ssh', host: '10.0.2.10' }

  it('is its telnet console at the address of the work VM', async () => {
    expect(await consoleOf({})).toEqual({ kind: 'telnet', host: '10.9.9.9', port: 5000 })
  })

  it('is SSH through the work VM where the exercise says so', async () => {
    expect(await consoleOf({ connect: { ...ssh, jump: 'work-vm' } })).toEqual({
      kind: 'ssh',
      host: '10.0.2.10',
      port: 22,
      jump: { host: '10.9.9.9', port: 22 },
    })
  })

  it('is never an address of the exercise without the work VM between, but for the shell', async () => {
    await expect(consoleOf({ connect: ssh })).rejects.toMatchObject({ reason: 'CONNECT_UNSUPPORTED', blame: 'exercise' })
    expect(await consoleOf({ connect: ssh, allowDirect: true })).toEqual({ kind: 'ssh', host: '10.0.2.10', port: 22 })
  })

  it('is missing where the console is graphical or there is none, and the reason says which', async () => {
    await expect(consoleOf({ console: { type: 'vnc', port: 5900 } })).rejects.toMatchObject({
      reason: 'CONSOLE_GRAPHICAL',
      blame: 'exercise',
      data: { device: 'SRV', console: 'vnc' },
    })
    await expect(consoleOf({ console: null })).rejects.toMatchObject({ reason: 'DEVICE_WITHOUT_CONSOLE' })
  })
})
