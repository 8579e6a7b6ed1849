import { createHash } from 'node:crypto'
import { absolute, type Program, plain } from './shell.ts'
import { readSystemFile } from './system-files.ts'

/** Programs for files: `ls`, `touch`, `rm`, `stat -c`, `base64`, `sha256sum`. Every file here belongs to root and is 0644, as umask 022 makes it. */

const missing = (program: string, name: string, isBusybox: boolean): string =>
  isBusybox ? `stat: can't stat '${name}': No such file or directory\n` : `${program}: cannot statx '${name}': No such file or directory\n`

const stat = plain((shell, words, streams) => {
  const at = words.indexOf('-c')
  const format = at === -1 ? '%n %s %F' : (words[at + 1] ?? '')
  let status = 0
  for (const name of words.filter((word, index) => !word.startsWith('-') && (at === -1 || index !== at + 1))) {
    const path = absolute(shell, name)
    const text = readSystemFile(shell, path)
    const isDirectory = text === undefined && shell.host.listFiles().some((file) => file.startsWith(path === '/' ? '/' : `${path}/`))
    if (text === undefined && !isDirectory) {
      streams.err(missing('stat', name, shell.flavour === 'busybox'))
      status = 1
      continue
    }
    const size = text === undefined ? 4096 : Buffer.byteLength(text)
    const words: Readonly<Record<string, string>> = {
      a: isDirectory ? '755' : '644',
      U: 'root',
      G: 'root',
      u: '0',
      g: '0',
      s: String(size),
      n: name,
      F: typeOf(isDirectory, size),
    }
    streams.out(`${format.replace(/%([a-zA-Z])/g, (all, letter: string) => words[letter] ?? all)}\n`)
  }
  return status
})

function typeOf(isDirectory: boolean, size: number): string {
  if (isDirectory) return 'directory'
  return size === 0 ? 'regular empty file' : 'regular file'
}

/** A program that turns each file, or its input, into something. */
const overFiles = (program: string, turn: (text: string, name: string) => string): Program =>
  plain((shell, words, streams) => {
    const names = words.filter((word) => !word.startsWith('-'))
    if (names.length === 0) streams.out(turn(streams.input, '-'))
    let status = 0
    for (const name of names) {
      const text = readSystemFile(shell, absolute(shell, name))
      if (text !== undefined) {
        streams.out(turn(text, name))
        continue
      }
      streams.err(`${program}: ${name}: No such file or directory\n`)
      status = 1
    }
    return status
  })

const inLines = (text: string): string => (text.match(/.{1,76}/g) ?? []).map((line) => `${line}\n`).join('')

const DIRECTORIES = [
  'bin',
  'boot',
  'dev',
  'etc',
  'home',
  'lib',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr',
  'var',
]

const list = plain((shell, words, streams) => {
  const name = words.find((word) => !word.startsWith('-')) ?? '.'
  const path = absolute(shell, name)
  const inside = path === '/' ? '/' : `${path}/`
  const files = shell.host.listFiles()
  if (files.includes(path)) {
    streams.out(`${name}\n`)
    return 0
  }
  const children = new Set(files.filter((file) => file.startsWith(inside)).map((file) => file.slice(inside.length).split('/')[0] ?? ''))
  if (path === '/') for (const directory of DIRECTORIES) children.add(directory)
  if (children.size === 0 && !DIRECTORIES.includes(path.slice(1)) && path !== '/root') {
    streams.err(`ls: cannot access '${name}': No such file or directory\n`)
    return 2
  }
  const sorted = [...children].sort()
  if (sorted.length === 0) return 0
  streams.out(streams.isTerminal ? `${sorted.join('  ')}\n` : sorted.map((each) => `${each}\n`).join(''))
  return 0
})

const touch = plain((shell, words) => {
  for (const name of words) {
    const path = absolute(shell, name)
    shell.host.writeFile(path, shell.host.readFile(path) ?? '')
  }
  return 0
})

const remove = plain((shell, words, streams) => {
  let status = 0
  for (const name of words.filter((word) => !word.startsWith('-'))) {
    if (shell.host.removeFile(absolute(shell, name)) || words.includes('-f')) continue
    streams.err(`rm: cannot remove '${name}': No such file or directory\n`)
    status = 1
  }
  return status
})

export const filePrograms: Readonly<Record<string, Program>> = {
  ls: list,
  touch,
  rm: remove,
  mkdir: plain(() => 0),
  stat,
  base64: overFiles('base64', (text) => inLines(Buffer.from(text).toString('base64'))),
  sha256sum: overFiles('sha256sum', (text, name) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`),
}
