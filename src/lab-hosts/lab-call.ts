import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { LabRight, LabTarget, LabVisit } from '../lab-guard/index.ts'
import type { Services } from '../services.ts'

/** A request at the host name of a lab: by whom, with what right, for which machine. */
export interface LabCall {
  readonly visit: LabVisit
  readonly right: LabRight
  readonly target: LabTarget
}

type Parts = Pick<Services, 'labHosts' | 'labVisits' | 'labGuard' | 'exams'>

/** `__Host-`: no other host name can set or shadow it. Plain on http, which is for one's own machine. */
export const labCookie = (isSecure: boolean): string => (isSecure ? '__Host-netpraxis-lab' : 'netpraxis-lab')

/** The lab that the host name stands for. @throws AppError NOT_FOUND */
export function labOf({ labHosts }: Pick<Services, 'labHosts'>, request: FastifyRequest): string {
  const workVmId = labHosts.labOf(request.headers.host)
  if (workVmId === null) throw new AppError('NOT_FOUND')
  return workVmId
}

/**
 * Who is at a lab's host name: by the cookie of that host name, whose session, right and lab are looked at anew each time.
 * @throws AppError LAB_HOST_CLOSED, LAB_OFF, EXAM_*
 */
export function labCallOf(services: Parts, request: FastifyRequest): LabCall {
  const { labHosts, labVisits, labGuard, exams } = services
  const workVmId = labOf(services, request)
  const visit = labVisits.find(request.cookies[labCookie(labHosts.isSecure)], workVmId)
  const right = visit && labGuard.rightOf(visit.actor, workVmId)
  if (!visit || !right) throw new AppError('LAB_HOST_CLOSED')
  const refusal = exams.refusalOf(visit.actor, request.ip)
  if (refusal !== null) throw new AppError(refusal.code, { details: { exam: refusal.exam, address: request.ip } })
  const target = labGuard.targetOf(workVmId)
  if (!target) throw new AppError('LAB_OFF')
  return { visit, right, target }
}

/** A write or a websocket must come from a page of the lab's own host name. @throws AppError ORIGIN_REFUSED */
export function requireOwnOrigin({ labHosts }: Pick<Services, 'labHosts'>, request: FastifyRequest): void {
  const own = labHosts.originOf(labOf({ labHosts }, request), request.headers.host ?? '')
  if (request.headers.origin !== own) throw new AppError('ORIGIN_REFUSED')
}
