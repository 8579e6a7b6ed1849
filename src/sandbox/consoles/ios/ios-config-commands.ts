import { parseRule, withoutRule, withRule } from './access-list.ts'
import { createCommandTree } from './command-tree.ts'
import type { IosConfig } from './ios-config.ts'
import { globalCommands } from './ios-config-global.ts'
import { interfaceCommands } from './ios-config-interface.ts'
import { type ConfigCommand, type ConfigContext, type ConfigEffect, done, onLine, say, value } from './ios-config-kinds.ts'

const namedRule =
  (action: string): ConfigCommand =>
  (config, match, context) => {
    if (context.mode !== 'config-std-nacl' && context.mode !== 'config-ext-nacl') return done
    const list = config.accessLists.get(context.name)
    if (list === undefined) return done
    const isRemoval = action.startsWith('no ')
    const rule = parseRule(list.kind, `${action.replace('no ', '')} ${value(match)}`)
    if (rule === undefined) return say("% Invalid input detected at '^' marker.\r\n")
    config.accessLists.set(context.name, isRemoval ? withoutRule(list, rule.text) : withRule(list, rule))
    return done
  }

const LINE: readonly (readonly [string, ConfigCommand])[] = [
  [
    'password <word>',
    onLine((line, match) => {
      line.password = value(match)
    }),
  ],
  [
    'no password [<line>]',
    onLine((line) => {
      line.password = null
    }),
  ],
  [
    'login [local]',
    onLine((line) => {
      line.login = true
    }),
  ],
  [
    'no login',
    onLine((line) => {
      line.login = false
    }),
  ],
  [
    'logging synchronous',
    onLine((line) => {
      line.loggingSynchronous = true
    }),
  ],
  [
    'no logging synchronous',
    onLine((line) => {
      line.loggingSynchronous = false
    }),
  ],
  [
    'exec-timeout <line>',
    onLine((line, match) => {
      line.others = [...line.others.filter((each) => !each.startsWith('exec-timeout')), `exec-timeout ${value(match)}`]
    }),
  ],
  [
    'privilege level <number>',
    onLine((line, match) => {
      line.others.push(`privilege level ${value(match)}`)
    }),
  ],
  ...['transport', 'stopbits', 'no exec', 'no exec-timeout', 'length', 'speed', 'history'].map(
    (prefix): readonly [string, ConfigCommand] => [`${prefix} [<line>]`, () => done],
  ),
]

const LIST: readonly (readonly [string, ConfigCommand])[] = [
  ['permit <line>', namedRule('permit')],
  ['deny <line>', namedRule('deny')],
  ['no permit <line>', namedRule('no permit')],
  ['no deny <line>', namedRule('no deny')],
  ['remark <line>', () => done],
]

const ROUTER: readonly (readonly [string, ConfigCommand])[] = [
  [
    '<line>',
    (config, match, context) => {
      const heading = `router ${'name' in context ? context.name : ''}`
      const at = config.others.indexOf(heading)
      config.others.splice(at + 1, 0, ` ${value(match)}`)
      return done
    },
  ],
]

const trees = {
  config: createCommandTree(globalCommands),
  interface: createCommandTree(interfaceCommands),
  line: createCommandTree(LINE),
  list: createCommandTree(LIST),
  router: createCommandTree(ROUTER),
}

/** The commands of the mode itself; global ones are allowed in every mode, as on IOS. */
export function treesFor(context: ConfigContext) {
  switch (context.mode) {
    case 'config':
      return [trees.config]
    case 'config-if':
    case 'config-subif':
      return [trees.interface, trees.config]
    case 'config-line':
      return [trees.line, trees.config]
    case 'config-router':
      return [trees.config, trees.router]
    default:
      return [trees.list, trees.config]
  }
}

export type ConfigOutcome =
  | ({ readonly kind: 'done' } & ConfigEffect)
  | { readonly kind: 'incomplete' | 'ambiguous' }
  | { readonly kind: 'invalid'; readonly at: number }

/** One configuration line, typed or read from NVRAM. */
export function applyConfigLine(config: IosConfig, context: ConfigContext, line: string): ConfigOutcome {
  let worst: ConfigOutcome = { kind: 'done' }
  for (const tree of treesFor(context)) {
    const parsed = tree.parse(line)
    if (parsed.kind === 'empty') return { kind: 'done' }
    if (parsed.kind === 'command') return { kind: 'done', ...parsed.run(config, parsed.match, context) }
    // The first mode that understood the beginning says what is wrong.
    if (worst.kind === 'done' || (worst.kind === 'invalid' && worst.at === 0)) worst = parsed
  }
  return worst
}

/** A saved configuration, from the start. `%h` is GNS3's placeholder for the node's name. Lines that are not understood are skipped, as IOS does at boot. */
export function loadConfig(config: IosConfig, text: string, nodeName: string): void {
  let context: ConfigContext = { mode: 'config' }
  let banner: { end: string; lines: string[] } | null = null
  for (const raw of text.replaceAll('%h', nodeName).split(/\r?\n/)) {
    if (banner !== null) {
      if (raw.includes(banner.end)) banner = null
      continue
    }
    const opening = /^banner \S+ (\^C|.)(.*)$/.exec(raw)
    if (opening !== null && !(opening[2] ?? '').includes(opening[1] ?? '')) {
      banner = { end: opening[1] ?? '', lines: [] }
      continue
    }
    const line = raw.trim()
    if (line === '' || line.startsWith('!') || line === 'end') continue
    if (!raw.startsWith(' ')) context = { mode: 'config' }
    const isInterface = /^interface /.test(line)
    const outcome = applyConfigLine(config, context, line)
    if (outcome.kind !== 'done') continue
    context = outcome.context ?? context
    if (isInterface) openInterface(config, context)
  }
}

/** In a saved configuration an interface without `shutdown` is up. */
function openInterface(config: IosConfig, context: ConfigContext): void {
  const each = 'name' in context ? config.interfaces.get(context.name) : undefined
  if (each !== undefined) each.isShutdown = false
}
