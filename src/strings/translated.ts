/** The same keys as the English catalogue, each in other words; a missing or foreign key does not compile. */
export type Translated<Original> = {
  readonly [Key in keyof Original]: Original[Key] extends string
    ? string
    : Original[Key] extends { readonly one: string; readonly other: string }
      ? { readonly one: string; readonly other: string }
      : Translated<Original[Key]>
}
