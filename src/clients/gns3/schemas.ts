import { z } from 'zod'

/**
 * What GNS3 answers, as far as it is used here. Loose: versions add fields, and many may be null. Shapes: measured on 2.2.54, 2.2.59
 * and 3.0.6.
 */
export const versionAnswer = z.looseObject({ version: z.string().regex(/^\d+\./) })

export const tokenAnswer = z.looseObject({ access_token: z.string().min(1) })

export const projectAnswer = z
  .looseObject({
    project_id: z.string(),
    name: z.string(),
    status: z.enum(['opened', 'closed']),
    auto_close: z.boolean().nullish(),
  })
  .transform((project) => ({
    id: project.project_id,
    name: project.name,
    state: project.status,
    autoClose: project.auto_close ?? true,
  }))

export const projectsAnswer = z.array(projectAnswer)

export const nodeAnswer = z.looseObject({
  node_id: z.string(),
  name: z.string(),
  node_type: z.string(),
  /** Absent while the project is closed. */
  status: z.enum(['started', 'stopped', 'suspended']).nullish(),
  /** A switch has a number too, and nothing listens there: `console_type` says whether there is a console. */
  console: z.number().int().nullish(),
  console_type: z.string().nullish(),
  /** GNS3 3.x: a second console, by telnet beside a graphical one. */
  aux: z.number().int().nullish(),
  aux_type: z.string().nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
  ports: z.array(z.looseObject({ adapter_number: z.number().int(), port_number: z.number().int(), name: z.string().nullish() })).nullish(),
  symbol: z.string().nullish(),
  x: z.number().nullish(),
  y: z.number().nullish(),
})
export type NodeAnswer = z.output<typeof nodeAnswer>

export const nodesAnswer = z.array(nodeAnswer)

export const linkAnswer = z.looseObject({
  link_id: z.string(),
  suspend: z.boolean().nullish(),
  nodes: z.array(
    z.looseObject({
      node_id: z.string(),
      adapter_number: z.number().int(),
      port_number: z.number().int(),
      label: z.looseObject({ text: z.string().nullish() }).nullish(),
    }),
  ),
})
export type LinkAnswer = z.output<typeof linkAnswer>

export const linksAnswer = z.array(linkAnswer)
