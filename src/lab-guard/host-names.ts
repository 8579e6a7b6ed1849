export interface LabHostOptions {
  /** LAB_HOST_PATTERN, such as `lab-{id}.labs.example.org`; absent: labs have no host names. */
  readonly pattern: string | undefined
  readonly publicUrl: string
  /** The demo takes the port that it was reached at: it moves on when one is taken. */
  readonly isSandbox: boolean
}

/** Ids of work VMs are made so that they can stand in a host name (lib/ids.ts). */
const idPattern = '([0-9a-z]{4,40})'
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')

/** The host names of labs; each lab is an origin of its own, apart from ours and from every other lab. */
export function createLabHosts({ pattern, publicUrl, isSandbox }: LabHostOptions) {
  const [before = '', after = ''] = (pattern ?? '').toLowerCase().split('{id}')
  const name = pattern === undefined ? null : new RegExp(`^${escaped(before)}${idPattern}${escaped(after)}(?::\\d+)?$`, 'u')
  const isSecure = publicUrl.startsWith('https:')

  return {
    isOffered: name !== null,
    isSecure,
    /** The lab that a Host header names; null for every other host. */
    labOf: (host: string | undefined): string | null => name?.exec((host ?? '').toLowerCase().replace(/\.(?=:|$)/u, ''))?.[1] ?? null,
    /**
     * The origin of a lab.
     * @param host that the request came to
     */
    originOf: (workVmId: string, host: string): string => {
      const port = isSandbox ? (/:(\d+)$/u.exec(host)?.[1] ?? '') : new URL(publicUrl).port
      return `${isSecure ? 'https' : 'http'}://${before}${workVmId}${after}${port === '' ? '' : `:${port}`}`
    },
  }
}

export type LabHosts = ReturnType<typeof createLabHosts>
