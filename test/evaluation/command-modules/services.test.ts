import { describe, expect, it } from 'vitest'
import { type FileContent, type FileFacts, file, fileParams } from '../../../src/evaluation/command-modules/file.ts'
import { type ListeningSocket, listening, listeningParams } from '../../../src/evaluation/command-modules/listening.ts'
import { process, processParams } from '../../../src/evaluation/command-modules/process.ts'
import { sysctl, sysctlParams } from '../../../src/evaluation/command-modules/sysctl.ts'
import { readHexAddress } from '../../../src/evaluation/platforms/linux/listening.ts'
import { shellWord } from '../../../src/evaluation/platforms/linux/programs.ts'
import { savedValue } from '../../../src/evaluation/platforms/linux/sysctl.ts'

const round = <Facts>(facts: Facts) => ({ startedAfterMs: 0, facts })

describe('a listening service', () => {
  const socket = (address: string, port = 53, processes: readonly string[] = ['named']): ListeningSocket => ({
    protocol: 'udp',
    address,
    port,
    processes,
  })
  const judge = (params: Record<string, unknown>, ...rounds: readonly (readonly ListeningSocket[])[]) =>
    listening.judge(
      rounds.map((sockets) => round({ sockets })),
      listeningParams.parse({ port: 53, protocol: 'udp', ...params }),
    ).reason.code

  it.each([
    ['0.0.0.0', '10.0.0.1', 'LISTENING'],
    ['*', 'fd00::1', 'LISTENING'],
    ['::', '10.0.0.1', 'LISTENING'],
    ['0.0.0.0', 'fd00::1', 'LISTENING_OTHER_ADDRESS'],
    ['10.0.0.10', '10.0.0.1', 'LISTENING_OTHER_ADDRESS'],
  ])('on %s serves %s or does not', (address, wanted, code) => {
    expect(judge({ address: wanted }, [socket(address)])).toBe(code)
  })

  it('is found by its port alone: 53 is not 5353', () => {
    expect(judge({}, [socket('0.0.0.0', 5353)])).toBe('LISTENING_ABSENT')
  })

  it('is known by the exact name of its process', () => {
    expect(judge({ process: 'name' }, [socket('0.0.0.0')])).toBe('LISTENING_OTHER_PROCESS')
    expect(judge({ process: 'named' }, [socket('0.0.0.0', 53, [])])).toBe('LISTENING_PROCESS_HIDDEN')
  })

  it('must be absent in every round', () => {
    expect(judge({ state: 'absent' }, [socket('127.0.0.1')], [])).toBe('LISTENING_FORBIDDEN')
  })
})

describe("the kernel's addresses", () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['1402050A', '10.5.2.20'],
    ['00000000000000000000000001000000', '::1'],
    ['000080FE00000000FF005450B9A1C2D3', 'fe80::5054:ff:d3c2:a1b9'],
  ])('%s is %s', (hex, address) => {
    expect(readHexAddress(hex)).toBe(address)
  })
})

describe('a process', () => {
  const facts = (name: string, program: string | null = name) => ({ processes: [{ pid: 1, name, program, user: 'root' }] })
  const judge = (name: string, found: ReturnType<typeof facts>) => process.judge([round(found)], processParams.parse({ name })).verdict

  it('is known by its exact name', () => {
    expect(judge('named', facts('named'))).toBe('pass')
    expect(judge('named', facts('named-checkconf'))).toBe('fail')
    expect(judge('name', facts('named'))).toBe('fail')
  })

  it('with a long name is not taken for another one that begins alike', () => {
    expect(judge('network-collector-a', facts('network-collect', 'network-collector-b'))).toBe('fail')
    expect(judge('network-collector-a', facts('network-collect', null))).toBe('fail')
  })
})

describe('a setting of the kernel', () => {
  const line = (file: string, key: string, value: string) => ({ file, key, value })
  const path = 'net/ipv4/ip_forward'

  it('has the value of the last file by name, /etc/sysctl.conf after all', () => {
    const lines = [line('/etc/sysctl.d/90-a.conf', path, '0'), line('/usr/lib/sysctl.d/99-z.conf', path, '1')]
    expect(savedValue(lines, path)?.value).toBe('1')
    expect(savedValue([line('/etc/sysctl.conf', path, '2'), ...lines], path)?.value).toBe('2')
  })

  it('is not taken from a file that a stronger folder replaces', () => {
    const lines = [line('/etc/sysctl.d/99-a.conf', 'net/ipv4/tcp_syncookies', '1'), line('/usr/lib/sysctl.d/99-a.conf', path, '1')]
    expect(savedValue(lines, path)).toBeNull()
  })

  it('may be set for all interfaces at once, but its own line is stronger', () => {
    const all = line('/etc/sysctl.d/99-z.conf', 'net/ipv4/conf/*/rp_filter', '2')
    expect(savedValue([all], 'net/ipv4/conf/eth0/rp_filter')?.value).toBe('2')
    expect(
      savedValue([line('/etc/sysctl.d/10-a.conf', 'net/ipv4/conf/eth0/rp_filter', '0'), all], 'net/ipv4/conf/eth0/rp_filter')?.value,
    ).toBe('0')
  })

  it('is compared word by word', () => {
    const judge = (value: string, live: string) =>
      sysctl.judge([round({ value: live })], sysctlParams.parse({ key: 'net.a.b', value })).verdict
    expect(judge('4096  1 2', '4096 1 2')).toBe('pass')
    expect(judge('1', '10')).toBe('fail')
  })

  it.each(['net.ipv4', 'net/../../etc/passwd', 'net.ipv4.x; reboot', 'net.$(reboot)'])('has a name that stays a name: %s', (key) => {
    expect(sysctlParams.safeParse({ key, value: 1 }).success).toBe(key === 'net.ipv4')
  })
})

describe('a file', () => {
  const attributes = { type: 'file', mode: '0644', owner: 'root', group: 'root', sizeBytes: 1 } as const
  const content: FileContent = { contains: [], regex: true, lines: 1, sha256: null, head: '' }
  const judge = (params: Record<string, unknown>, facts: FileFacts) => {
    const { verdict, reason } = file.judge([round(facts)], fileParams.parse({ path: '/etc/x', ...params }))
    return [verdict, reason.code]
  }

  it('is inconclusive where what was not read decides', () => {
    const cut = { ...content, contains: [{ text: 'a', found: null }], lines: null }
    expect(judge({ contains: ['a'] }, { file: attributes, content: cut })).toEqual(['inconclusive', 'FILE_TOO_LONG'])
    expect(judge({ regex: 'a' }, { file: attributes, content: { ...content, regex: 'too-slow' } })).toEqual([
      'inconclusive',
      'FILE_REGEX_TOO_SLOW',
    ])
  })

  it('that must be absent has no other wishes', () => {
    expect(fileParams.safeParse({ path: '/x', state: 'absent', mode: '644' }).success).toBe(false)
  })

  it('has its permissions in octal, with three digits or four', () => {
    expect(judge({ mode: 644 }, { file: attributes, content: null })).toEqual(['pass', 'FILE_FOUND'])
    expect(judge({ mode: '4755' }, { file: attributes, content: null })).toEqual(['fail', 'FILE_OTHER_MODE'])
  })

  it.each(['etc/passwd', '/etc/../x', '/a\nb'])('has an absolute path without surprises: %j is none', (path) => {
    expect(fileParams.safeParse({ path }).success).toBe(false)
  })
})

describe('a word of a shell', () => {
  it.each([
    ['plain-1.2_3/x', 'plain-1.2_3/x'],
    ["it's", "'it'\\''s'"],
    ['$(reboot); `id` !!', "'$(reboot); `id` !!'"],
    ['-rf', "'-rf'"],
    ['', "''"],
  ])('%s stays one word', (text, word) => {
    expect(shellWord(text)).toBe(word)
  })

  it('is refused when it has keys of a terminal in it', () => {
    expect(() => shellWord('a\u0003b')).toThrow(RangeError)
  })
})
