import { newOneTimePassword } from '../lib/ids.ts'
import type { Services } from '../services.ts'

export interface DemoAccount {
  readonly username: string
  readonly password: string
  readonly name: string
  readonly role: 'admin' | 'teacher' | 'assistant' | 'student'
}

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

/** Known passwords on loopback only: a demo that others can reach gets random ones. */
const passwordFor = (username: string, isLoopback: boolean) => (isLoopback ? `${username}-demo-2026` : newOneTimePassword())

/** The demo's people, made where they are missing, with passwords that need no change. */
export async function ensurePeople({ users }: Pick<Services, 'users'>, known: readonly DemoAccount[], isLoopback: boolean): Promise<DemoAccount[]> {
  const accounts: DemoAccount[] = []
  for (const person of people) {
    const before = known.find((account) => account.username === person.username)
    const exists = users.findByUsername(person.username) !== undefined
    const account = before ?? { ...person, password: passwordFor(person.username, isLoopback) }
    if (!exists) await users.createWithPassword({ username: person.username, displayName: person.name, role: person.role }, account.password)
    accounts.push(account)
  }
  return accounts
}
