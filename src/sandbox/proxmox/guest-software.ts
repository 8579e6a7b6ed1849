import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeImages } from '../gns3/index.ts'

/** What is installed on a VM's disk. An empty disk has none: such a VM runs, but nothing in it ever answers. */
const softwareSchema = z.object({
  /** The qemu guest agent runs once the guest has booted. */
  agent: z.boolean(),
  gns3: z
    .object({ version: z.enum(['2.2', '3.x']), credentials: z.object({ username: z.string(), password: z.string() }).nullable() })
    .nullable(),
})
export type GuestSoftware = z.infer<typeof softwareSchema>

const fileName = 'guest-software.json'

export function readSoftware(diskFolder: string): GuestSoftware | undefined {
  const file = join(diskFolder, fileName)
  return existsSync(file) ? softwareSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

/** Images that the GNS3 servers of the base templates have; nothing in the sandbox boots them, so their files are empty. */
const baseImages = {
  files: [
    'c3725-adventerprisek9-mz.124-15.T14.image',
    'c3745-adventerprisek9-mz.124-25d.image',
    'c7200-adventerprisek9-mz.152-4.S5.image',
    'linux-server.qcow2',
  ],
  docker: ['gns3/ipterm', 'alpine', 'debian', 'debian:12', 'ubuntu', 'frrouting/frr'],
}

/** Fills an empty disk as an admin would install a base template: GNS3, its images, the agent. */
export function installSoftware(diskFolder: string, software: GuestSoftware): void {
  mkdirSync(join(diskFolder, 'projects'), { recursive: true })
  writeImages(diskFolder, baseImages)
  writeFileSync(join(diskFolder, fileName), JSON.stringify(softwareSchema.parse(software)))
}

/** An operating system with an agent and nothing else. */
export function installAgentOnly(diskFolder: string): void {
  mkdirSync(diskFolder, { recursive: true })
  writeFileSync(join(diskFolder, fileName), JSON.stringify({ agent: true, gns3: null }))
}
