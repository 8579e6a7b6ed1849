import { describe, expect, it } from 'vitest'
import { type BgpPath, type BgpPrefixFacts, bgpPrefix } from '../../../src/evaluation/command-modules/bgp-prefix.ts'

const path = (more: Partial<BgpPath> = {}): BgpPath => ({
  from: '10.0.12.2',
  isBest: true,
  nextHops: ['10.0.12.2'],
  asPath: [65002, 65003],
  localPref: 100,
  med: null,
  origin: 'igp',
  communities: ['65002:100'],
  ...more,
})

const facts = (paths: readonly BgpPath[], more: Partial<BgpPrefixFacts> = {}): BgpPrefixFacts => ({
  isRunning: true,
  paths,
  from: null,
  isOwn: false,
  nextHop: null,
  ...more,
})

const judgement = (raw: object, ...rounds: BgpPrefixFacts[]) =>
  bgpPrefix.judge(
    rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one })),
    bgpPrefix.params.parse({ prefix: '10.3.0.0/16', ...raw }),
  )

const judge = (raw: object, ...rounds: BgpPrefixFacts[]) => {
  const { verdict, reason } = judgement(raw, ...rounds)
  return [verdict, reason.code]
}

const r2 = { name: 'R2', addresses: ['10.0.12.2'] }

describe('a prefix in BGP', () => {
  it('says which test no path holds, what was tested before, and what is there instead', () => {
    const paths = [path(), path({ from: '10.0.13.3', isBest: false, asPath: [65003] }), path({ asPath: [65009, 65003] })]
    const { verdict, reason } = judgement({ from: 'R2', asPath: '65002 65009' }, facts(paths, { from: r2 }))
    expect([verdict, reason.code]).toEqual(['fail', 'BGP_PREFIX_AS_PATH'])
    expect(reason.data).toEqual({
      wanted: 'as_path=65002 65009',
      instead: ['65002 65003', '65009 65003'],
      tested: ['10.3.0.0/16', 'from=R2'],
    })
  })

  it('must have all attributes on one path, not each on another', () => {
    const paths = [path({ med: 10, communities: [] }), path({ med: 20, communities: ['65002:100'] })]
    expect(judge({ med: 10, communities: ['65002:100'] }, facts(paths))).toEqual(['fail', 'BGP_PREFIX_COMMUNITIES'])
  })

  it('contains AS numbers as whole numbers, one after the other', () => {
    expect(judge({ asPathContains: '65002 65003' }, facts([path()]))).toEqual(['pass', 'BGP_PREFIX_PRESENT'])
    expect(judge({ asPathContains: '6500' }, facts([path()]))).toEqual(['fail', 'BGP_PREFIX_AS_PATH'])
    expect(judge({ asPathContains: '65003 65002' }, facts([path()]))).toEqual(['fail', 'BGP_PREFIX_AS_PATH'])
  })

  it('takes a path without MED for one of MED 0', () => {
    expect(judge({ med: 0 }, facts([path()]))).toEqual(['pass', 'BGP_PREFIX_PRESENT'])
    expect(judge({ med: 5 }, facts([path()]))).toEqual(['fail', 'BGP_PREFIX_MED'])
  })

  it('is undecided where the platform does not show the attribute', () => {
    expect(judge({ localPref: 200 }, facts([path({ localPref: null })]))).toEqual(['inconclusive', 'BGP_PREFIX_UNSHOWN'])
    expect(judge({ localPref: 200, absent: true }, facts([path({ localPref: null })]))).toEqual(['inconclusive', 'BGP_PREFIX_UNSHOWN'])
  })

  it('of the device itself is from nobody else', () => {
    const own = facts([path({ from: null, asPath: [] })], { from: { name: 'R1', addresses: ['10.0.12.1'] }, isOwn: true })
    expect(judge({ from: 'R1' }, own)).toEqual(['pass', 'BGP_PREFIX_PRESENT'])
    expect(judge({ from: 'R2' }, { ...own, from: r2, isOwn: false })).toEqual(['fail', 'BGP_PREFIX_FROM'])
  })

  it('that must be absent fails when a path with all of it was there in one round', () => {
    expect(judge({ absent: true, from: 'R2' }, facts([path()], { from: r2 }), facts([], { from: r2 }))).toEqual([
      'fail',
      'BGP_PREFIX_FORBIDDEN',
    ])
    expect(judge({ absent: true, from: 'R2' }, facts([path({ from: '10.0.12.22' })], { from: r2 }))).toEqual(['pass', 'BGP_PREFIX_AWAY'])
  })

  it('fails where no BGP runs', () => {
    expect(judge({}, facts([], { isRunning: false }))).toEqual(['fail', 'BGP_NOT_RUNNING'])
    expect(judge({}, facts([]))).toEqual(['fail', 'BGP_PREFIX_MISSING'])
  })

  it('refuses what is no AS path, community or network', () => {
    const isRight = (raw: object) => bgpPrefix.params.safeParse({ prefix: '10.3.0.0/16', ...raw }).success
    expect(isRight({ asPath: '65002 | include x' })).toBe(false)
    expect(isRight({ asPath: ' ' })).toBe(false)
    expect(isRight({ communities: ['65002'] })).toBe(false)
    expect(isRight({ prefix: '10.3.0.1/16' })).toBe(false)
    expect(isRight({ communities: ['65002:1:2', 'no-export'] })).toBe(true)
  })
})
