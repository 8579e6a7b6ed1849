import ts from 'typescript'

/** A literal of the sources that reads like words for a person; `{}` stands for what is put in. */
export interface FoundSentence {
  readonly line: number
  readonly text: string
}

/** Two words, one after the other or with something put in between. A word beside something put in is a name (`account ${id}`). */
const readsAsWords = /\p{L}{2,}[,:;.)"”]? +(?:["“(]?\{\}["”)]?[,:;.]? +)*[("“]?\p{L}{2,}/u

/** What has words and is still the same in every language: markup, headers of HTTP, patterns of regular expressions. */
const forMachines = [
  /^\s*<(?:[a-z?!]|\{\} )/iu,
  /\bcharset=|\bfilename=|\bmax-age=|^text\/plain; /u,
  /^(?:GET|POST|PUT|DELETE|Basic|Bearer) (?:\{\}|\/)/u,
  /^# TYPE |^netpraxis_\w+ \{\}/u,
  /\\b|\(\?:/u,
  /^import\{\w+ as \w+\}from"node:/u,
]

const builtIn = /^(?:Error|TypeError|RangeError|SyntaxError)$/u
const logs = /(?:\.(?:trace|debug|info|warn|error|fatal|line)|^addNote|^Symbol)$/u
const written = /(?:^|\.)(?:RegExp|sql)$/u

/** Faults of ours, lines of a log and the text of the API's description are said in English to whoever programs or runs this. */
function isForProgrammers(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isNewExpression(parent)) return builtIn.test(parent.expression.getText()) || written.test(parent.expression.getText())
  if (ts.isCallExpression(parent)) return parent.expression.kind === ts.SyntaxKind.SuperKeyword || logs.test(parent.expression.getText())
  if (ts.isTaggedTemplateExpression(parent)) return written.test(parent.tag.getText())
  if (ts.isPropertyAssignment(parent)) return ['description', 'summary'].includes(parent.name.getText())
  return false
}

/** A part of a longer expression is what the whole is: `'a ' + b`, `${x ? 'a b' : 'c d'}`. */
function isInside(node: ts.Node, is: (node: ts.Node) => boolean): boolean {
  if (is(node)) return true
  const { parent } = node
  const isPart =
    ts.isBinaryExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isTemplateExpression(parent) ||
    ts.isParenthesizedExpression(parent)
  return isPart && isInside(parent, is)
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('')
}

/** Every literal of a source that a person might come to read. */
export function findSentences(source: ts.SourceFile): FoundSentence[] {
  const found: FoundSentence[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    const isWords = text !== undefined && readsAsWords.test(text) && !forMachines.some((pattern) => pattern.test(text))
    if (isWords && !isInside(node, isForProgrammers))
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** A key of the catalogue that a source names in full. */
export function findKeys(source: ts.SourceFile): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && isKeyPlace(node)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The first word of `say(...)`, `t(...)`, `translate(...)`, and `error:` of a schema. */
function isKeyPlace(node: ts.StringLiteral): boolean {
  const { parent } = node
  if (ts.isCallExpression(parent))
    return parent.arguments[0] === node && /^(?:say|t|translate|.*\.translate)$/u.test(parent.expression.getText())
  return ts.isPropertyAssignment(parent) && parent.name.getText() === 'error' && node.text.includes('.')
}
