import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { FieldProblem } from '../errors.ts'
import { schemaProblems } from '../lib/schema-problems.ts'

/** An instance whose routes infer types from zod schemas. */
export type Routes = FastifyInstance<
  import('fastify').RawServerDefault,
  import('http').IncomingMessage,
  import('http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>

export const typedRoutes = (app: FastifyInstance): Routes => app.withTypeProvider<ZodTypeProvider>()

/** A request that does not fit the schema of its route. */
class RequestMismatch extends Error {
  readonly fields: readonly FieldProblem[]

  constructor(fields: readonly FieldProblem[]) {
    super('the request does not fit the schema of its route')
    this.fields = fields
  }
}

/** The problems of a request that its schema refused; null for any other error. */
export const findFieldProblems = (error: unknown): readonly FieldProblem[] | null =>
  error instanceof RequestMismatch ? error.fields : null

/** As the type provider's own, which throws away what was missing, and keeps texts where we want reasons. */
const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data) => {
    const read = schema.safeParse(data, { reportInput: true })
    if (read.success) return { value: read.data }
    const problems = schemaProblems(read.error.issues)
    return { error: new RequestMismatch(problems.map(({ path, problem }) => ({ field: path.join('.'), problem }))) }
  }

/** Schemas of routes are zod schemas, for requests and for answers. */
export const zodValidationPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
  },
  { name: 'zod-validation' },
)
