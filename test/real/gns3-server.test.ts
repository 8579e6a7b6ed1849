import { describe, it } from 'vitest'
import { type ContractServer, describeGns3Contract } from '../clients/gns3/contract.ts'

/**
 * The contract on genuine GNS3 servers, opt-in: GNS3_LIVE_URLS is a list of `http://user:password@host:port`, separated by commas. It
 * makes projects named `contract-…` and deletes them.
 */
const urls = (process.env.GNS3_LIVE_URLS ?? '').split(',').filter((url) => url !== '')

for (const url of urls) describeGns3Contract(`a genuine server (${new URL(url).host})`, () => toServer(new URL(url)))

describe.skipIf(urls.length > 0)('the GNS3 client on a genuine server (skipped: GNS3_LIVE_URLS names none)', () => {
  it.skip('is held to the same contract as on the sandbox', () => undefined)
})

async function toServer(url: URL): Promise<ContractServer> {
  const credentials = url.username === '' ? undefined : { username: url.username, password: decodeURIComponent(url.password) }
  const answer = await fetch(`http://${url.host}/v3/version`)
  await answer.arrayBuffer()
  return {
    api: answer.ok ? 'v3' : 'v2',
    host: url.hostname,
    port: Number(url.port),
    credentials,
    consolePorts: { from: 5000, to: 10_000 },
    close: async () => undefined,
  }
}
