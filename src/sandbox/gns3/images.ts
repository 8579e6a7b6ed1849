import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { conflict } from './api-error.ts'
import type { JsonObject } from './json.ts'
import type { Runtime } from './runtime.ts'

/** One name per line: what `docker images` would list inside the VM. */
const dockerList = 'docker.txt'

/** Which properties name a file of the server's image folder, per node type. */
const imageProperties: Readonly<Record<string, readonly string[]>> = {
  dynamips: ['image'],
  iou: ['path'],
  qemu: ['hda_disk_image', 'hdb_disk_image', 'hdc_disk_image', 'hdd_disk_image', 'bios_image', 'cdrom_image', 'initrd', 'kernel_image'],
}

/** Puts images on a VM's disk, for whoever prepares base templates. Image files of the sandbox need no content. */
export function writeImages(folder: string, images: { readonly files: readonly string[]; readonly docker: readonly string[] }): void {
  mkdirSync(join(folder, 'images'), { recursive: true })
  for (const name of images.files) writeFileSync(join(folder, 'images', basename(name)), '')
  writeFileSync(join(folder, 'images', dockerList), images.docker.map((name) => `${name}\n`).join(''))
}

/** Throws the 409 of the genuine server when the node needs an image that the VM lacks. */
export function requireImages(runtime: Runtime, type: string, properties: JsonObject): void {
  const { folder } = runtime.options
  if (type === 'docker') requireDockerImage(folder, properties)
  const present = new Set(imageFiles(join(folder, 'images')))
  for (const property of imageProperties[type] ?? []) {
    const image = properties[property]
    if (typeof image !== 'string' || image.trim() === '' || present.has(basename(image))) continue
    // 3.x puts the name in quotes (seen on 3.0.6)
    throw conflict(`The image ${runtime.version === '2.2' ? image : `'${image}'`} is missing`)
  }
}

function requireDockerImage(folder: string, properties: JsonObject): void {
  const image = typeof properties.image === 'string' ? withTag(properties.image) : ''
  if (dockerImages(folder).includes(image)) return
  const repository = image.replace(/:[^:]*$/, '')
  throw conflict(
    `Docker has returned an error: 404 pull access denied for ${repository}, repository does not exist or may require 'docker login'`,
  )
}

const withTag = (image: string): string => (/:[^/]*$/.test(image) ? image : `${image}:latest`)

function dockerImages(folder: string): string[] {
  try {
    const lines = readFileSync(join(folder, 'images', dockerList), 'utf8').split('\n')
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map(withTag)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function imageFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** True for "no such file or folder". */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
