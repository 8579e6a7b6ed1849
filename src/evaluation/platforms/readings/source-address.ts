import { isAddress } from '../../addresses.ts'
import { isUnreadable, type ReadContext, type Unreadable, unreadable } from '../../platform.ts'
import { samePort } from '../../target.ts'

/**
 * The address that probes shall leave from, for platforms whose ping takes no interface: an interface stands for its first address.
 * @returns undefined where none is asked for; unreadable where the interface has no address
 */
export async function sourceAddress(context: ReadContext, source: string | undefined): Promise<string | undefined | Unreadable> {
  if (source === undefined || isAddress(source)) return source
  const own = await context.addressesOf(context.device)
  if (isUnreadable(own)) return own
  const found = own.find(({ port }) => port !== null && samePort(port, source))
  return found === undefined ? unreadable('TARGET_WITHOUT_ADDRESS', 'lab', { target: source }) : found.address
}
