import { describe, expect, it } from 'vitest'
import { type ConfigurationFacts, configuration } from '../../../src/evaluation/command-modules/configuration.ts'
import type { ConfigTree } from '../../../src/evaluation/config-tree.ts'
import { delimitedBanner, endsWithEnd, readBlocks } from '../../../src/evaluation/platforms/readings/config-reading.ts'

function tree(text: string): ConfigTree {
  const read = readBlocks(`${text}\nend\n`, { noise: [/^\s*!/, /^end$/], textEnd: delimitedBanner, complete: endsWithEnd })
  if (read === null) throw new Error('not read')
  return read
}

function judge(params: Record<string, unknown>, ...rounds: (string | Partial<ConfigurationFacts>)[]): string {
  const judged = configuration.judge(
    rounds.map((round, index) => {
      const facts = typeof round === 'string' ? { running: tree(round) } : round
      return { startedAfterMs: index, facts: { running: null, exists: true, saved: null, ...facts } }
    }),
    configuration.params.parse(params),
  )
  return `${judged.verdict} ${judged.reason.code}`
}

const present = (line: string, ...parents: string[]) => ({ lines: [{ line, parents }] })
const pattern = (source: string, ...parents: string[]) => ({ lines: [{ pattern: source, parents }] })

const text = `hostname R1
interface Loopback0
 description shutdown
 ip address 1.1.1.1 255.255.255.255
interface GigabitEthernet0/1
 ip address 10.0.0.1 255.255.255.0
router bgp 65001
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 description area 0
 address-family ipv4
  redistribute ospf6 1
 neighbor 10.0.0.3 remote-as 65003
banner motd #
router ospf 9
#
line vty 0 4
 login`

describe('a configuration', () => {
  it('has a line when it stands as a whole in its block', () => {
    expect(judge(present('ip address 10.0.0.1 255.255.255.0', 'interface Gi0/1'), text)).toBe('pass CONFIG_RIGHT')
    expect(judge(present('  ip   address 10.0.0.1 255.255.255.0 ', 'interface Gi0/1'), text)).toBe('pass CONFIG_RIGHT')
    expect(judge(present('neighbor 10.0.0.3 remote-as 65003', 'router bgp 65001'), text)).toBe('pass CONFIG_RIGHT')
  })

  it('does not have it when only a longer line begins so', () => {
    expect(judge(present('redistribute ospf', 'router bgp 65001', 'address-family ipv4'), text)).toBe('fail CONFIG_OTHER_VALUE')
    expect(judge(pattern('redistribute ospf', 'router bgp 65001', 'address-family ipv4'), text)).toBe('fail CONFIG_ABSENT_IN_BLOCK')
    expect(judge(pattern('redistribute ospf\\d \\d', 'router bgp 65001', 'address-family ipv4'), text)).toBe('pass CONFIG_RIGHT')
  })

  it('does not have it in another block, in a description or in a banner', () => {
    expect(judge(present('redistribute ospf6 1', 'router bgp 65001'), text)).toBe('fail CONFIG_OTHER_BLOCK')
    expect(judge(present('hostname R1', 'interface Loopback0'), text)).toBe('fail CONFIG_OUTSIDE')
    expect(judge(pattern('.*area 0', 'router bgp 65001'), text)).toBe('fail CONFIG_ABSENT_IN_BLOCK')
    expect(judge(present('router ospf 9'), text)).toBe('fail CONFIG_ABSENT')
    expect(judge(pattern('.*router ospf 9.*'), text)).toBe('fail CONFIG_ABSENT')
    expect(judge(pattern('description shut.*', 'interface Loopback0'), text)).toBe('pass CONFIG_RIGHT')
  })

  it('tells a missing block, a negated line and another value apart', () => {
    expect(judge(present('network 10.0.0.0', 'router rip'), text)).toBe('fail CONFIG_BLOCK_ABSENT')
    expect(judge(present('ip routing'), 'no ip routing')).toBe('fail CONFIG_NEGATED')
    expect(judge(present('hostname R2'), text)).toBe('fail CONFIG_OTHER_VALUE')
    expect(judge(present('login local', 'line vty 0 4'), text)).toBe('fail CONFIG_OTHER_VALUE')
  })

  it('keeps an order only where that is asked for', () => {
    const two = (ordered: boolean) => ({ lines: [{ line: 'deny any' }, { line: 'permit any', ordered }] })
    expect(judge(two(true), 'permit any\ndeny any')).toBe('fail CONFIG_ORDER')
    expect(judge(two(false), 'permit any\ndeny any')).toBe('pass CONFIG_RIGHT')
    expect(judge(two(true), 'permit any\ndeny any\npermit any')).toBe('pass CONFIG_RIGHT')
    expect(configuration.params.safeParse({ lines: [{ line: 'a', ordered: true }] }).success).toBe(false)
  })

  it('may have a forbidden line in no round', () => {
    const none = { lines: [{ pattern: 'shut.*', parents: ['interface Loopback0'], state: 'absent' }] }
    expect(judge(none, text, text)).toBe('pass CONFIG_RIGHT')
    expect(judge(none, text.replace(' description shutdown', ' shutdown'), text)).toBe('fail CONFIG_FORBIDDEN_IN_BLOCK')
  })

  it('is undecided, not wrong, when a pattern would never end', () => {
    const slow = `ip helper ${'1'.repeat(60)}`
    expect(judge(pattern('([a-z0-9. ]+)+x'), slow)).toBe('inconclusive REGEX_TOO_SLOW')
  })

  it('is saved when nothing is missing and nothing is left over', () => {
    const saved = (facts: ConfigurationFacts['saved']) => judge({ saved: true }, { running: tree(text), saved: facts })
    expect(saved({ unsaved: [], outdated: [] })).toBe('pass CONFIG_SAVED')
    expect(saved({ unsaved: ['a'], outdated: [] })).toBe('fail CONFIG_NOT_SAVED')
    expect(saved({ unsaved: [], outdated: ['a'] })).toBe('fail CONFIG_SAVED_OUTDATED')
    expect(saved('nothing')).toBe('fail CONFIG_NOTHING_SAVED')
  })

  it('of a file that is not there has no line', () => {
    const missing = { running: { form: 'blocks', lines: [] }, exists: false } as const
    expect(judge({ ...present('x'), source: '/etc/x' }, missing)).toBe('fail CONFIG_FILE_ABSENT')
    expect(judge({ lines: [{ line: 'x', state: 'absent' }], source: '/etc/x' }, missing)).toBe('pass CONFIG_RIGHT')
  })

  it.each([
    {},
    { lines: [{}] },
    { lines: [{ line: 'a', pattern: 'b' }] },
    { lines: [{ pattern: '(' }] },
    { lines: [{ line: 'a\nb' }] },
    { lines: [{ line: 'a' }], source: '/etc/../etc/passwd' },
    { lines: [{ line: 'a' }], source: '/etc/x; reboot' },
    { lines: [{ line: 'a' }], source: 'rm -rf /' },
  ])('is not asked for with %j', (params) => {
    expect(configuration.params.safeParse(params).success).toBe(false)
  })
})
