import type { Process } from '../../network/process.ts'
import type { NodeFiles } from '../../network/types.ts'
import { renderConfig } from './ios-config.ts'
import type { ConfigContext } from './ios-config-kinds.ts'
import type { ProbeScreen } from './ios-probe.ts'
import type { IosRouter } from './ios-router.ts'
import type { IosTerminal } from './ios-terminal.ts'

export type Mode = 'exec' | 'enable' | ConfigContext

/** One user at the console of a running router. */
export interface IosSession {
  readonly router: IosRouter
  readonly terminal: IosTerminal
  readonly screen: ProbeScreen
  readonly history: string[]
  readonly files: NodeFiles
  readonly startupPath: string
  readonly platform: string
  readonly image: string
  mode: Mode
  /** Something was configured since it was saved. */
  isModified: boolean
  /** Set by `exit` and `reload`; ends the command loop. */
  ending: 'none' | 'logout' | 'reload'
  syslog(message: string): void
}

export const isConfigMode = (mode: Mode): mode is ConfigContext => typeof mode === 'object'

export function leaveConfig(session: IosSession): void {
  session.mode = 'enable'
  session.router.timers.after(20, () => session.syslog('%SYS-5-CONFIG_I: Configured from console by console'))
}

/** A word IOS does not know is a host name: it asks for it by broadcast until it gives up. */
export function* lookUpHost(session: IosSession, name: string): Process<void> {
  if (!session.router.config.domainLookup) {
    session.terminal.print(`Translating "${name}"\r\n\r\n`)
    return
  }
  session.terminal.print(`Translating "${name}"...domain server (255.255.255.255)`)
  yield* session.screen.await((resume) => session.router.timers.after(9_000, resume))
  session.terminal.print(session.screen.isBroken() ? '\r\n% Name lookup aborted\r\n' : '\r\n\r\n')
}

/** Writes the running configuration to NVRAM. */
export function saveStartup(session: IosSession): void {
  session.isModified = false
  session.files.write(session.startupPath, Buffer.from(`${renderConfig(session.router.config).join('\n')}\n`))
}
