import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { commandModules } from '../../src/evaluation/command-modules/index.ts'
import { findReader } from '../../src/evaluation/platform.ts'
import { findPlatform } from '../../src/evaluation/platforms/index.ts'
import { describeWith } from '../needs.ts'
import { untilAll } from './lab/change.ts'
import { criteria } from './lab/criteria.ts'
import { evaluateLab } from './lab/evaluate-lab.ts'
import { faults } from './lab/faults/index.ts'
import { writeInventory } from './lab/inventory.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { findWrong, planRounds, type Row, runRound } from './lab/matrix.ts'
import { writeDocument } from './lab/matrix-document.ts'
import { healthy, overOtherWays } from './lab/topology.ts'

const programs = [
  ...['unshare', 'nsenter', 'ip', 'ethtool', 'socat', 'script', 'login', 'busybox', 'vpcs', 'linux.uml'],
  ...['vtysh', 'zebra', 'staticd', 'ospfd', 'bgpd', 'isisd', 'sshd', 'ssh-keygen'],
  ...['dnsmasq', 'dhclient', 'nft', 'iperf3', 'traceroute', 'dig', 'curl', 'ping'],
]

describeWith([...programs, 'root', 'namespaces', 'machines', 'own-kernel'], 'the fault matrix on a lab of real devices', () => {
  let lab: Lab
  const inventories: string[] = []
  const rows: Row[] = []

  const inventory = (ways: Parameters<typeof writeInventory>[1] = {}) => {
    const folder = writeInventory(lab, ways)
    inventories.push(folder)
    return folder
  }
  beforeAll(async () => {
    lab = await startLab()
    await untilAll(lab, healthy)
  })
  afterAll(async () => {
    await lab.stop()
    for (const folder of inventories) rmSync(folder, { recursive: true })
  })

  it('passes the right configuration', async () => {
    const outcomes = await evaluateLab(inventory())
    expect([...outcomes].filter(([, { summary }]) => summary !== 'pass')).toEqual([])
    expect(outcomes.size).toBe(criteria.length)
  })

  it('passes it as well where the hosts are reached over OpenSSH instead of their console, and the other way round', async () => {
    const outcomes = await evaluateLab(inventory(overOtherWays))
    expect([...outcomes].filter(([, { summary }]) => summary !== 'pass')).toEqual([])
  })

  it.each(planRounds(faults).map((round) => ({ round, names: round.map(({ id }) => id).join(', ') })))(
    'tells $names',
    async ({ round }) => {
      const ask = () => runRound(lab, round, () => evaluateLab(inventories[0] ?? ''))
      const first = await ask()
      // a real network settles when it likes: what differs is made and asked once more, and only what differs twice is wrong
      if (findWrong(first).length > 0) console.warn(`asked once more: ${findWrong(first).join('; ')}`)
      const found = findWrong(first).length > 0 ? await ask() : first
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
