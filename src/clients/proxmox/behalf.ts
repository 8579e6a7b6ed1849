import { AppError, isAppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Limiter } from '../../lib/limiter.ts'
import { say } from '../../lib/sentence.ts'
import { answerData, answerError } from './answer.ts'
import type { Api } from './api.ts'
import { apiBudget } from './budgets.ts'
import { buildRequest } from './endpoints.ts'
import { plainError } from './fault.ts'
import { roleAnswer, ticketAnswer, voidAnswer } from './schemas.ts'
import type { AccessRequest, OnBehalf, UserTicket, WriteOptions } from './types.ts'
import type { Wire } from './wire.ts'

/** What a person may do with his own VM, and nothing more. */
const studentPrivileges: readonly string[] = ['VM.Audit', 'VM.PowerMgmt']

/** A ticket of a person: Proxmox asks his realm. The password is sent once and kept nowhere here. @throws AppError PROXMOX_* */
export function createUserSignIn({ wire, limiter, clock }: { wire: Wire; limiter: Limiter; clock: Clock }) {
  return async (username: string, password: string, signal?: AbortSignal): Promise<UserTicket> => {
    const lease = await limiter.acquire(apiBudget('POST'), { priority: 'interactive', signal })
    try {
      const answer = await wire.send(buildRequest('ticket', {}, { username, password }), {}, signal)
      if (answer.status !== 200) throw answerError(answer)
      const data = answerData(answer, ticketAnswer)
      if (data.NeedTFA || data.ticket.startsWith('PVE:!tfa!'))
        throw new AppError('PROXMOX_AUTH', { details: { reason: say('details.proxmox.secondFactor', { username }) } })
      return { username, value: data.ticket, csrf: data.CSRFPreventionToken, issuedAt: clock.now() }
    } finally {
      lease.release('neutral')
    }
  }
}

/** The headers of a write under somebody's ticket. */
export const ticketHeaders = ({ value, csrf }: UserTicket): Record<string, string> => ({
  cookie: `PVEAuthCookie=${encodeURIComponent(value)}`,
  csrfpreventiontoken: csrf,
})

/**
 * Asks under the person's own ticket where there is one; under the service account where there is none, or where Proxmox refuses it
 * (401 and 403 did nothing, so asking again is safe).
 */
export async function askOnBehalf<T>(behalf: OnBehalf | undefined, ask: (ticket: UserTicket | undefined) => Promise<T>): Promise<T> {
  const ticket = await behalf?.ticket()
  if (behalf === undefined || !ticket) {
    const answer = await ask(undefined)
    behalf?.onAsked('service')
    return answer
  }
  try {
    const answer = await ask(ticket)
    behalf.onAsked('person')
    return answer
  } catch (error) {
    if (!isAppError(error, 'PROXMOX_AUTH')) throw error
    behalf.onRefused(error)
    const answer = await ask(undefined)
    behalf.onAsked('service')
    return answer
  }
}

/** Access rules on single VMs. The role is made by the administrator, and must give no more than audit and power. */
export function createAccess({ api }: { api: Api }) {
  let checked: Promise<void> | undefined

  async function checkRole(role: string, options: WriteOptions): Promise<void> {
    const roles = await api.read('roles', roleAnswer.array(), options)
    const found = roles.find(({ roleid }) => roleid === role)
    const privileges = found?.privs.split(',').filter((name) => name !== '') ?? []
    const isFit = privileges.length > 0 && privileges.every((name) => studentPrivileges.includes(name))
    if (!isFit) throw plainError('PROXMOX_REFUSED', say('details.proxmox.studentRole', { role, privileges: studentPrivileges.join(' ') }))
  }

  /** Gives a person the role on one VM, or takes it from him; taking what is not there is fine. @throws AppError PROXMOX_* */
  return async ({ vmid, username, role, isGranted, ...options }: AccessRequest): Promise<void> => {
    if (isGranted) {
      checked ??= checkRole(role, options).catch((error: unknown) => {
        checked = undefined
        throw error
      })
      await checked
    }
    const params = { path: `/vms/${vmid}`, users: username, roles: role, propagate: false, ...(isGranted ? {} : { delete: true }) }
    await api.write('setAccess', voidAnswer, { params, ...options })
  }
}
