import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../src/clients/console/contract.ts'
import { createEmulator } from '../../../src/clients/console/emulator.ts'
import { createScreen } from '../../../src/clients/console/screen.ts'

async function show(pieces: readonly string[]) {
  const screen = createScreen(defaultLimits)
  const emulator = createEmulator(defaultLimits)
  await screen.begin('')
  for (const piece of pieces) {
    await screen.write(Buffer.from(piece, 'utf8'))
    await emulator.write(Buffer.from(piece, 'utf8'))
  }
  const shown = [
    { tail: screen.tail(), lines: screen.lines(0) },
    { tail: emulator.tail(), lines: emulator.lines(0) },
  ]
  screen.dispose()
  emulator.dispose()
  return shown
}

describe('the screen', () => {
  it('shows without an emulator what the emulator would show, whatever comes and however it is cut', async () => {
    const piece = fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '#', '>'), maxLength: 12 }) },
      { weight: 6, arbitrary: fc.constant('\r\n') },
      { weight: 2, arbitrary: fc.constantFrom('\r', '\r\r\n', '\r\n\r', '\n', '\b', 'é', '\x1b[1mx\x1b[0m', '\x1b[2K', '\t', '\x07') },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 90 }), async (pieces) => {
        const [ours, emulated] = await show(pieces)
        expect(ours).toEqual(emulated)
      }),
      { numRuns: 200 },
    )
  })

  it('goes on with all lines when a control sequence comes after a thousand of them', async () => {
    const [ours, emulated] = await show([...Array.from({ length: 1_000 }, (_, index) => `line ${index}\r\n`), 'R1# \x1b[K'])
    expect(ours).toEqual(emulated)
    expect(ours?.lines).toHaveLength(1_000)
  })

  it('goes on after a sequence that asks for two thousand million lines', async () => {
    const [ours, emulated] = await show(['\x1b[2000000000L\x1b[2147483647b', '\x1b[2000000000S', 'R1#'])
    expect(ours?.tail).toBe('R1#')
    expect(emulated?.tail).toBe('R1#')
  })
})
