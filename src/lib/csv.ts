/**
 * A cell that a spreadsheet cannot take for a formula, quoted where it must be. A dash alone stays: it runs nothing, and Moodle reads it
 * as "no grade". (OWASP, "CSV Injection".)
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const safe = typeof value === 'string' && /^(?:[=+@\t\r\n]|-[\s\S])/.test(text) ? `'${text}` : text
  return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as RFC 4180 has them: commas, CRLF, the header first. */
export const csvText = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
