import { passwordOf } from '../../support/app.ts'
import type { RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'

interface Guessing {
  readonly username: string
  /** Of the last try, which is refused without a look at it. */
  readonly password?: string
  readonly isApi?: boolean
  readonly fromKnownDevice?: boolean
}

/** Five wrong passwords, and one more try. */
const guess = (what: string, { username, password = 'guess', isApi = false, fromKnownDevice = false }: Guessing): RequestAttack => ({
  ...{ class: 'sign-in-floods', what, status: 429, mark: 'SIGN_IN_PAUSED' },
  prepare: async (on) => {
    if (!on.services.users.findByUsername(username)) await on.addUser(username)
    const cookie = fromKnownDevice ? await deviceOf(on, username) : {}
    const attempt = (typed: string, name = username) => {
      const payload = { username: name, password: typed }
      if (isApi) return on.app.inject({ method: 'POST', url: '/api/v1/session', payload })
      return on.stranger.post('/sign-in', payload, cookie)
    }
    const cases = [username, username.toUpperCase(), ` ${username} `]
    for (let count = 0; count < 5; count += 1) await attempt(`wrong ${count}`, cases[count % cases.length])
    return () => attempt(password)
  },
})

async function deviceOf(on: AttackBench, username: string): Promise<Record<string, string>> {
  const first = await on.stranger.post('/sign-in', { username, password: passwordOf(username) })
  const device = first.cookies.find(({ name }) => name === 'netpraxis-device')?.value ?? ''
  return { cookie: `netpraxis-device=${device}` }
}

export const floodAttacks: readonly RequestAttack[] = [
  guess('guesses at one account, in whatever case and with blanks', { username: 'dora' }),
  guess('guesses by programs', { username: 'emil', isApi: true }),
  guess('a right password among guesses, which does not shine through', { username: 'fred', password: passwordOf('fred') }),
  guess('guesses on a device that the account knows', { username: 'gina', fromKnownDevice: true }),
]
