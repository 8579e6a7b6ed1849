import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, expect, it } from 'vitest'
import { connectTelnet, loadPlatforms } from '../../src/clients/console/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { createTerminal, type Terminal } from '../../src/terminals/terminal.ts'
import { describeWith } from '../needs.ts'
import { waitFor } from '../support/wait.ts'
import { createFakeViewer } from '../terminals/fake-line.ts'
import { type SharedConsole, startSharedConsole } from './shared-console.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)), { commandMs: 20_000 })
const forty = Array.from({ length: 40 }, (_, index) => `line-${String(index + 1).padStart(2, '0')}`)

let terminal: Terminal | undefined
let device: SharedConsole | undefined
afterEach(async () => {
  await terminal?.close(() => 'over')
  await device?.stop()
})

/** A person's terminal at a console, which has shown its prompt once. */
async function sitDown(platform: string, port: number) {
  const viewer = createFakeViewer('Ana')
  terminal = createTerminal({
    device: platform,
    platform: platforms.get(platform),
    connect: (size, signal) =>
      connectTelnet({ device: platform, host: '127.0.0.1', port, timeoutMs: 10_000, clock: systemClock, signal, size }),
    checkedSince: () => null,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    translate: createTranslator(),
  })
  const seated = terminal
  seated.attach(viewer)
  await waitFor('the line', () => viewer.state()?.line === 'open')
  const press = async (text: string, shows: RegExp) => {
    seated.handle(viewer, { type: 'keys', data: text })
    await waitFor(`the answer to ${JSON.stringify(text)}`, () => shows.test(viewer.output))
  }
  const paste = async (lines: readonly string[]) => {
    seated.handle(viewer, { type: 'paste', text: `${lines.join('\n')}\n` })
    await waitFor('the last line', () => viewer.notices().at(-1) === `All ${lines.length} lines were entered.`, { deadlineMs: 90_000 })
  }
  return { viewer, press, paste }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describeWith(['vpcs', 'script'], 'forty lines pasted into a VPCS behind a shared console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paste-vpcs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('arrive without a loss, in their order', { timeout: 120_000 }, async () => {
    device = await startSharedConsole([`sh -c 'cd ${folder} && exec vpcs -i 1 -s ${await freePort()} -c ${await freePort()} -t 127.0.0.1'`])
    const { viewer, press, paste } = await sitDown('vpcs', device.port)
    await press('\r', /VPCS\[?\d?\]?> /u)
    await paste(forty.map((word) => `echo said-${word}`))
    const said = [...viewer.output.matchAll(/^said-(line-\d\d)\r?$/gmu)].map(([, word]) => word)
    expect(said).toEqual(forty)
  })
})

describeWith(['script', 'bash'], 'forty lines pasted into bash behind a shared console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paste-bash-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['commands', (file: string) => forty.map((word) => `echo ${word} >> ${file}`)],
    [
      'a here-document, with a tabulator and a line longer than the screen',
      (file: string) => [`cat > ${file} <<'END'`, ...forty.slice(0, 37), `\tindented ${'x'.repeat(120)}`, 'END'],
    ],
  ])('arrive without a loss: %s', { timeout: 120_000 }, async (_what, linesFor) => {
    const file = join(folder, 'out')
    device = await startSharedConsole(['bash', '--norc'])
    const { press, paste } = await sitDown('linux', device.port)
    await press('\r', /\$ |# /u)
    const lines = linesFor(file)
    await paste(lines)
    const got = await waitFor('the file', () => readFileSync(file, 'utf8').trimEnd().split('\n'))
    expect(got).toEqual(lines[0]?.startsWith('cat') ? lines.slice(1, -1) : forty)
  })

  it('wait for a command that takes its time, and the next line is not swallowed by it', { timeout: 120_000 }, async () => {
    const file = join(folder, 'slow')
    device = await startSharedConsole(['bash', '--norc'])
    const { press, paste } = await sitDown('linux', device.port)
    await press('\r', /\$ |# /u)
    await paste(['sleep 2; read -t 0.01 swallowed', `echo after:$swallowed > ${file}`])
    expect(await waitFor('the file', () => readFileSync(file, 'utf8'))).toBe('after:\n')
  })
})
