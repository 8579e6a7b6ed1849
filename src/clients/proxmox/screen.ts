import type { Limiter } from '../../lib/limiter.ts'
import { answerData, answerError } from './answer.ts'
import type { Authenticator } from './auth.ts'
import { apiBudget } from './budgets.ts'
import { type BuiltRequest, buildRequest } from './endpoints.ts'
import { vncProxyAnswer } from './schemas.ts'
import type { Proxmox, VmRef } from './types.ts'
import type { Wire } from './wire.ts'

/**
 * A VM's screen: Proxmox is asked for a VNC port that waits ten seconds for one connection, and that port is reached by a websocket of
 * the same server, which alone listens there. The ticket of the port and the password of the screen stay with us.
 */
export function createScreens({
  authenticator,
  wire,
  limiter,
}: {
  readonly authenticator: Authenticator
  readonly wire: Wire
  readonly limiter: Limiter
}): Proxmox['openScreen'] {
  const inBudget = async <T>(built: BuiltRequest, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const lease = await limiter.acquire(apiBudget(built.method), { priority: 'interactive', signal })
    try {
      return await work()
    } finally {
      lease.release('neutral')
    }
  }

  async function askForPort({ node, vmid }: VmRef, signal: AbortSignal) {
    const built = buildRequest('vncProxy', { node, vmid }, { websocket: true, 'generate-password': true })
    const answer = await inBudget(built, signal, () => authenticator.send(built, signal))
    if (answer.status !== 200) throw answerError(answer)
    return { ...answerData(answer, vncProxyAnswer), base: answer.base }
  }

  return async ({ node, vmid, signal }) => {
    const { ticket, port, password, base } = await askForPort({ node, vmid }, signal)
    const built = buildRequest('vncSocket', { node, vmid }, { port, vncticket: ticket })
    const stream = await inBudget(built, signal, async () => wire.dial(base, built, await authenticator.headers('GET'), signal))
    return { stream, password: password ?? ticket }
  }
}
