import type { Platform } from '../platform.ts'
import { aristaEos } from './arista-eos/index.ts'
import { ciscoIos } from './cisco-ios/index.ts'
import { ciscoNxos } from './cisco-nxos/index.ts'
import { frr } from './frr/index.ts'
import { gns3Switch } from './gns3-switch/index.ts'
import { juniperJunos } from './juniper-junos/index.ts'
import { linux } from './linux/index.ts'
import { vpcs } from './vpcs/index.ts'

/** Everything that can be asked: one line per platform. */
export const platforms: readonly Platform[] = [ciscoIos, ciscoNxos, aristaEos, juniperJunos, frr, linux, vpcs, gns3Switch]

/** The platform of that id; undefined when there is none. */
export const findPlatform = (id: string): Platform | undefined => platforms.find((platform) => platform.id === id)

/** False for what has no command line: GNS3 answers for it. An unknown platform is none of these. */
export const hasConsole = (id: string): boolean => findPlatform(id)?.hasConsole ?? true
