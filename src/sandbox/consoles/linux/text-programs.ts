import { absolute, type Program, plain } from './shell.ts'
import { readSystemFile } from './system-files.ts'

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', '0': '\0', e: '\x1b' }
const readEscapes = (text: string): string =>
  text.replace(/\\(?:x([0-9a-fA-F]{2})|0([0-7]{1,3})|([\s\S]))/g, (all, hex, octal, letter) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return ESCAPES[letter] ?? all
  })

const echo = plain((shell, words, streams) => {
  let rest = [...words]
  let newline = '\n'
  let interprets = shell.flavour === 'dash'
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    const flag = rest.shift() ?? ''
    if (flag.includes('n')) newline = ''
    if (flag.includes('e')) interprets = true
  }
  if (rest.length === 0) rest = ['']
  const text = rest.join(' ')
  streams.out((interprets ? readEscapes(text) : text) + newline)
  return 0
})

const printf = plain((_shell, words, streams) => {
  const [format = '', ...values] = words
  let index = 0
  do {
    streams.out(
      readEscapes(format).replace(/%(-?\d*)([sd%])/g, (_all, width: string, kind: string) => {
        if (kind === '%') return '%'
        const value = values[index++] ?? (kind === 'd' ? '0' : '')
        const size = Math.abs(Number(width))
        return width.startsWith('-') ? value.padEnd(size) : value.padStart(size)
      }),
    )
  } while (index > 0 && index < values.length)
  return 0
})

const cat: Program = plain((shell, words, streams) => {
  const files = words.filter((word) => !word.startsWith('-'))
  if (files.length === 0) streams.out(streams.input)
  let status = 0
  for (const name of files) {
    const text = readSystemFile(shell, absolute(shell, name))
    if (text === undefined) {
      streams.err(`cat: ${name}: No such file or directory\n`)
      status = 1
    } else streams.out(text)
  }
  return status
})

const grep = plain((shell, words, streams) => {
  const flags = words.filter((word) => word.startsWith('-')).join('')
  const [pattern = '', ...names] = words.filter((word) => !word.startsWith('-'))
  const expression = makePattern(pattern, flags)
  const isNamed = flags.includes('H') || (names.length > 1 && !flags.includes('h'))
  const texts =
    names.length === 0
      ? [{ prefix: '', text: streams.input }]
      : names.flatMap((name) => {
          const text = readSystemFile(shell, absolute(shell, name))
          if (text === undefined) streams.err(`grep: ${name}: No such file or directory\n`)
          return text === undefined ? [] : [{ prefix: isNamed ? `${name}:` : '', text }]
        })
  const found = texts.flatMap(({ prefix, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .filter((line) => text !== '' && expression.test(line) !== flags.includes('v'))
      .map((line) => `${prefix}${line}`),
  )
  if (flags.includes('c')) streams.out(`${found.length}\n`)
  else if (flags.includes('o')) streams.out(found.map((line) => `${expression.exec(line)?.[0] ?? ''}\n`).join(''))
  else if (!flags.includes('q')) streams.out(found.map((line) => `${line}\n`).join(''))
  return found.length > 0 ? 0 : 1
})

function makePattern(pattern: string, flags: string): RegExp {
  const options = flags.includes('i') ? 'i' : ''
  const literal = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (flags.includes('F')) return new RegExp(literal, options)
  const body = flags.includes('w') ? `\\b(?:${pattern})\\b` : pattern
  try {
    return new RegExp(body, options)
  } catch {
    return new RegExp(literal, options)
  }
}

const slice = (fromEnd: boolean): Program =>
  plain((shell, words, streams) => {
    const bytes = words.indexOf('-c')
    if (bytes !== -1) {
      const name = words[bytes + 2]
      const all = Buffer.from(name === undefined ? streams.input : (readSystemFile(shell, absolute(shell, name)) ?? ''))
      const size = Number(words[bytes + 1])
      streams.out((fromEnd ? all.subarray(-size) : all.subarray(0, size)).toString())
      return 0
    }
    const at = words.findIndex((word) => /^-n?\d*$/.test(word))
    const flag = at === -1 ? '' : (words[at] ?? '')
    const count = Number(/\d+/.exec(flag)?.[0] ?? (at === -1 ? 10 : (words[at + 1] ?? 10)))
    const name = words.find((word, index) => !word.startsWith('-') && !(index === at + 1 && flag === '-n'))
    const text = name === undefined ? streams.input : (readSystemFile(shell, absolute(shell, name)) ?? '')
    const lines = text.replace(/\n$/, '').split('\n')
    streams.out((fromEnd ? lines.slice(-count) : lines.slice(0, count)).map((line) => `${line}\n`).join(''))
    return 0
  })

const wordCount = plain((_shell, words, streams) => {
  const lines = streams.input.split('\n').length - 1
  streams.out(
    words.includes('-l')
      ? `${lines}\n`
      : `${String(lines).padStart(7)} ${String(streams.input.split(/\s+/).filter((word) => word !== '').length).padStart(7)} ${String(streams.input.length).padStart(7)}\n`,
  )
  return 0
})

const tee = plain((shell, words, streams) => {
  for (const name of words.filter((word) => !word.startsWith('-'))) {
    const path = absolute(shell, name)
    shell.host.writeFile(path, words.includes('-a') ? (shell.host.readFile(path) ?? '') + streams.input : streams.input)
  }
  streams.out(streams.input)
  return 0
})

/** What prints, reads and filters text. */
export const textPrograms: Readonly<Record<string, Program>> = {
  echo,
  printf,
  cat,
  grep,
  head: slice(false),
  tail: slice(true),
  wc: wordCount,
  tee,
}
