/** A platform as the exercise file names it, spelled as Netmiko does. */
export type GuessedPlatform = 'cisco_ios' | 'cisco_nxos' | 'arista_eos' | 'juniper_junos' | 'linux' | 'frr' | 'vpcs'

/** What an image's name gives away; the first match counts. */
const byImageName: readonly (readonly [RegExp, GuessedPlatform])[] = [
  [/frr/i, 'frr'],
  [/[cv]eos|arista/i, 'arista_eos'],
  [/vmx|vqfx|vsrx|vjunos|junos/i, 'juniper_junos'],
  [/nx-?os|n9k|n9000|nexus/i, 'cisco_nxos'],
  [/csr|iosv|vios|ios-?xe|c8000v|cat9/i, 'cisco_ios'],
]

/** Devices that nobody can log in to, or whose console is no text. */
const withoutPlatform: ReadonlySet<string> = new Set([
  'ethernet_switch',
  'ethernet_hub',
  'frame_relay_switch',
  'atm_switch',
  'cloud',
  'nat',
  'traceng',
])

/**
 * What a device most likely is, from its GNS3 type and the names of its images. A guess for the form: the exercise file always says
 * it explicitly.
 * @returns undefined for switches, hubs, clouds and NAT
 */
export function guessPlatform(device: {
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
}): GuessedPlatform | undefined {
  if (withoutPlatform.has(device.type)) return undefined
  if (device.type === 'vpcs') return 'vpcs'
  if (device.type === 'dynamips' || device.type === 'iou') return 'cisco_ios'
  const images = Object.entries(device.properties)
    .filter(([key, value]) => typeof value === 'string' && /image$/.test(key))
    .map(([, value]) => String(value))
  const match = byImageName.find(([pattern]) => images.some((image) => pattern.test(image)))
  return match?.[1] ?? 'linux'
}
