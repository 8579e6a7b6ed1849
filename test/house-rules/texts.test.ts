import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { hasMessage } from '../../src/strings/index.ts'
import { findKeys, findSentences } from './find-sentences.ts'
import { listFiles, nodesOf, parse, parseText, read, root } from './source.ts'

const topLevel = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'biome.json', 'vitest.config.ts', 'drizzle.config.ts', 'netpraxis', '.ci'],
  ...['.env.example', '.gitignore', '.npmrc', 'README.md', 'src', 'views', 'migrations', 'inventory', 'uploads', 'test', 'docs', 'bench'],
]
/** Made on a machine, kept out of the repository by .gitignore (or its own folder). */
const local = ['.git', 'node_modules', 'data', '.env', 'coverage', 'test-output']

describe('the repository', () => {
  it('has exactly these entries at the top', () => {
    const found = readdirSync(root).filter((name) => !local.includes(name))
    expect(found.sort()).toEqual([...topLevel].sort())
  })

  it('says in each top folder what belongs there', () => {
    const folders = ['src', 'views', 'migrations', 'inventory', 'test', 'docs', 'bench']
    expect(folders.filter((folder) => !existsSync(join(root, folder, 'README.md')))).toEqual([])
  })

  it('names no path of one machine', () => {
    const texts = ['src', 'views', 'inventory', 'docs', 'bench', 'test', 'migrations', '.ci']
      .flatMap((folder) => listFiles(folder))
      .filter((path) => /\.(?:ts|mjs|njk|css|js|md|yaml|json|sql)$|run$/u.test(path) && !path.startsWith('test/fixtures/'))
    const pattern = /\/(?:work\/[a-z]+\/|Users\/|home\/[a-z]+\/[a-z]*(?:git|src|project))/u
    const wrong = [...texts, 'README.md', '.env.example', 'netpraxis'].filter(
      (path) => !path.startsWith('test/house-rules/') && pattern.test(read(path)),
    )
    expect(wrong).toEqual([])
  })
})

describe('documents', () => {
  const documents = ['README.md', ...listFiles('.', 'README.md'), ...listFiles('docs', '.md')]

  it.each([...new Set(documents)])('%s links to what exists', (path) => {
    const links = [...read(path).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/gu)].map((match) => match[1] ?? '')
    const broken = links.filter((link) => !/^[a-z]+:/u.test(link) && !existsSync(join(root, normalize(join(dirname(path), link)))))
    expect(broken).toEqual([])
  })

  it.each(['docs/pages-proof.md', 'docs/security-proof.md'])(
    'name tests that there are, where they say what proves what: %s',
    (document) => {
      const named = [...read(document).matchAll(/`([\w/-]+\.test\.ts)`/gu)].map((match) => match[1] ?? '')
      expect(named.length).toBeGreaterThan(30)
      expect(named.filter((path) => !existsSync(join(root, 'test', path)))).toEqual([])
    },
  )

  it('keep the README short', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120)
  })
})

/** What a person would read in a view: text between tags and in attributes that are read out, without what Nunjucks puts in. */
function findLiteralText(template: string): string[] {
  const bare = template
    .replace(/\{#[\s\S]*?#\}/gu, '')
    .replace(/\{%[\s\S]*?%\}/gu, '')
    .replace(/\{\{[\s\S]*?\}\}/gu, '')
    .replace(/<!--[\s\S]*?-->/gu, '')
  const attributes = [...bare.matchAll(/\s(?:aria-label|title|placeholder|alt)="([^"]*)"/gu)].map((match) => match[1] ?? '')
  const text = bare.replace(/<[^>]*>/gu, '\n').split('\n')
  return [...attributes, ...text].map((line) => line.replace(/&[a-z#0-9]+;/gu, '').trim()).filter((line) => /\p{L}{2,}/u.test(line))
}

describe('sentences', () => {
  it('are found where they would hide', () => {
    expect(findLiteralText('{# note #}<p title="Hello you">{{ t("a") }}{% if x > 1 %}<b>Good day</b>{% endif %}')).toEqual([
      'Hello you',
      'Good day',
    ])
  })

  /** The product's name; names of devices in a drawing; addresses, attributes and class names that are put together. */
  const isTheSameInEveryLanguage = (text: string) => text === 'NetPraxis' || /^[A-Z]{1,3}\d$|^\/|^[a-z-]+="|^[a-z]+--[a-z]+$/u.test(text)

  it.each(listFiles('views', '.njk'))('stand in the catalogue, not in %s', (path) => {
    expect(findLiteralText(read(path)).filter((text) => !isTheSameInEveryLanguage(text))).toEqual([])
  })

  const sources = listFiles('src', '.ts').filter((path) => !path.startsWith('src/sandbox/') && !path.startsWith('src/strings/'))

  it('stand in the catalogue, not in the sources', () => {
    const found = sources
      .filter((path) => !wordsOfOthers.some(([pattern]) => pattern.test(path)))
      .flatMap((path) => findSentences(parse(path)).map(({ line, text }) => ({ path, line, text })))
      .filter(({ text }) => !isTheSameEverywhere(text))
    expect(found.map(({ path, line, text }) => `${path}:${line}: ${text}`)).toEqual([])
  })

  it('are exempt only while they stand there', () => {
    const all = new Set(sources.flatMap((path) => findSentences(parse(path)).map(({ text }) => text)))
    expect(sameEverywhere.filter(([text]) => !all.has(text)).map(([text]) => text)).toEqual([])
  })

  it.each([
    ["report(['devices'], 'needs at least one device')", 'needs at least one device'],
    ["throw new AppError('GNS3_REFUSED', { details: { reason: 'no such thing' } })", 'no such thing'],
    [['const what = `disk of $', '{name}`'].join(''), 'disk of {}'],
    ["z.string().regex(/x/, { error: 'must be one word' })", 'must be one word'],
    ["flash(isDone ? 'It is done' : 'no')", 'It is done'],
    ["const note = isSaved + ' is saved'", ' is saved'],
  ])('are found where they would hide: %s', (code, text) => {
    expect(findSentences(parseText(code)).map((one) => one.text)).toContain(text)
  })

  it.each([
    "throw new Error('judge was called without a round')",
    "log.warn({ vmid }, 'a lab was switched off from outside')",
    'class Odd extends Error { constructor() { super("found something else instead") } }',
    "routes.get('/x', { schema: { description: 'All courses of the caller' } }, show)",
    'reply.header("content-type", "text/html; charset=utf-8")',
    'const rows = db.all(sql`select count(*) from users`)',
    "say('details.proxmox.noVm', { vmid, node })",
  ])('are not what programmers alone read: %s', (code) => {
    expect(findSentences(parseText(code))).toEqual([])
  })

  it('are named by keys that the catalogue has', () => {
    const keys = sources.flatMap((path) => findKeys(parse(path)).map((key) => ({ path, key })))
    expect(keys.length).toBeGreaterThan(200)
    expect(keys.filter(({ key }) => !hasMessage(key)).map(({ path, key }) => `${path}: ${key}`)).toEqual([])
  })
})

/** Files whose words are a device's, a person's or a document's, each with whose. */
const wordsOfOthers: readonly (readonly [RegExp, string])[] = [
  [/^src\/evaluation\/platforms\//u, 'what is asked of devices and what they answer'],
  [/^src\/clients\/console\/posix-shell\.ts$/u, 'what is typed into shells'],
  [/^src\/cli\/capture-commands\.ts$/u, 'what is asked of devices'],
  [/^src\/demo\//u, 'the people, titles and configurations of the demo'],
  [/^src\/lib\/bounded-regex\.ts$/u, 'a program that is run apart'],
  [/^src\/enrollments\/class-list\.ts$/u, 'what columns of a class list may be called'],
  [/^src\/http\/access\.ts$/u, 'docs/routes.md says who may call a route'],
]

/** Single literals of that sort. */
const sameEverywhere: readonly (readonly [string, string])[] = [
  ['netpraxis secrets at rest', 'part of a key'],
  ['misfit at {}', 'for the log: people get the sentence beside it'],
  ['noopener noreferrer', 'HTML'],
  ['BEGIN EXCLUSIVE', 'SQL'],
  ['{ secret: NAME }', 'an example of the file format'],
  ['worst case', 'a title that nobody sees'],
  ['devices and cables', "how GNS3's answer is named in stored evidence, as a command is"],
  ['qm unlock {} && qm destroy {}', 'a command'],
  ['VM is locked ({}): VM {} on {}', "Proxmox's words, by which the fault is known"],
  ['no such task: {}', "Proxmox's words, by which the fault is known"],
  ['unexpected status', "Proxmox's words, by which the fault is known"],
  ['a token needs no ticket', 'a fault of ours'],
  ['left behind by a delete', 'a note in the ledger that no page shows'],
  ['show ip', 'asked of devices'],
  ['show running-config', 'asked of devices'],
  ['ip addr', 'a command of Linux'],
  ['ip route', 'a command of Linux'],
  ['ip rule', 'a command of Linux'],
]

const isTheSameEverywhere = (text: string): boolean => sameEverywhere.some(([fixed]) => fixed === text)

describe('faults', () => {
  it('are never swallowed in silence', () => {
    const empty = listFiles('src', '.ts').flatMap((path) =>
      nodesOf(path)
        .filter((node) => ts.isCatchClause(node) && node.block.statements.length === 0)
        .map(() => path),
    )
    expect(empty).toEqual([])
  })
})
