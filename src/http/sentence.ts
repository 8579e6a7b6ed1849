/** How one parameter of a criterion is asked for in the form. */
export interface SentenceField {
  /** Name of the parameter ("max_drop"), or `device`. */
  readonly name: string
  /** From the catalogue; read out before the control. */
  readonly label: string
  readonly control: 'text' | 'number' | 'select' | 'area'
  /** How an `area` is filled in; '' where nothing needs to be said. */
  readonly hint: string
  /** For `select`: the devices of the project, or the values of an enumeration. */
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly placeholder: string
  readonly isRequired: boolean
}

/** A piece of the sentence: words, a control among them, or an extra control that the sentence does not name and that is shown with its label. */
export type SentencePart =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'field' | 'extra'; readonly field: SentenceField; readonly input: string; readonly value: string }

/**
 * Cuts a sentence of the catalogue ("{device} pings {to} {count} times") into words and controls, so that a criterion's form reads as
 * the sentence itself. A field that the sentence does not name comes last, as an
 * extra: a module never loses a parameter to a translation.
 *
 * @param sentence with a placeholder per field
 * @param inputOf  the name of the input of a field ("criteria.2.params.to")
 */
export function makeSentence(
  sentence: string,
  fields: readonly SentenceField[],
  values: Readonly<Record<string, string>>,
  inputOf: (name: string) => string,
): SentencePart[] {
  const byName = new Map(fields.map((field) => [field.name, field]))
  const asPart = (field: SentenceField, kind: 'field' | 'extra'): SentencePart => {
    byName.delete(field.name)
    return { kind, field, input: inputOf(field.name), value: values[field.name] ?? '' }
  }
  const parts = sentence.split(/(\{\w+\})/).flatMap((piece): SentencePart[] => {
    const field = byName.get(piece.slice(1, -1))
    if (piece.startsWith('{') && field) return [asPart(field, 'field')]
    return piece.trim() === '' ? [] : [{ kind: 'words', words: piece.trim() }]
  })
  return [...parts, ...[...byName.values()].map((field) => asPart(field, 'extra'))]
}
