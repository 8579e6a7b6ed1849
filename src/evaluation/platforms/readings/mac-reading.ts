import type { MacEntry, MacTableFacts, MacTableParams } from '../../command-modules/mac-table.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable, unreadable } from '../../platform.ts'
import { deviceOfTarget, samePort } from '../../target.ts'

/** All entries that a platform shows, or those of one address where it can narrow by it. */
export type FindMacs = (context: ReadContext) => Promise<readonly MacEntry[] | Unreadable>

/** A platform's reader of the table of hardware addresses: finds out whose address is looked for, and drops the other entries. */
export const macTableReader = (
  find: FindMacs,
  unsupported?: (params: MacTableParams) => string | null,
): Reader<MacTableParams, MacTableFacts> => ({
  ...(unsupported === undefined ? {} : { unsupported }),
  observe: async (context, params) => {
    const wanted = await wantedMacs(context, params)
    if ('unreadable' in wanted) return wanted
    const all = await find(context)
    if ('unreadable' in all) return all
    return { wanted, entries: all.filter(({ mac }) => wanted.includes(mac)) }
  },
})

/** The addresses of the named device are what it says itself. */
async function wantedMacs({ askOn, viewsOf }: ReadContext, { mac, of }: MacTableParams): Promise<readonly string[] | Unreadable> {
  const named = of === undefined ? undefined : deviceOfTarget(of)
  if (named === undefined) return mac === undefined ? [] : [mac]
  const view = viewsOf(named.device)?.macs
  if (view === undefined) return unreadable('MAC_NOT_SHOWN', 'exercise', { host: named.device })
  const shown = await view({ ask: (command, options) => askOn(named.device, command, options) })
  if (isUnreadable(shown)) return shown
  const own = shown.filter(({ port }) => named.port === null || (port !== null && samePort(port, named.port)))
  return [...new Set(own.map((one) => one.mac))]
}
