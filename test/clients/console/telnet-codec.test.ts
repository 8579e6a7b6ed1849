import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTelnetCodec } from '../../../src/clients/console/telnet-codec.ts'

const capture = (name: string) => readFileSync(new URL(`../../fixtures/console/gns3-telnet/${name}.bin`, import.meta.url))

function feed(bytes: Uint8Array, cuts: readonly number[]) {
  const codec = createTelnetCodec()
  const data: Buffer[] = []
  const replies: Buffer[] = []
  let from = 0
  for (const to of [...cuts, bytes.length].filter((cut) => cut <= bytes.length).sort((a, b) => a - b)) {
    const out = codec.decode(Buffer.from(bytes.subarray(from, to)), 0)
    data.push(out.data)
    replies.push(out.reply)
    from = to
  }
  return { data: Buffer.concat(data), reply: Buffer.concat(replies) }
}

describe('the telnet codec', () => {
  it('answers the greeting of GNS3 once, however often the proxy repeats itself', () => {
    const greeting = [255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0]
    const codec = createTelnetCodec()
    expect([...codec.decode(Buffer.from(greeting), 0).reply]).toEqual([255, 253, 1, 255, 253, 3, 255, 253, 0, 255, 251, 0])
    let written = 0
    for (let round = 0; round < 10_000; round += 1) written += codec.decode(Buffer.from([255, 251, 3]), round).reply.length
    expect(written).toBe(0)
  })

  it('writes at most a few bytes against the recorded negotiation loop of 117 KB', () => {
    const { data, reply } = feed(capture('negotiation_loop'), [])
    expect(reply.length).toBeLessThan(30)
    expect(data.includes(255)).toBe(false)
  })

  it('tells size and kind of the terminal to a real telnet daemon, each in one piece', () => {
    const codec = createTelnetCodec()
    expect(codec.decode(Buffer.from([255, 253, 31]), 0).reply).toEqual(Buffer.from([255, 251, 31, 255, 250, 31, 2, 0, 0, 50, 255, 240]))
    expect(codec.decode(Buffer.from([255, 253, 24]), 0).reply).toEqual(Buffer.from([255, 251, 24]))
    expect(codec.decode(Buffer.from([255, 250, 24, 1, 255, 240]), 0).reply.toString('latin1')).toContain('VT100')
    expect(feed(capture('login_telnetd'), []).data.toString('latin1')).toContain('login: ')
  })

  it('refuses what it does not know once, and agrees to nothing twice', () => {
    const codec = createTelnetCodec()
    expect([...codec.decode(Buffer.from([255, 253, 36, 255, 251, 39]), 0).reply]).toEqual([255, 252, 36, 255, 254, 39])
    expect(codec.decode(Buffer.from([255, 253, 36, 255, 251, 39, 255, 254, 36, 255, 252, 39]), 0).reply.length).toBe(0)
  })

  it('answers the end of an option that was on', () => {
    const codec = createTelnetCodec()
    codec.decode(Buffer.from([255, 251, 1]), 0)
    expect([...codec.decode(Buffer.from([255, 252, 1]), 0).reply]).toEqual([255, 254, 1])
  })

  it('is silent for the rest of a second in which it was asked too often', () => {
    const codec = createTelnetCodec()
    const toggles = Buffer.from(Array.from({ length: 500 }, (_, index) => [255, index % 2 === 0 ? 251 : 252, 1]).flat())
    expect(codec.decode(toggles, 0).reply.length).toBe(50 * 3)
    expect(codec.decode(Buffer.from([255, 251, 3]), 999).reply.length).toBe(0)
    expect(codec.decode(Buffer.from([255, 251, 0]), 1_000).reply.length).toBe(3)
  })

  it('swallows a subnegotiation of any length and keeps a doubled 0xff as one byte', () => {
    const long = [255, 250, 24, ...Array.from({ length: 5_000 }, () => 65), 255, 240]
    expect(feed(Buffer.from([97, ...long, 255, 255, 98]), []).data).toEqual(Buffer.from([97, 255, 98]))
    expect(createTelnetCodec().encode(Buffer.from([1, 255, 2]))).toEqual(Buffer.from([1, 255, 255, 2]))
  })

  it('gives the same data and the same answers however the bytes are cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => [...bytes].flatMap((byte) => (byte === 255 ? [255, 255] : [byte]))),
      fc.tuple(fc.constantFrom(251, 252, 253, 254), fc.constantFrom(0, 1, 3, 24, 31, 39)).map(([verb, option]) => [255, verb, option]),
      fc.constant([255, 250, 24, 1, 255, 240]),
      fc.constant([255, 241]),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(200)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.flat())
        expect(feed(bytes, cuts)).toEqual(feed(bytes, []))
      }),
      { numRuns: 500 },
    )
  })
})
