import type { Platform } from '../platform.ts'
import { ciscoIos } from './cisco-ios.ts'
import { frr } from './frr.ts'
import { linux } from './linux.ts'
import { vpcs } from './vpcs.ts'

/** Everything that can be asked: one line per platform. */
export const platforms: readonly Platform[] = [ciscoIos, frr, linux, vpcs]

/** The platform of that id; undefined when there is none. */
export const findPlatform = (id: string): Platform | undefined => platforms.find((platform) => platform.id === id)
