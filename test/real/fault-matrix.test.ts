import { afterAll, beforeAll, expect, it } from 'vitest'
import { commandModules } from '../../src/evaluation/command-modules/index.ts'
import { findReader } from '../../src/evaluation/platform.ts'
import { findPlatform } from '../../src/evaluation/platforms/index.ts'
import { describeWith } from '../needs.ts'
import { criteria } from './lab/criteria.ts'
import { evaluateLab } from './lab/evaluate-lab.ts'
import type { Fault } from './lab/faults/fault.ts'
import { faults } from './lab/faults/index.ts'
import { findWrong, planRounds, type Row, runRound } from './lab/matrix.ts'
import { writeDocument } from './lab/matrix-document.ts'
import { startLabPool } from './lab/pool.ts'
import { overOtherWays } from './lab/topology.ts'

const programs = [
  ...['unshare', 'nsenter', 'ip', 'ethtool', 'socat', 'script', 'login', 'busybox', 'vpcs', 'linux.uml'],
  ...['vtysh', 'zebra', 'staticd', 'ospfd', 'bgpd', 'isisd', 'sshd', 'ssh-keygen'],
  ...['dnsmasq', 'dhclient', 'nft', 'iperf3', 'traceroute', 'dig', 'curl', 'ping'],
]

/** Most of it in line for a lab; a round that differs is made twice, on a machine that may be slow. */
const patienceMs = 900_000

const nothingWrong: Fault = { id: 'nothing', kind: 'none', title: 'Nothing is wrong', apply: [], undo: [], expects: {} }

/** A real network settles when it likes: what differs is made and asked once more, and only what differs twice is wrong. */
async function askTwice(ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const first = await ask()
  if (findWrong(first).length === 0) return first
  console.warn(`asked once more: ${findWrong(first).join('; ')}`)
  return ask()
}

describeWith([...programs, 'root', 'namespaces', 'machines', 'own-kernel'], 'the fault matrix on a lab of real devices', () => {
  let labs: Awaited<ReturnType<typeof startLabPool>>
  const rows: Row[] = []

  beforeAll(async () => {
    labs = await startLabPool(3)
  })
  afterAll(() => labs.stop())

  it.concurrent('passes the right configuration', { timeout: patienceMs }, async () => {
    const rows = await labs.use((lab) => askTwice(() => runRound(lab, [nothingWrong], () => evaluateLab(lab))))
    expect(findWrong(rows)).toEqual([])
    expect(rows.flatMap(({ cells }) => cells).length).toBe(criteria.length)
  })

  it.concurrent('passes it as well where the hosts are reached over OpenSSH instead of their console, and the other way round', {
    timeout: patienceMs,
  }, async () => {
    const rows = await labs.use((lab) => askTwice(() => runRound(lab, [nothingWrong], () => evaluateLab(lab, overOtherWays))))
    expect(findWrong(rows)).toEqual([])
  })

  it.concurrent.each(planRounds(faults).map((round) => ({ round, names: round.map(({ id }) => id).join(', ') })))(
    'tells $names',
    { timeout: patienceMs },
    async ({ round }) => {
      const found = await labs.use((lab) => askTwice(() => runRound(lab, round, () => evaluateLab(lab))))
      rows.push(...found)
      expect(findWrong(found)).toEqual([])
    },
  )

  it('is what docs/fault-matrix.md shows', async () => {
    const inOrder = faults.flatMap((fault) => rows.filter((row) => row.fault === fault))
    expect(inOrder).toHaveLength(faults.length)
    await expect(writeDocument(inOrder)).toMatchFileSnapshot('../../docs/fault-matrix.md')
  })

  it('asks every kind that these platforms support, and has three faults or more that each of them sees', () => {
    const platforms = ['frr', 'linux', 'vpcs'].flatMap((id) => findPlatform(id) ?? [])
    const supported = commandModules
      .map(({ name }) => name)
      .filter((name) => platforms.some((platform) => findReader(platform, name) !== undefined))
    const seen = (kind: string) => {
      const own = criteria.filter(({ module }) => module === kind).map(({ id }) => id)
      return rows.filter(({ cells }) => cells.some(({ criterion, expected }) => own.includes(criterion) && expected !== 'pass')).length
    }
    expect(supported.filter((kind) => seen(kind) < 3)).toEqual([])
  })
})
