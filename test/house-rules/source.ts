import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The repository, read as files: the rules need no git, so they hold in an unpacked archive too. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

const skipped: readonly string[] = ['node_modules', '.git', 'data', 'coverage', 'test-output']

/** All files below a folder, as paths from the root with `/`. */
export function listFiles(folder: string, extension = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      if (!entry.isDirectory()) return path.endsWith(extension) ? [path] : []
      return skipped.includes(entry.name) ? [] : listFiles(path, extension)
    })
    .sort()
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export interface Import {
  readonly from: string
  /** A path from the root, or the name of a package without its inner path. */
  readonly to: string
  readonly isPackage: boolean
  readonly isTypeOnly: boolean
  readonly line: number
}

export const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true, path.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS)

/** A piece of TypeScript that stands in a test. */
export const parseText = (text: string): ts.SourceFile => ts.createSourceFile('planted.ts', text, ts.ScriptTarget.ES2023, true)

export function nodesOf(path: string): readonly ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return found
}

const isTypeOnlyImport = ({ importClause }: ts.ImportDeclaration): boolean => {
  if (!importClause) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = importClause.namedBindings
  return importClause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly)
}

function moduleOf(node: ts.Node): { specifier: ts.Expression | undefined; isTypeOnly: boolean } {
  if (ts.isImportDeclaration(node)) return { specifier: node.moduleSpecifier, isTypeOnly: isTypeOnlyImport(node) }
  if (ts.isExportDeclaration(node)) return { specifier: node.moduleSpecifier, isTypeOnly: node.isTypeOnly }
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return { specifier: isDynamic ? node.arguments[0] : undefined, isTypeOnly: false }
}

const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

function toImport(from: string, node: ts.Node): Import[] {
  const { specifier, isTypeOnly } = moduleOf(node)
  if (!specifier || !ts.isStringLiteral(specifier)) return []
  const name = specifier.text
  const isPackage = !name.startsWith('.')
  const to = isPackage ? packageOf(name) : relative(root, resolve(root, dirname(from), name)).replaceAll('\\', '/')
  return [{ from, to, isPackage, isTypeOnly, line: node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1 }]
}

/** Every import of the sources, also those by `export ... from` and `import()`. */
export const sourceImports: readonly Import[] = listFiles('src', '.ts').flatMap((path) =>
  nodesOf(path).flatMap((node) => toImport(path, node)),
)

export const at = ({ from, line, to }: Import): string => `${from}:${line} imports ${to}`
