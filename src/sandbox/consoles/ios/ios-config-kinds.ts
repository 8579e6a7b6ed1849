import { lengthOf, parseIp } from '../../network/address.ts'
import type { CommandMatch } from './command-tree.ts'
import type { IosConfig, IosInterfaceConfig, LineConfig } from './ios-config.ts'

/** Where the next configuration line applies. */
export type ConfigContext =
  | { readonly mode: 'config' }
  | { readonly mode: 'config-if' | 'config-subif'; readonly name: string }
  | { readonly mode: 'config-line'; readonly name: string }
  | { readonly mode: 'config-router'; readonly name: string }
  | { readonly mode: 'config-std-nacl' | 'config-ext-nacl'; readonly name: string }

export interface ConfigEffect {
  /** What IOS prints at once. */
  readonly text?: string
  readonly context?: ConfigContext
}

export type ConfigCommand = (config: IosConfig, match: CommandMatch, context: ConfigContext) => ConfigEffect

export const done: ConfigEffect = {}
export const say = (text: string): ConfigEffect => ({ text })

/** Settings that are taken and shown but change nothing here. */
export const keepGlobal =
  (prefix: string): ConfigCommand =>
  (config, match) => {
    config.others.push(`${prefix} ${match.values.join(' ')}`.trim())
    return done
  }

export const onInterface =
  (change: (each: IosInterfaceConfig, match: CommandMatch, config: IosConfig) => ConfigEffect): ConfigCommand =>
  (config, match, context) => {
    const each = 'name' in context ? config.interfaces.get(context.name) : undefined
    return each === undefined ? done : change(each, match, config)
  }

export const onLine =
  (change: (line: LineConfig, match: CommandMatch) => void): ConfigCommand =>
  (config, match, context) => {
    const line = 'name' in context ? config.lines.get(context.name) : undefined
    if (line !== undefined) change(line, match)
    return done
  }

export const value = (match: CommandMatch, index = 0): string => match.values[index] ?? ''
export const ipAt = (match: CommandMatch, index: number): number => parseIp(value(match, index)) ?? 0
export const lengthAt = (match: CommandMatch, index: number): number => lengthOf(ipAt(match, index)) ?? 0
