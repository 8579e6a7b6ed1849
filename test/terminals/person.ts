import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { connectTelnet, loadPlatforms } from '../../src/clients/console/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { createTerminal } from '../../src/terminals/terminal.ts'
import { waitFor } from '../support/wait.ts'
import { createFakeViewer } from './fake-line.ts'

export const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)), { commandMs: 20_000 })

/** A person at a terminal of ours, whose console listens on a port of this machine. */
export async function sitDown(platform: string, port: number) {
  const viewer = createFakeViewer('Ana')
  const terminal = createTerminal({
    device: platform,
    platform: platforms.get(platform),
    connect: (size, signal) =>
      connectTelnet({ device: platform, host: '127.0.0.1', port, timeoutMs: 10_000, clock: systemClock, signal, size }),
    checkedSince: () => null,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    translate: createTranslator(),
  })
  terminal.attach(viewer)
  await waitFor('the line', () => viewer.state()?.line === 'open')
  return {
    viewer,
    press: async (text: string, shows: RegExp) => {
      terminal.handle(viewer, { type: 'keys', data: text })
      await waitFor(`the answer to ${JSON.stringify(text)}`, () => shows.test(viewer.output))
    },
    sendBreak: () => terminal.handle(viewer, { type: 'break' }),
    /** Resolves when the last line was entered. */
    paste: async (lines: readonly string[]) => {
      terminal.handle(viewer, { type: 'paste', text: `${lines.join('\n')}\n` })
      await waitFor('the last line', () => viewer.notices().at(-1) === `All ${lines.length} lines were entered.`, { deadlineMs: 90_000 })
    },
    leave: () => terminal.close(() => 'over'),
  }
}

export type Person = Awaited<ReturnType<typeof sitDown>>
