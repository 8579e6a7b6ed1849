import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { AppError, type FieldProblem } from '../../errors.ts'
import { schemaProblems } from '../../lib/schema-problems.ts'
import { quote, say } from '../../lib/sentence.ts'

type Document = ReturnType<typeof parseDocument>

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

/**
 * Reads one YAML file and parses it with a schema; all problems are reported together, each with its line.
 * @throws AppError INVENTORY_INVALID
 */
export function readYamlFile<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError('INVENTORY_INVALID', { cause, details: { file, problems: say('inventory.unreadable') } })
  }
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines })
  const broken: FieldProblem[] = document.errors.map((error) => ({
    field: file,
    problem: quote(error.message),
    line: lines.linePos(error.pos[0]).line,
  }))
  if (broken.length > 0) throw invalid(file, broken)
  const parsed = schema.safeParse(document.toJS() ?? {}, { reportInput: true })
  if (parsed.success) return parsed.data
  throw invalid(
    file,
    schemaProblems(parsed.error.issues).map(({ path, problem }) => ({
      field: path.join('.'),
      problem,
      line: lineOf(document, lines, path),
    })),
  )
}

function invalid(file: string, fields: readonly FieldProblem[]): AppError {
  const problems = fields.map(({ line = 1, field, problem = say('shapes.unusable') }) => say('inventory.atLine', { line, field, problem }))
  return new AppError('INVENTORY_INVALID', { details: { file, problems }, fields })
}
