import { cookieOf, passwordOf } from '../../support/app.ts'
import type { Refusal, RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'

/** Ana's lab as far as a terminal needs it, and her browser's cookie, or another's. */
export async function terminalOf(on: AttackBench, username = 'ana') {
  const endpoint = { host: '127.77.0.9', port: 1 }
  const exercise = on.given.exercise({ courseId: on.course.id })
  on.given.enrolled(exercise, on.student)
  const lab = on.given.workVm(exercise, on.student, { state: 'ready', readyAt: new Date().toISOString(), marker: 'm', endpoint })
  const cookie = cookieOf(await on.stranger.post('/sign-in', { username, password: passwordOf(username) }))
  return { path: `/work-vms/${lab.id}/devices/PC1/terminal`, cookie }
}

/** An upgrade; one that is refused fails with the status in its message. */
export async function openSocket(on: AttackBench, path: string, headers: Record<string, string>): Promise<Refusal> {
  try {
    const socket = await on.app.injectWS(path, { headers })
    socket.terminate()
    return { statusCode: 101, body: '' }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    return { statusCode: Number(/\b\d{3}\b/.exec(message)?.[0]), body: message }
  }
}

const socket = (what: string, headers: Record<string, string>, status = 403, mark = 'ORIGIN_REFUSED', username = 'ana'): RequestAttack => ({
  ...{ class: 'websockets', what, status, mark },
  prepare: async (on) => {
    const { path, cookie } = await terminalOf(on, username)
    return () => openSocket(on, path, { cookie, ...headers })
  },
})

export const socketAttacks: readonly RequestAttack[] = [
  socket('of a foreign site, with the right cookie', { origin: 'https://evil.example' }),
  socket('of a lab on the same site', { origin: 'http://lab-1.localhost:8080' }),
  socket('of the same host on another port', { origin: 'http://127.0.0.1:8081' }),
  socket('of the same host with another scheme', { origin: 'https://127.0.0.1:8080' }),
  socket('of a sandboxed frame', { origin: 'null' }),
  socket('of a name that begins like ours', { origin: 'http://127.0.0.1:8080.evil.example' }),
  socket('of nobody who says so', {}),
  socket("to a classmate's device, from a page of ours", { origin: 'http://127.0.0.1:8080' }, 404, 'WORK_VM_NOT_FOUND', 'bruno'),
]
