import { definePlatform } from '../../platform.ts'
import { switching } from './switching.ts'

/** GNS3's built-in Ethernet switch: it has no command line and no address; GNS3's API says how its ports are set. */
export const gns3Switch = definePlatform('gns3_switch', {
  hasConsole: false,
  addresses: [],
  readers: [...switching],
  lacks: {
    others: 'no-such-feature',
    // dynamips has the table (`ethsw show_mac_addr_table`), but GNS3 hands it on by no call: what would ask for it (2.2.60 to 3.1.0a2,
    // compute/dynamips/nodes/ethernet_switch.py, get_mac_addr_table) is called by nothing, and the console that showed it is commented out
    mac_table: 'no-command',
  },
  configuration: { running: [], saved: [] },
  restore: null,
})
