import { z } from 'zod'

/** The part of `project.gns3` that is used; loose, because every version adds fields. Shapes: the samples (revision 9) and 3.0.6 (10). */
const finite = z.number().finite()

export const projectFile = z.looseObject({
  name: z.string().min(1).max(200),
  project_id: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  type: z.literal('topology'),
  revision: z.number().int(),
  version: z.string().max(50),
  topology: z.looseObject({
    nodes: z.array(
      z.looseObject({
        node_id: z.string().min(1).max(100),
        name: z.string().min(1).max(200),
        node_type: z.string().min(1).max(50),
        console_type: z.string().max(50).nullish(),
        /** GNS3 3.x (revision 10): a second console, `telnet` or `none`. */
        aux_type: z.string().max(50).nullish(),
        properties: z.record(z.string(), z.unknown()).nullish(),
        symbol: z.string().max(1000).nullish(),
        x: finite.nullish(),
        y: finite.nullish(),
        label: z.looseObject({ text: z.string().max(1000).nullish() }).nullish(),
      }),
    ),
    links: z.array(
      z.looseObject({
        link_id: z.string().max(100).nullish(),
        nodes: z.array(
          z.looseObject({
            node_id: z.string(),
            adapter_number: z.number().int().min(0),
            port_number: z.number().int().min(0),
            label: z.looseObject({ text: z.string().max(1000).nullish() }).nullish(),
          }),
        ),
      }),
    ),
    drawings: z
      .array(z.looseObject({ svg: z.string().nullish(), x: finite.nullish(), y: finite.nullish(), rotation: finite.nullish() }))
      .default([]),
  }),
})
export type ProjectFile = z.output<typeof projectFile>
type ProjectNode = ProjectFile['topology']['nodes'][number]

/** Node properties that name an image: `hda_disk_image`, `kernel_image`, `image` (dynamips, docker) ... */
const isImageProperty = (key: string): boolean => /(?:^|_)image$/.test(key)

/** Names of the images that a node needs, by property. GNS3 stores them relative to its image folder, older ones as whole paths. */
export function imagesOf(node: ProjectNode): Record<string, string> {
  const wanted = Object.entries(node.properties ?? {}).filter(([key, value]) => {
    if (typeof value !== 'string' || value === '') return false
    return isImageProperty(key) || key === 'initrd' || (key === 'path' && node.node_type === 'iou')
  })
  return Object.fromEntries(wanted.map(([key, value]) => [key, node.node_type === 'docker' ? String(value) : baseName(String(value))]))
}

const baseName = (path: string): string => path.replace(/^.*\//, '')
