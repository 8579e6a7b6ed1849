/** What a task's name says. Times in epoch seconds. For a clone `id` is the SOURCE's VM id; for `imgdel` it is `VMID@STORAGE`. */
export interface Upid {
  readonly node: string
  readonly startS: number
  readonly type: string
  readonly id: string
  readonly user: string
}

// pve-common UPID.pm; example: UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:lab@pve!app:
const grammar =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/

/** Parses a UPID; `undefined` when it is none. */
export function parseUpid(text: string): Upid | undefined {
  const match = grammar.exec(text)
  if (match === null) return undefined
  const [, node = '', , , start = '0', type = '', id = '', user = ''] = match
  return { node, startS: Number.parseInt(start, 16), type, id, user }
}
