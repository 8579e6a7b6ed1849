import { exerciseText } from '../../support/given.ts'
import type { RequestAttack } from '../attack.ts'

/** An exercise file that would have the server read, or connect to, what its author chose. */
const exercise = (what: string, from: string, to: string): RequestAttack => ({
  ...{ class: 'server-side-requests', what, status: 422, mark: 'EXERCISE_FILE_INVALID' },
  prepare: async (on) => {
    const text = exerciseText.replace(from, to)
    if (text === exerciseText) throw new Error(`the exercise has no ${from}`)
    const teresa = await on.signIn('teresa')
    return () => teresa.upload('/api/v1/exercises', { courseId: on.course.id }, { exercise: ['exercise.yaml', Buffer.from(text)] })
  },
  check: ({ body }) => {
    if (/root:x:0|ssssssss/.test(body)) throw new Error('the answer holds what nobody may read')
  },
})
const device = (what: string, more: string) => exercise(what, 'PC1: { platform: vpcs }', `PC1: { platform: vpcs, ${more} }`)
const project = (what: string, place: string) => exercise(what, 'lab.gns3project', place)

export const outboundAttacks: readonly RequestAttack[] = [
  device('the environment in a password', 'password: { env: SESSION_SECRET }'),
  device('the environment in an enable password', 'enable_password: { env: PROXMOX_TOKEN_SECRET }'),
  device('a file in a password', 'password: { file: /etc/shadow }'),
  device('an address in a password', "password: { url: 'http://127.0.0.1' }"),
  project('a file outside of the bundle as its project', '../../../etc/passwd'),
  project('a file of the machine as its project', '/etc/passwd'),
  project('an address as its project', "'http://169.254.169.254/latest/lab.gns3project'"),
]
