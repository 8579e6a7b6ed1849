import { setImmediate as turn } from 'node:timers/promises'
import { createProxmox, type Log, type Proxmox } from '../../../src/clients/proxmox/index.ts'
import { type Durations, type ProxmoxSandbox, type StartGuest, startProxmox } from '../../../src/sandbox/proxmox/index.ts'
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

/** A sandbox and a gateway on one clock, which moves only while every request that was sent lies with the sandbox. */
export interface OneClock {
  readonly sandbox: ProxmoxSandbox
  readonly proxmox: Proxmox
  readonly clock: VirtualClock['clock']
  /** Counts a request that does not go through the gateway as sent. */
  sending<T>(request: () => Promise<T>): Promise<T>
  /** Lets time pass until it is over. */
  until(isOver: () => boolean): Promise<void>
  close(): Promise<void>
}

/** Nothing inside the machine. */
const noGuest: StartGuest = async ({ apiPort }) => ({
  apiPort,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({}),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

/** So many looks in a row without a request on its way: then nothing but time is waited for. */
const quietLooks = 5
const stepMs = 50

/** Lets time pass until it is over, a step whenever every request that was sent lies with the sandbox. */
export async function passTime(
  { time, sandbox, sent }: { time: VirtualClock; sandbox: ProxmoxSandbox; sent: () => number },
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    for (let quiet = 0; quiet < quietLooks; quiet = sent() === sandbox.inFlight() ? quiet + 1 : 0) await turn()
    await time.advance(stepMs)
  }
}

/** Requests of a gateway that were sent and not answered. */
export const requestsSent = (proxmox: Pick<Proxmox, 'limiterState'>): number =>
  proxmox.limiterState().reduce((sum, { key, inFlight }) => (key.startsWith('api:') ? sum + inFlight : sum), 0)

export async function startOnOneClock(options: { stateDir: string; durations: Partial<Durations>; log: Log }): Promise<OneClock> {
  const { stateDir, durations, log } = options
  const time = createVirtualClock(Date.UTC(2026, 8, 1))
  const sandbox = await startProxmox({ stateDir, clock: time.clock, guestFactory: noGuest, durations })
  const proxmox = createProxmox({
    urls: [sandbox.proxmoxUrl],
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
    tls: { caFile: sandbox.caFile },
    clock: time.clock,
    log,
  })
  let others = 0
  const sent = () => requestsSent(proxmox) + others
  return {
    sandbox,
    proxmox,
    clock: time.clock,
    async sending(request) {
      others += 1
      try {
        return await request()
      } finally {
        others -= 1
      }
    },
    until: (isOver) => passTime({ time, sandbox, sent }, isOver),
    async close() {
      await proxmox.close()
      const state = { isClosed: false }
      const closing = sandbox.close().then(() => {
        state.isClosed = true
      })
      while (!state.isClosed) await time.advance(1_000)
      await closing
    },
  }
}
