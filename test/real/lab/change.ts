import { openConsole } from '../../../src/clients/console/index.ts'
import { consoleOptions } from '../../clients/console/fake-transport.ts'
import type { Lab, RunningDevice } from './lab.ts'
import { access } from './topology.ts'

/** Something done on a device by its own commands: lines of vtysh's configuration mode, of a root shell, or of VPCS. */
export interface Change {
  readonly on: string
  readonly run: readonly string[]
  /** On a router: its shell instead of vtysh. */
  readonly shell?: boolean
}

/** Something that a device shows, or shows no longer. */
export interface Condition {
  readonly on: string
  /** One command: `show ...` on a router, a shell line on a host. */
  readonly ask: string
  readonly shows?: RegExp
  readonly lacks?: RegExp
}

/** @throws when the device refuses one of the commands */
export async function change(lab: Lab, { on, run, shell = false }: Change): Promise<void> {
  const device = lab.get(on)
  if (device.device.kind === 'linux' || (device.device.kind === 'frr' && shell)) for (const line of run) await device.machine.run(line)
  else if (device.device.kind === 'frr') await device.machine.run(vtysh(['configure terminal', ...run]))
  else await typeOnConsole(device, run)
}

const vtysh = (lines: readonly string[]): string => `vtysh ${lines.map((line) => `-c '${line}'`).join(' ')}`

/** VPCS has nothing but its console, and a kernel of its own cannot be entered from the host. */
async function typeOnConsole({ name, telnetPort }: RunningDevice, lines: readonly string[]): Promise<void> {
  const account = access[name]?.account
  const session = await openConsole(
    consoleOptions(access[name]?.platform ?? '', {
      device: name,
      target: { kind: 'telnet', host: '127.0.0.1', port: telnetPort },
      credentials: account ? { username: account.username, password: account.password } : {},
      readyTimeoutMs: 20_000,
    }),
  )
  try {
    for (const line of lines) {
      const { ended, exitCode = 0, text } = await session.ask(line)
      if (ended !== 'prompt' || exitCode !== 0) throw new Error(`${name}: ${line}: ${ended} ${exitCode} ${text}`)
    }
    await session.restore()
  } finally {
    await session.close()
  }
}

const patienceMs = 30_000
const pollMs = 150

/** Waits until a device shows what it should. @throws with what it shows when it never does */
export async function until(lab: Lab, condition: Condition): Promise<void> {
  const { machine, device } = lab.get(condition.on)
  const script = device.kind === 'frr' ? `${vtysh([condition.ask])} || true` : `${condition.ask} || true`
  const deadline = Date.now() + patienceMs
  for (;;) {
    const shown = await machine.run(script)
    const isShown = condition.shows === undefined || condition.shows.test(shown)
    if (isShown && !condition.lacks?.test(shown)) return
    if (Date.now() > deadline)
      throw new Error(`${condition.on}: ${condition.ask}: waited in vain for ${condition.shows ?? condition.lacks}:\n${shown}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** All of them at once. */
export const untilAll = async (lab: Lab, conditions: readonly Condition[]): Promise<void> => {
  await Promise.all(conditions.map((condition) => until(lab, condition)))
}
