import type { Platform } from '../platform.ts'
import { ciscoIos } from './cisco-ios/index.ts'
import { frr } from './frr/index.ts'
import { linux } from './linux/index.ts'
import { vpcs } from './vpcs/index.ts'

/** Everything that can be asked: one line per platform. */
export const platforms: readonly Platform[] = [ciscoIos, frr, linux, vpcs]

/** The platform of that id; undefined when there is none. */
export const findPlatform = (id: string): Platform | undefined => platforms.find((platform) => platform.id === id)
