import { newOneTimePassword } from '../lib/ids.ts'
import type { Services } from '../services.ts'
import type { UserRow } from '../users/index.ts'
import type { DemoAccount } from './demo-file.ts'

const people: readonly Omit<DemoAccount, 'password'>[] = [
  { username: 'admin', name: 'Alex Admin', role: 'admin' },
  { username: 'teacher', name: 'Teresa Teixeira', role: 'teacher' },
  { username: 'assistant', name: 'Artur Alves', role: 'assistant' },
  { username: 'ana', name: 'Ana Almeida', role: 'student' },
  { username: 'bruno', name: 'Bruno Barros', role: 'student' },
  { username: 'carla', name: 'Carla Costa', role: 'student' },
  { username: 'duarte', name: 'Duarte Dias', role: 'student' },
  { username: 'eva', name: 'Eva Esteves', role: 'student' },
]

type Users = Services['users']

/** In every copy of this program: good on loopback only. */
const knownToAll = (username: string) => `${username}-demo-2026`

/** A password that needs no change, set without knowing the old one. */
async function setPassword(users: Users, user: UserRow, password: string): Promise<void> {
  const once = await users.resetPassword(user.id, user.id)
  await users.changePassword(user.id, { current: once, password })
}

async function ensurePerson(
  users: Users,
  person: (typeof people)[number],
  before: DemoAccount | undefined,
  isLoopback: boolean,
): Promise<DemoAccount> {
  const known = knownToAll(person.username)
  const isUsable = before !== undefined && (isLoopback || before.password !== known)
  const fresh = isLoopback ? known : newOneTimePassword()
  const password = isUsable ? before.password : fresh
  const user = users.findByUsername(person.username)
  if (!user) await users.createWithPassword({ username: person.username, displayName: person.name, role: person.role }, password)
  else if (!isUsable && !(await users.verify(person.username, password))) await setPassword(users, user, password)
  return { ...person, password }
}

/**
 * The demo's people, made where they are missing, with passwords that need no change. Passwords that everybody can know are for loopback
 * only: where others can reach the demo, they are random, also after a start on loopback.
 */
export function ensurePeople(
  { users }: Pick<Services, 'users'>,
  known: readonly DemoAccount[],
  isLoopback: boolean,
): Promise<DemoAccount[]> {
  return Promise.all(
    people.map((person) =>
      ensurePerson(
        users,
        person,
        known.find((account) => account.username === person.username),
        isLoopback,
      ),
    ),
  )
}
