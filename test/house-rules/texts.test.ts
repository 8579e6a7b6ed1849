import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { listFiles, nodesOf, read, root } from './source.ts'

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

  it('stand in the catalogue, not in what answers requests', () => {
    const files = listFiles('src', '.ts').filter(
      (path) => /\.(?:routes|views|pages|service|plugin|job)\.ts$|^src\/http\//u.test(path) && !path.startsWith('src/sandbox/'),
    )
    expect(files.flatMap(findSentences)).toEqual([])
  })
})

/** Faults of ours are said in English to whoever reads the log; what people read comes from the catalogue. */
const isOfAnError = (node: ts.Node): boolean => {
  for (let above: ts.Node | undefined = node; above; above = above.parent)
    if (ts.isNewExpression(above) && above.expression.getText().endsWith('Error')) return true
  return false
}
/** The first word of `log.info({...}, 'message')` and of routes' descriptions for OpenAPI. */
const isForProgrammers = (node: ts.Node): boolean => {
  const call = node.parent
  if (ts.isPropertyAssignment(call)) return ['description', 'summary'].includes(call.name.getText())
  return ts.isCallExpression(call) && /\.(?:trace|debug|info|warn|error|fatal)$/u.test(call.expression.getText())
}

function findSentences(path: string): string[] {
  return nodesOf(path)
    .filter((node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    .filter((node) => /^\p{Lu}\p{Ll}+ \p{Ll}{2,}/u.test(node.text) && !isOfAnError(node) && !isForProgrammers(node))
    .map((node) => `${path}: ${node.text}`)
}

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
