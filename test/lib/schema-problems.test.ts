import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { schemaProblems } from '../../src/lib/schema-problems.ts'
import { createTranslator, sentenceText } from '../../src/strings/index.ts'

const t = createTranslator()

/** What is said of a value, each with its place. */
function said(schema: z.ZodType, value: unknown): string[] {
  const read = schema.safeParse(value, { reportInput: true })
  return read.success
    ? []
    : schemaProblems(read.error.issues).map(({ path, problem }) => `${path.join('.')}: ${sentenceText(problem, t)}`.replace(/^: /, ''))
}

const fixed = z.string().refine(() => false, { error: 'exerciseProblems.vlanId' })

describe('what a schema finds', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['a text', z.string(), 7, 'must be a text'],
    ['nothing at all', z.string(), undefined, 'is missing'],
    ['a choice that is missing', z.enum(['a', 'b']), undefined, 'is missing'],
    ['a number', z.number(), 'x', 'must be a number'],
    ['what is no number', z.number(), Number.NaN, 'must be a number'],
    ['a whole number', z.int(), 1.5, 'must be a whole number'],
    ['a flag', z.boolean(), 'yes', 'must be true or false'],
    ['a list', z.array(z.string()), 'x', 'must be a list'],
    ['a group', z.object({}), [], 'must have names with values'],
    ['a choice', z.enum(['fixed', 'free']), 'x', 'must be one of fixed, free'],
    ['one word', z.literal('a'), 'x', 'must be a'],
    ['what is too small', z.number().min(3), 2, 'must be at least 3'],
    ['what is too big', z.number().max(3), 4, 'must be at most 3'],
    ['what must be more', z.number().positive(), 0, 'must be more than 0'],
    ['what must be less', z.number().lt(3), 3, 'must be less than 3'],
    ['steps', z.number().multipleOf(5), 3, 'must be a multiple of 5'],
    ['an empty text', z.string().min(1), '', 'must not be empty'],
    ['a short text', z.string().min(32), 'x', 'must have at least 32 characters'],
    ['a long text', z.string().max(1), 'xy', 'must have at most 1 character'],
    ['an empty list', z.array(z.string()).min(1), [], 'needs at least one entry'],
    ['a long list', z.array(z.string()).max(2), ['a', 'b', 'c'], 'may have at most 2 entries'],
    ['a web address', z.url(), 'x', 'must be a web address such as https://pve.example.org:8006'],
    ['a part that must be there', z.string().includes('{id}'), 'x', 'must contain {id}'],
    ['a pattern without words of its own', z.string().regex(/^a/), 'b', 'cannot be used as it is'],
    ['its own sentence', fixed, 'x', 'must be a VLAN number from 1 to 4094'],
    ['a sentence of forms', z.string().min(8, { error: 'tooShort' }), 'x', 'This is too short.'],
    ['words alone', z.union([z.literal('on'), z.enum(['off', 'auto'])]), 'x', 'must be one of on, off, auto'],
    ['alternatives', z.union([z.literal('*'), z.int()]), 'x', 'must be *, or must be a number'],
  ])('is said of %s', (_what, schema, value, sentence) => {
    expect(said(schema, value)).toEqual([sentence])
  })

  it('is placed where it stands, an unknown key at the key', () => {
    const schema = z.strictObject({ a: z.array(z.strictObject({ b: z.int() })) })
    expect(said(schema, { a: [{ b: 1 }, { b: 'x', c: 1 }], d: 1 })).toEqual([
      'a.1.b: must be a number',
      'a.1.c: is not known here',
      'd: is not known here',
    ])
  })

  it('names what is wrong with a key', () => {
    expect(said(z.record(z.string().max(2), z.number()), { abc: 1 })).toEqual([
      'abc: has a name that cannot be used: must have at most 2 characters',
    ])
  })

  it('keeps the values that a check of the schema gives', () => {
    const schema = z.string().superRefine((_text, context) => {
      context.addIssue({ code: 'custom', message: 'inventory.noMode', params: { name: 'enable' } })
    })
    expect(said(schema, 'x')).toEqual(['there is no mode enable'])
  })
})
