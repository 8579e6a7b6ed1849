import { describe, expect, it } from 'vitest'
import type { ConfigTree } from '../../../../src/evaluation/config-tree.ts'
import {
  ciscoNoise,
  compareSaved,
  delimitedBanner,
  endsWithEnd,
  readBlocks,
} from '../../../../src/evaluation/platforms/readings/config-reading.ts'

const read = (text: string): ConfigTree | null => readBlocks(text, { noise: ciscoNoise, textEnd: delimitedBanner, complete: endsWithEnd })

function lines(text: string): ConfigTree {
  const tree = read(text)
  if (tree === null) throw new Error('not read')
  return tree
}

describe('reading a configuration by its indentation', () => {
  it('keeps a block together when a log line falls into it', () => {
    const tree = lines(
      'interface Gi0/0\n*Mar  1 00:03:22.075: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up\n ip address 1.1.1.1 255.0.0.0\nend',
    )
    expect(tree.lines.map(({ text, children }) => [text, children.map((child) => child.text)])).toEqual([
      ['interface Gi0/0', ['ip address 1.1.1.1 255.0.0.0']],
    ])
  })

  it('takes a banner for one text, whatever stands in it', () => {
    for (const banner of ['banner motd ^C\ninterface X\nend\n^C', 'banner login #interface X#', 'banner exec @ a\nb @']) {
      const tree = lines(`${banner}\nhostname R1\nend`)
      expect(tree.lines.map(({ isFreeText }) => isFreeText)).toEqual([true, false])
    }
  })

  it('reads nothing that did not come whole', () => {
    expect(read('hostname R1\ninterface X')).toBeNull()
    expect(read('banner motd #\nhostname R1\nend')).toBeNull()
    expect(read('hostname R1\nend\n*Mar  1 00:03:22.075: %SYS-5-CONFIG_I: Configured from console')).not.toBeNull()
  })
})

describe('comparing what runs with what is saved', () => {
  const base = 'hostname R1\ninterface X\n shutdown\nend'

  it('ignores times, hashes and what changes by itself', () => {
    const running = lines(`Building configuration...\n! changed at 10:00\nenable secret 5 abc\nntp clock-period 17\n${base}`)
    const saved = lines(`Using 100 out of 200 bytes\n! changed at 09:00\nenable secret 5 def\nntp clock-period 18\n${base}`)
    expect(compareSaved(running, saved)).toEqual({ unsaved: [], outdated: [] })
  })

  it('finds a value that is no hash, and an order of its own is no difference', () => {
    const one = lines('route-map X permit 10\n set community 65001:1\nhostname R1\nend')
    const other = lines('hostname R1\nroute-map X permit 10\n set community 65001:2\nend')
    expect(compareSaved(one, other).unsaved).toEqual(['route-map X permit 10 > set community 65001:1'])
    expect(compareSaved(lines('a\nb\nend'), lines('b\na\nend'))).toEqual({ unsaved: [], outdated: [] })
  })

  it('finds an access list whose lines are in another order', () => {
    const list = (...rules: string[]) => lines(['ip access-list extended X', ...rules.map((rule) => ` ${rule}`), 'end'].join('\n'))
    expect(compareSaved(list('deny any', 'permit any'), list('permit any', 'deny any')).unsaved).toHaveLength(2)
    expect(compareSaved(list('deny any', 'permit any'), list('deny any', 'permit any')).unsaved).toEqual([])
  })

  it('finds the same line in another block', () => {
    const saved = lines('hostname R1\ninterface X\ninterface Y\n shutdown\nend')
    expect(compareSaved(lines(base), saved)).toEqual({
      unsaved: ['interface X > shutdown'],
      outdated: ['interface Y', 'interface Y > shutdown'],
    })
  })
})
