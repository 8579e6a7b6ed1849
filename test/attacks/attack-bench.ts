import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect } from 'vitest'
import { z } from 'zod'
import { tables } from '../../src/db/index.ts'
import { passwordOf, startTestApp, type TestAppOptions } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import type { Refusal } from './attack.ts'

const line = z.looseObject({
  msg: z.string(),
  security: z.boolean().optional(),
  code: z.string().optional(),
  reason: z.string().optional(),
})

/** A server with a class, and the log of what it refuses. An attack is a request that must be refused, noticed and without effect. */
export async function openAttackBench(options: TestAppOptions = {}) {
  const lines: z.infer<typeof line>[] = []
  const texts: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      texts.push(String(chunk))
      lines.push(line.parse(JSON.parse(String(chunk))))
      done()
    },
  })
  const disk = { freeShare: 1 }
  const on = await startTestApp({
    log: pino({ level: 'info' }, stream),
    proxmox: { limiterState: () => [] },
    app: { uploads: { readDisk: async () => ({ bavail: disk.freeShare, blocks: 1 }) }, arrival: { mostMs: 500, lookEveryMs: 100 } },
    ...options,
  })
  const teacher = actorFor(await on.addUser('teresa', 'teacher'))
  const student = actorFor(await on.addUser('ana'))
  const other = actorFor(await on.addUser('bruno'))
  const course = on.services.courses.create(teacher, { name: 'Networks', term: 'now' })
  const exercise = on.given.exercise({ courseId: course.id })
  for (const actor of [student, other]) on.given.enrolled(exercise, actor)
  const lab = on.given.workVm(exercise, other)

  /** Rows of everything but what a refusal itself writes down; or of the tables named. */
  const state = (only?: readonly (keyof typeof tables)[]): string => {
    const names: readonly string[] | undefined = only
    const kept = Object.entries(tables).filter(
      ([name]) => names?.includes(name) ?? !['auditEvents', 'sessions', 'apiTokens'].includes(name),
    )
    return createHash('sha256')
      .update(JSON.stringify(kept.map(([, table]) => on.services.db.query.select().from(table).all())))
      .digest('hex')
  }
  const bearerOf = async (username: string): Promise<Record<string, string>> => {
    const payload = { username, password: passwordOf(username) }
    const answer = await on.app.inject({ method: 'POST', url: '/api/v1/session', payload })
    return { authorization: `Bearer ${answer.json().token}` }
  }
  /** @param marks what the line of the security log must say: the code of the refusal, or why a token was refused */
  const expectRefused = async <Answer extends Refusal>(send: () => Promise<Answer>, status: number, marks: string): Promise<Answer> => {
    const before = state()
    const from = lines.length
    const answer = await send()
    expect([answer.statusCode, answer.body.slice(0, 200)]).toEqual([status, expect.any(String)])
    expect(state()).toBe(before)
    expect(lines.slice(from).filter(({ security, code, reason }) => security === true && (code === marks || reason === marks))).not.toEqual(
      [],
    )
    return answer
  }
  return {
    ...on,
    disk,
    teacher,
    student,
    other,
    course,
    exercise,
    lab,
    state,
    bearerOf,
    expectRefused,
    securityLines: () => lines.filter(({ security }) => security === true),
    log: () => texts.join(''),
  }
}
export type AttackBench = Awaited<ReturnType<typeof openAttackBench>>
