import type { PlatformDefinition } from './platform-definition.ts'

/** What the console's last line says about who is listening there. */
export type Situation =
  | { readonly kind: 'prompt'; readonly mode: string; readonly prompt: string }
  | { readonly kind: 'username' | 'password' }
  | { readonly kind: 'pager' | 'dialog'; readonly send: string; readonly text: string }
  | { readonly kind: 'continuation' }
  | { readonly kind: 'unknown' }

/** Second prompt of a POSIX shell: a quote or a block is still open (PS2). */
const continuation = /^(?:[\w-]*)> $/u

/** @param tail the cursor's line up to the cursor, as rendered */
export function readSituation(platform: PlatformDefinition, tail: string): Situation {
  const trimmed = tail.trim()
  if (trimmed === '') return { kind: 'unknown' }
  if (platform.login?.username.pattern.test(tail)) return { kind: 'username' }
  if (platform.login?.password.pattern.test(tail)) return { kind: 'password' }
  const pager = platform.pagers.find(({ pattern }) => pattern.test(tail))
  if (pager) return { kind: 'pager', send: pager.send, text: trimmed }
  const dialog = platform.dialogs.find(({ pattern }) => pattern.test(tail))
  if (dialog) return { kind: 'dialog', send: dialog.send, text: trimmed }
  const mode = platform.modes.find(({ prompt }) => prompt.test(tail))
  if (mode) return { kind: 'prompt', mode: mode.name, prompt: tail }
  if (platform.shell === 'posix' && continuation.test(tail)) return { kind: 'continuation' }
  return { kind: 'unknown' }
}

/** True for lines that a device says by itself (syslog), also behind a prompt. */
export function isNoise(platform: PlatformDefinition, line: string): boolean {
  return platform.noise.some(({ pattern }) => pattern.test(line))
}

/** The device's own sign that it refused the command, or undefined. Log lines are not taken for one. */
export function findErrorLine(platform: PlatformDefinition, text: string): string | undefined {
  return text.split('\n').find((line) => !isNoise(platform, line) && platform.errors.some(({ pattern }) => pattern.test(line)))
}
