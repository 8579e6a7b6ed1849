import { describe, expect, it } from 'vitest'
import { frameBytes, pcapHeader, pcapRecord } from '../../src/sandbox/network/pcap.ts'

const macs = { source: '00:50:79:66:68:00', destination: 'ff:ff:ff:ff:ff:ff' }

describe('the bytes of simulated frames', () => {
  it('are an ARP question', () => {
    const payload = {
      kind: 'arp',
      operation: 'request',
      senderMac: macs.source,
      senderIp: 0x0a000001,
      targetMac: '00:00:00:00:00:00',
      targetIp: 0x0a000002,
    } as const
    expect(frameBytes({ ...macs, tags: [], payload }).toString('hex')).toBe(
      'ffffffffffff005079666800080600010800060400010050796668000a0000010000000000000a000002',
    )
  })

  it('are a tagged ping with right checksums', () => {
    const body = { protocol: 1, type: 8, code: 0, identifier: 1, sequence: 7 } as const
    const payload = {
      kind: 'ipv4',
      source: 0x0a000001,
      destination: 0x0a000002,
      ttl: 64,
      identification: 5,
      dontFragment: false,
      size: 84,
      body,
    } as const
    const bytes = frameBytes({ ...macs, tags: [{ ethertype: 0x8100, vlan: 10 }], payload })
    expect(bytes.length).toBe(18 + 84)
    expect(bytes.subarray(12, 18).toString('hex')).toBe('8100000a0800')
    const sum = (part: Buffer) => {
      let total = 0
      for (let at = 0; at < part.length; at += 2) total += part.readUInt16BE(at)
      while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
      return total
    }
    expect([sum(bytes.subarray(18, 38)), sum(bytes.subarray(38))]).toEqual([0xffff, 0xffff])
  })

  it('stand in a capture file with their time', () => {
    const payload = { kind: 'arp', operation: 'reply', senderMac: macs.source, senderIp: 1, targetMac: macs.source, targetIp: 2 } as const
    const file = Buffer.concat([pcapHeader(), pcapRecord({ ...macs, tags: [], payload }, 1_500)])
    expect([file.readUInt32LE(0), file.readUInt32LE(20), file.readUInt32LE(24), file.readUInt32LE(28), file.readUInt32LE(32)]).toEqual([
      ...[0xa1b2c3d4, 1, 1, 500_000, 42],
    ])
  })
})
