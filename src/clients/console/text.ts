/** Lines as a person would read them: blanks at line ends and blank lines at both ends removed, each line ended by `\n`. */
export function linesToText(lines: readonly string[]): string {
  const trimmed = lines.map((line) => line.trimEnd())
  while (trimmed.at(-1) === '') trimmed.pop()
  while (trimmed[0] === '') trimmed.shift()
  return trimmed.map((line) => `${line}\n`).join('')
}
