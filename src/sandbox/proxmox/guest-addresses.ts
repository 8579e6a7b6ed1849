/** Where a VM's GNS3 listens: an address of its own on Linux, a port range of its own elsewhere. */
export interface GuestPlace {
  readonly host: string
  /** 0 = any free port. */
  readonly apiPort: number
  readonly consolePorts: { readonly from: number; readonly to: number }
}

const labPlace = { apiPort: 3080, consolePorts: { from: 5000, to: 10_000 } }
const hostsPerBlock = 254
const size = 256 * hostsPerBlock

const nth = (index: number): string => `127.77.${Math.floor(index / hostsPerBlock)}.${(index % hostsPerBlock) + 1}`

/**
 * Hands out 127.77.x.y by VM id. A second sandbox on the same machine may hold that address already (the port is taken): the next
 * attempt of the same VM gives another one. Elsewhere than on Linux only 127.0.0.1 is configured, so ports are split instead.
 */
export function createGuestAddresses(platform: NodeJS.Platform = process.platform) {
  const taken = new Map<string, number>()
  return {
    claim(vmid: number, attempt: number): GuestPlace {
      if (platform !== 'linux') {
        const slot = taken.size
        taken.set(`slot-${vmid}`, vmid)
        return { host: '127.0.0.1', apiPort: 0, consolePorts: { from: 20_000 + (slot % 200) * 200, to: 20_199 + (slot % 200) * 200 } }
      }
      for (let step = 0; ; step++) {
        const host = nth((vmid + attempt * 7_919 + step) % size)
        const owner = taken.get(host)
        if (owner !== undefined && owner !== vmid) continue
        taken.set(host, vmid)
        return { host, ...labPlace }
      }
    },
    release(vmid: number): void {
      for (const [host, owner] of taken) if (owner === vmid) taken.delete(host)
    },
  }
}
export type GuestAddresses = ReturnType<typeof createGuestAddresses>
