import { say } from '../../lib/sentence.ts'
import { addNote, consoleError, sendLine, settleMs, situationOf, type Work } from './work.ts'

type Secret = 'password' | 'enablePassword'

const secretNames = { password: 'details.console.password', enablePassword: 'details.console.enablePassword' } as const

/**
 * Types a secret where the device waits for it. Each secret is typed at most once in a session: a device that asks again refused it.
 * @throws AppError CONSOLE_CREDENTIALS_MISSING, CONSOLE_LOGIN_REFUSED
 */
export async function typeSecret(work: Work, secret: Secret, timeoutMs: number): Promise<void> {
  const value = work.credentials[secret]
  if (value === undefined) throw consoleError(work, 'CONSOLE_CREDENTIALS_MISSING', { what: say(secretNames[secret]) })
  if (work.typedSecrets.has(secret)) throw consoleError(work, 'CONSOLE_LOGIN_REFUSED')
  work.typedSecrets.add(secret)
  const { stream } = work
  await stream.begin('')
  stream.send(`${value}\r`)
  const isOver = () => situationOf(work).kind !== 'unknown' || isRefused(work) || stream.lines().some((line) => line.trim() !== '')
  await stream.until(isOver, { timeoutMs, quietMs: settleMs })
  // A login prints its greeting before the prompt; the caller goes on from whatever stands there.
  if (isRefused(work)) throw consoleError(work, 'CONSOLE_LOGIN_REFUSED')
}

function isRefused(work: Work): boolean {
  const refused = work.platform.login?.refused.pattern
  return refused !== undefined && [...work.stream.lines(), work.stream.tail()].some((line) => refused.test(line))
}

/**
 * Logs in at a user-name prompt. The password is typed only into the prompt that our user name led to.
 * @throws AppError CONSOLE_CREDENTIALS_MISSING, CONSOLE_LOGIN_REFUSED, CONSOLE_TIMEOUT
 */
export async function logIn(work: Work, timeoutMs: number): Promise<void> {
  const { username } = work.credentials
  if (username === undefined) throw consoleError(work, 'CONSOLE_CREDENTIALS_MISSING', { what: say('details.console.username') })
  if (work.typedSecrets.has('username')) throw consoleError(work, 'CONSOLE_LOGIN_REFUSED')
  work.typedSecrets.add('username')
  const after = await sendLine(work, username, timeoutMs)
  if (!after) throw consoleError(work, 'CONSOLE_TIMEOUT')
  if (after.kind === 'password') await typeSecret(work, 'password', timeoutMs)
  else if (after.kind === 'username') throw consoleError(work, 'CONSOLE_LOGIN_REFUSED')
  work.hasLoggedIn = true
  addNote(work, 'logged-in', username)
}
