import type { CriterionReport, EvaluationReport } from './report.ts'

/** XML 1.0 has no control characters, not even escaped: device output may hold any. */
const withoutControls = (text: string): string => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
}
const attribute = (text: string): string => withoutControls(text).replace(/[&<>"\n\t\r]/g, (sign) => entities[sign] ?? sign)
const content = (text: string): string => withoutControls(text).replace(/[&<>]/g, (sign) => entities[sign] ?? sign)
const seconds = (ms: number): string => (ms / 1_000).toFixed(3)

const answers = ({ evidence }: CriterionReport): string =>
  evidence.map(({ device, command, text }) => `${device}: ${command}\n${text}`).join('\n')

function outcome(criterion: CriterionReport): string {
  const { verdict, reason, why, expected, found } = criterion
  if (verdict === 'pass') return ''
  const message = `message="${attribute(why)}"`
  if (verdict === 'skipped') return `<skipped ${message}/>`
  const element = verdict === 'fail' ? 'failure' : 'error'
  return `<${element} ${message} type="${attribute(reason.code)}">${content(`${expected}\n${found}\n`)}</${element}>`
}

function testCase(criterion: CriterionReport): string {
  const { id, title, module, device, tookMs } = criterion
  const name = `name="${attribute(`${id}: ${title}`)}" classname="${attribute([module, device ?? ''].filter(Boolean).join('.'))}"`
  return `    <testcase ${name} time="${seconds(tookMs)}">${outcome(criterion)}<system-out>${content(answers(criterion))}</system-out></testcase>`
}

/** JUnit XML: fail → failure, inconclusive → error, skipped → skipped. */
export function reportJunit({ exercise, criteria, counts, startedAt, tookMs }: EvaluationReport): string {
  const totals = `tests="${criteria.length}" failures="${counts.fail}" errors="${counts.inconclusive}" skipped="${counts.skipped}" time="${seconds(tookMs)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${attribute(exercise)}" timestamp="${attribute(startedAt)}" ${totals}>`,
    ...criteria.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
