import { describe, expect, it } from 'vitest'
import { createClientFilter, createServerFilter, type ViewerMessage } from '../../../src/clients/vnc/index.ts'

const u16 = (value: number) => [value >> 8, value & 255]
const u32 = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
const rectangle = (width: number, height: number, encoding: number, content: readonly number[] = []) => [
  ...[...u16(0), ...u16(0), ...u16(width), ...u16(height), ...u32(encoding)],
  ...content,
]
const update = (...rectangles: number[][]) => [0, 0, ...u16(rectangles.length), ...rectangles.flat()]
const picture = [
  ...update(rectangle(2, 1, 0, [1, 2, 3, 4, 5, 6, 7, 8]), rectangle(2, 1, 1, [0, 1, 0, 1])),
  ...update(rectangle(64, 64, 16, [...u32(5), 9, 9, 9, 9, 9]), rectangle(1024, 768, -223), rectangle(9, 2, -239, Array(76).fill(7))),
  ...update(rectangle(0, 0, -258)),
]
const aside = [2, ...[3, 0, 0, 0, ...u32(3), 65, 66, 67], ...[1, 0, ...u16(0), ...u16(2), ...Array(12).fill(0)]]

/** @param size of the pieces in which the bytes come */
function shown(bytes: readonly number[], size: number): Buffer {
  const filter = createServerFilter()
  const pieces: Buffer[] = []
  for (let from = 0; from < bytes.length; from += size) pieces.push(...filter(Buffer.from(bytes.slice(from, from + size))))
  return Buffer.concat(pieces)
}

describe('what a server sends', () => {
  it.each([1, 3, 16, 100_000])('is let through as pictures alone, in pieces of %i bytes', (size) => {
    expect(shown([...aside, ...picture, ...aside, ...picture, 2], size)).toEqual(Buffer.from([...picture, ...picture]))
  })

  it.each([
    ['another message', [150]],
    ['an encoding that was not asked for', update(rectangle(8, 8, 7))],
    ['its own extensions', update(rectangle(8, 8, -308))],
    ['a size that no page can hold', update(rectangle(5_000, 10, -223))],
    ['no size', update(rectangle(0, 0, -223))],
    ['a rectangle that no page can hold', update(rectangle(65_535, 65_535, 0))],
    ['a packed one that no page can hold', update(rectangle(8, 8, 16, u32(0x7fffffff)))],
    ['a pointer as large as a house', update(rectangle(4_000, 4_000, -239))],
    ['a clipboard without end', [3, 0, 0, 0, ...u32(0x7fffffff)]],
  ])('ends with %s', (_what, bytes) => {
    expect(() => shown(bytes, 7)).toThrow('SCREEN_UNREADABLE')
  })

  it('is not kept, however much of it there is', () => {
    const filter = createServerFilter()
    filter(Buffer.from(update(rectangle(4_096, 4_096, 0))))
    const block = Buffer.alloc(1024 * 1024)
    for (let megabyte = 0; megabyte < 64; megabyte += 1) expect(filter(block).reduce((sum, one) => sum + one.length, 0)).toBe(block.length)
    expect(filter(Buffer.from([2]))).toEqual([])
  })
})

const hello = [...Buffer.from('RFB 003.008\n'), 1, 1]
const asking = [3, 1, ...u16(0), ...u16(0), ...u16(640), ...u16(400)]
const key = [4, 1, 0, 0, ...u32(0x61)]
const pointer = [5, 1, ...u16(10), ...u16(20)]
const keyByPlace = [255, 0, ...u16(1), ...u32(0x61), ...u32(30)]
const settings = [0, 0, 0, 0, ...Array(16).fill(0), 2, 0, ...u16(2), ...u32(0), ...u32(1)]

function heard(bytes: readonly number[], size: number): ViewerMessage[] {
  const messages: ViewerMessage[] = []
  const filter = createClientFilter((message) => messages.push({ kind: message.kind, bytes: Buffer.from(message.bytes) }))
  for (let from = 0; from < bytes.length; from += size) filter(Buffer.from(bytes.slice(from, from + size)))
  return messages
}

describe('what a page says', () => {
  it.each([1, 5, 1_000])('is told apart into questions and input, in pieces of %i bytes', (size) => {
    expect(heard([...hello, ...settings, ...asking, ...key, ...pointer, ...keyByPlace], size)).toEqual([
      { kind: 'ask', bytes: Buffer.from(asking) },
      { kind: 'input', bytes: Buffer.from(key) },
      { kind: 'input', bytes: Buffer.from(pointer) },
      { kind: 'input', bytes: Buffer.from(keyByPlace) },
    ])
  })

  it.each([
    ['another protocol', [...Buffer.from('GET / HTTP/1.1\r\n')]],
    ['another sign-in', [...Buffer.from('RFB 003.008\n'), 2]],
    ['a clipboard', [...hello, 6, 0, 0, 0, ...u32(1), 65]],
    ['a power button', [...hello, 250, 0, 1, 2]],
    ['more encodings than there are', [...hello, 2, 0, ...u16(60_000)]],
  ])('ends with %s', (_what, bytes) => {
    expect(() => heard(bytes, 3)).toThrow('no page of ours')
  })
})
