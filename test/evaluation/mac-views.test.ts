import { describe, expect, it } from 'vitest'
import { findPlatform } from '../../src/evaluation/platforms/index.ts'

const show = async (platform: string, text: string) =>
  findPlatform(platform)?.views?.macs?.({
    ask: async (command) => ({
      ...{ seq: 1, device: 'D', command, startedAt: '2026-01-01T00:00:00.000Z', tookMs: 1, ended: 'prompt', raw: Buffer.from(text), text },
    }),
  })

describe('the hardware addresses that a device shows of itself', () => {
  it('are read on VPCS, which has one interface', async () => {
    const text = '\nNAME        : PC1[1]\nIP/MASK     : 10.1.1.11/24\nMAC         : 00:50:79:66:68:00\nLPORT       : 20000\n'
    expect(await show('vpcs', text)).toEqual([{ port: null, mac: '00:50:79:66:68:00' }])
    expect(await show('vpcs', 'NAME : PC1[1]\n')).toMatchObject({ unreadable: 'ANSWER_UNREADABLE' })
  })

  it('are read on FRR, whose loopback has none', async () => {
    const text = '{"eth0":{"hardwareAddress":"aa:1f:c7:4f:de:d1"},"lo":{"administrativeStatus":"up"}}'
    expect(await show('frr', text)).toEqual([{ port: 'eth0', mac: 'aa:1f:c7:4f:de:d1' }])
    expect(await show('frr', '{"eth0":')).toMatchObject({ unreadable: 'ANSWER_UNREADABLE' })
  })
})
