import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import { type PlatformDefinition, platformSchema } from './platform-definition.ts'
import { readYamlFile } from './yaml-file.ts'

/** The platforms of an inventory folder, found by their own name or by the one Netmiko or NAPALM gives them. */
export interface Platforms {
  readonly all: readonly PlatformDefinition[]
  /** By id or alias, also with Netmiko's `_telnet`, `_ssh` or `_serial` at the end; undefined when nobody is called so. */
  find(name: string): PlatformDefinition | undefined
  /** @throws AppError INVENTORY_INVALID */
  get(name: string): PlatformDefinition
}

/**
 * Reads every `*.yaml` of `inventory/platforms`. `commandMs` (COMMAND_TIMEOUT_SECONDS) is how long a command may take where neither a
 * platform's file nor whoever asks gives it longer.
 * @throws AppError INVENTORY_INVALID with file, line and all problems of the first broken file
 */
export function loadPlatforms(folder: string, { commandMs = 0 }: { readonly commandMs?: number } = {}): Platforms {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const patient = (platform: PlatformDefinition): PlatformDefinition => ({
    ...platform,
    timing: { ...platform.timing, commandMs: Math.max(platform.timing.commandMs, commandMs) },
  })
  return indexPlatforms(names.sort().map((name) => patient(loadPlatform(join(folder, name)))))
}

function loadPlatform(file: string): PlatformDefinition {
  const platform = readYamlFile(file, platformSchema)
  if (`${platform.id}.yaml` === basename(file)) return platform
  throw new AppError('INVENTORY_INVALID', {
    details: { file, problems: say('inventory.wrongFile', { platform: platform.id, file: `${platform.id}.yaml` }) },
  })
}

function indexPlatforms(all: readonly PlatformDefinition[]): Platforms {
  const byName = new Map<string, PlatformDefinition>()
  for (const platform of all) for (const alias of [...platform.aliases.netmiko, ...platform.aliases.napalm]) byName.set(alias, platform)
  for (const platform of all) byName.set(platform.id, platform)
  const find = (name: string) => byName.get(name) ?? byName.get(name.replace(/_(telnet|ssh|serial)$/u, ''))
  return {
    all,
    find,
    get: (name) => {
      const found = find(name)
      if (found) return found
      throw new AppError('INVENTORY_INVALID', { details: { file: 'inventory/platforms', problems: say('inventory.noPlatform', { name }) } })
    },
  }
}
