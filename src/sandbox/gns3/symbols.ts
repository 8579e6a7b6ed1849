import type { JsonObject } from './json.ts'
import { sizeOf } from './node-defaults.ts'

const names = [
  'vpcs_guest',
  'ethernet_switch',
  'router',
  'hub',
  'cloud',
  'nat',
  'computer',
  'frame_relay_switch',
  'atm_switch',
  'docker_guest',
  'qemu_guest',
  'multilayer_switch',
]

export const listSymbols = (): JsonObject[] =>
  names.map((name) => ({ symbol_id: `:/symbols/classic/${name}.svg`, filename: `${name}.svg`, theme: 'Classic', builtin: true }))

/** A picture of our own: GNS3's symbols stay with GNS3. An unknown id gets the computer, as there. */
export function symbolSvg(id: string): string {
  const name = names.find((one) => id.endsWith(`/${one}.svg`)) ?? 'computer'
  const [width, height] = sizeOf(`:/symbols/${name}.svg`)
  const round = ['router', 'cloud', 'nat'].includes(name)
  const shape = round
    ? `<ellipse cx="${width / 2}" cy="${height / 2}" rx="${width / 2 - 2}" ry="${height / 2 - 2}" fill="#d6e4f0" stroke="#2f5d8a" stroke-width="2"/>`
    : `<rect x="2" y="2" width="${width - 4}" height="${height - 4}" rx="6" fill="#d6e4f0" stroke="#2f5d8a" stroke-width="2"/>`
  const letters = name.slice(0, 2).toUpperCase()
  const text = `<text x="${width / 2}" y="${height / 2 + 5}" font-family="sans-serif" font-size="14" text-anchor="middle" fill="#2f5d8a">${letters}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${shape}${text}</svg>`
}

export const symbolSize = (id: string): JsonObject => {
  const [width, height] = sizeOf(id)
  return { width, height }
}
