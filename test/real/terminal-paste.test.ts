import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { waitFor } from '../support/wait.ts'
import { type Person, sitDown } from '../terminals/person.ts'
import { frrNeeds, startFrr } from './frr-machine.ts'
import { type SharedConsole, startSharedConsole } from './shared-console.ts'

const forty = Array.from({ length: 40 }, (_, index) => `line-${String(index + 1).padStart(2, '0')}`)

let person: Person | undefined
let device: SharedConsole | undefined
afterEach(async () => {
  await person?.leave()
  await device?.stop()
  person = undefined
  device = undefined
})

const sitDownAt = async (platform: string, { port }: SharedConsole): Promise<Person> => {
  person = await sitDown(platform, port)
  return person
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
    const { viewer, press, paste } = await sitDownAt('vpcs', device)
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
    const { press, paste } = await sitDownAt('linux', device)
    await press('\r', /\$ |# /u)
    const lines = linesFor(file)
    await paste(lines)
    const got = await waitFor('the file', () => readFileSync(file, 'utf8').trimEnd().split('\n'))
    expect(got).toEqual(lines[0]?.startsWith('cat') ? lines.slice(1, -1) : forty)
  })

  it('wait for a command that takes its time, and the next line is not swallowed by it', { timeout: 120_000 }, async () => {
    const file = join(folder, 'slow')
    device = await startSharedConsole(['bash', '--norc'])
    const { press, paste } = await sitDownAt('linux', device)
    await press('\r', /\$ |# /u)
    await paste(['sleep 2; read -t 0.01 swallowed', `echo after:$swallowed > ${file}`])
    expect(await waitFor('the file', () => readFileSync(file, 'utf8'))).toBe('after:\n')
  })
})

describeWith(frrNeeds, 'forty lines pasted into FRR behind a shared console', () => {
  it('arrive without a loss, through the modes of vtysh', { timeout: 120_000 }, async () => {
    const frr = await startFrr()
    try {
      device = await frr.openConsole()
      const { press, paste } = await sitDownAt('frr', device)
      await press('\r', /# /u)
      const routes = forty.slice(0, 36).map((_, index) => `ip route 10.77.${index}.0/24 blackhole`)
      await paste(['configure terminal', ...routes, 'interface lo', ' description pasted', 'end'])
      const { stdout } = frr.inside('vtysh', '-N', frr.name, '-c', 'show running-config')
      expect(stdout.split('\n').filter((line) => line.startsWith('ip route 10.77.'))).toHaveLength(36)
      expect(stdout).toContain(' description pasted')
    } finally {
      frr.end()
    }
  })
})
