import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/lib/clock.ts'
import { startGuest } from '../../../src/sandbox/gns3/index.ts'
import { type ContractServer, describeGns3Contract } from './contract.ts'

const servers = [
  ['2.2 without credentials', '2.2', null, { from: 31_000, to: 31_199 }],
  ['2.2 with credentials', '2.2', { username: 'gns3', password: 'one:two' }, { from: 31_200, to: 31_399 }],
  ['3.x', '3.x', { username: 'admin', password: 'pässword' }, { from: 31_400, to: 31_599 }],
] as const

for (const [name, version, credentials, consolePorts] of servers) {
  describeGns3Contract(`the sandbox's ${name}`, async (): Promise<ContractServer> => {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-guest-'))
    const host = '127.0.0.1'
    const guest = await startGuest({ folder, host, apiPort: 0, consolePorts, version, credentials, clock: systemClock, speed: 10 })
    return {
      api: version === '2.2' ? 'v2' : 'v3',
      host,
      port: guest.apiPort,
      credentials: credentials ?? undefined,
      consolePorts,
      close: async () => {
        await guest.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
}
