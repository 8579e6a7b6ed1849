import { definePlatform } from '../../platform.ts'
import { switching } from './switching.ts'

/** GNS3's built-in Ethernet switch: it has no command line and no address; GNS3's API says how its ports are set. */
export const gns3Switch = definePlatform('gns3_switch', {
  hasConsole: false,
  addresses: [],
  readers: [...switching],
  lacks: 'no-such-feature',
  configuration: { running: [], saved: [] },
  restore: null,
})
