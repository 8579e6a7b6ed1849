import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { FieldProblem } from '../errors.ts'

/** An instance whose routes infer types from zod schemas. */
export type Routes = FastifyInstance<
  import('fastify').RawServerDefault,
  import('http').IncomingMessage,
  import('http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>

export const typedRoutes = (app: FastifyInstance): Routes => app.withTypeProvider<ZodTypeProvider>()

/** The problems of a request that its schema refused; null for any other error. */
export function findFieldProblems(error: unknown): FieldProblem[] | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null
  return error.validation.map((issue) => ({
    field: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
    message: issue.message ?? '',
  }))
}

/** Schemas of routes are zod schemas, for requests and for answers. */
export const zodValidationPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
  },
  { name: 'zod-validation' },
)
