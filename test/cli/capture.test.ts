import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/capture.ts'
import { run as compare } from '../../src/cli/compare.ts'
import { readConversation, writeConversation } from '../../src/cli/console-fixture.ts'
import { createTextRedactor, redactConfiguration } from '../../src/lib/redact-configuration.ts'
import { readAnswers } from '../evaluation/console-fixture.ts'
import { showIp, vpcsPing } from '../evaluation/fake-lab.ts'
import { captureIo } from './captured-io.ts'
import { type FakeVpcs, startFakeVpcs } from './fake-vpcs.ts'

const exercise = `netpraxis: 1
title: Two PCs
devices:
  PC1: { platform: vpcs }
criteria:
  - { id: near, title: PC1 reaches .2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 2, within: 60 }
  - { id: far, title: PC1 reaches .3, module: ping, device: PC1, params: { to: 10.0.0.3 }, points: 1, requires: [ near ] }
`

let folder: string
let pc1: FakeVpcs
let received: number
let address: string

const path = (name: string) => join(folder, name)
const lab = () => ['--inventory', path('hosts.yaml')]
const readJson = async (name: string) => JSON.parse(await readFile(path(name), 'utf8'))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-capture-'))
  received = 5
  address = '10.0.0.1/24'
  pc1 = await startFakeVpcs('PC1', (line) => {
    if (line === 'show ip') return showIp(address)
    if (line === 'echo') return 'welcome, opensesame\n'
    return line.startsWith('ping') ? vpcsPing(line, received) : `Bad command: "${line}". Use ? for help.\n`
  })
  await writeFile(path('exercise.yaml'), exercise)
  await writeFile(path('hosts.yaml'), `PC1: { hostname: 127.0.0.1, port: ${pc1.port}, platform: vpcs, password: opensesame }\n`)
})

afterEach(async () => {
  await pc1.close()
  await rm(folder, { recursive: true, force: true })
})

describe('netpraxis capture --state', () => {
  it('keeps configurations and what every criterion reads, asking each once', async () => {
    received = 0
    expect(await run([path('exercise.yaml'), ...lab(), '--state', path('state.json')], captureIo())).toBe(2)
    const state = await readJson('state.json')
    expect(state).toMatchObject({ schema: 1, kind: 'state', exercise: 'Two PCs', project: null })
    expect(state.configurations).toEqual([
      { device: 'PC1', kind: 'running', source: 'show ip', text: expect.stringContaining('IP/MASK     : 10.0.0.1/24'), problem: null },
      { device: 'PC1', kind: 'saved', source: 'startup.vpc', text: null, problem: 'LAB_STATE_UNREADABLE' },
    ])
    expect(state.criteria.map((one: { id: string; verdict: string }) => [one.id, one.verdict])).toEqual([
      ['near', 'fail'],
      ['far', 'fail'],
    ])
    expect(pc1.asked.filter((line) => line.startsWith('ping 10.0.0.2'))).toHaveLength(1)
  })

  it('says at once all that is wrong, and asks nothing', async () => {
    const text = exercise.replace(
      'PC1: { platform: vpcs }',
      'PC1: { platform: vpcs, password: { secret: KEY } }\n  PC9: { platform: vpcs }',
    )
    await writeFile(path('wrong.yaml'), text)
    const io = captureIo()
    expect(await run([path('wrong.yaml'), ...lab(), '--criterion', 'nothing', '--fixture', path('x')], io)).toBe(64)
    expect(io.err().split('\n')).toEqual([
      expect.stringContaining('the environment variable KEY is not set'),
      expect.stringContaining('--criterion: there is no criterion "nothing"'),
      expect.stringMatching(/wrong\.yaml:5: devices\.PC9: the inventory has no host of this name/),
      '',
    ])
    expect(pc1.asked).toEqual([])
  })

  it('makes two states that compare tells apart', async () => {
    await run([path('exercise.yaml'), ...lab(), '--state', path('before.json')], captureIo())
    address = '10.0.0.1/25'
    received = 4
    await run([path('exercise.yaml'), ...lab(), '--state', path('after.json')], captureIo())
    const io = captureIo()
    expect(await compare([path('before.json'), path('after.json')], io)).toBe(1)
    expect(io.out()).toContain('- IP/MASK     : 10.0.0.1/24\n    + IP/MASK     : 10.0.0.1/25')
    expect(io.out()).toContain('target.received: 5 → 4')
    const same = captureIo()
    // what an inventory cannot tell, the file in the folder of GNS3, stays open
    expect(await compare([path('before.json'), path('before.json')], same)).toBe(2)
  })

  it('goes to standard output', async () => {
    const io = captureIo()
    await run([path('exercise.yaml'), ...lab(), '--state', '-'], io)
    expect(JSON.parse(io.out()).kind).toBe('state')
  })
})

describe('netpraxis capture --criterion', () => {
  it('writes a fixture in the form of the tests, with what was read in it', async () => {
    const io = captureIo()
    expect(
      await run([path('exercise.yaml'), ...lab(), '--criterion', 'far', '--fixture', path('replied.txt'), '--source', 'a test'], io),
    ).toBe(0)
    expect(io.out()).toContain(`written: ${path('replied.json')}`)
    expect(await readJson('replied.json')).toMatchObject({
      source: 'a test',
      device: 'PC1',
      params: { to: '10.0.0.3', count: 5 },
      facts: { target: { sent: 5, received: 5 } },
      verdict: 'pass',
      reason: 'PING_REPLIED',
    })
    const answers = readAnswers(await readFile(path('replied.txt'), 'utf8'))
    expect(answers.map(({ device, command }) => [device, command])).toEqual([
      ['PC1', 'ping 10.0.0.3 -c 5 -i 100 -w 1000'],
      ['PC1', 'show ip'],
    ])
    expect(answers[0]?.text).toContain('84 bytes from 10.0.0.3 icmp_seq=5')
  })

  it('writes why an answer could not be read, and one try of it', async () => {
    address = 'garbage'
    expect(await run([path('exercise.yaml'), ...lab(), '--criterion', 'near', '--fixture', path('odd')], captureIo())).toBe(0)
    const fixture = await readJson('odd.json')
    expect(fixture).toMatchObject({ unreadable: { code: 'SHOW_IP_UNREADABLE', cause: 'infrastructure' }, verdict: 'inconclusive' })
    expect(fixture.source).toMatch(/^recorded by netpraxis capture from an inventory on \d{4}-\d\d-\d\d$/)
    expect(readAnswers(await readFile(path('odd.txt'), 'utf8'))).toHaveLength(2)
  })

  it('ends with 2 and writes nothing when the device cannot be asked', async () => {
    await pc1.close()
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--criterion', 'near', '--fixture', path('none')], io)).toBe(2)
    expect(io.err()).toContain('PC1 could not be asked: no connection')
    expect(await readdir(folder)).not.toContain('none.txt')
  })
})

describe('netpraxis capture --command', () => {
  it('asks one device without an exercise, and takes the passwords of the inventory out', async () => {
    const io = captureIo()
    const argv = [...lab(), '--device', 'PC1', '--command', 'echo', '--command', 'show ip', '--fixture', path('talk')]
    expect(await run(argv, io)).toBe(0)
    expect(pc1.asked).toEqual(['echo', 'show ip'])
    const text = await readFile(path('talk.txt'), 'utf8')
    expect(text).toMatch(/^source: recorded by netpraxis capture/)
    expect(text).toContain('### PC1: echo\nwelcome, [removed]\n')
    expect(readAnswers(text)).toHaveLength(2)
  })
})

describe('wrong use ends with 64 before any device is asked', () => {
  const cases: [string, () => string[], RegExp][] = [
    ['no output', () => [path('exercise.yaml'), ...lab()], /--state or --fixture/],
    ['two outputs', () => [path('exercise.yaml'), ...lab(), '--state', '-', '--fixture', 'x'], /one of them/],
    ['a state of one device', () => [path('exercise.yaml'), ...lab(), '--state', '-', '--device', 'PC1'], /--state is of all devices/],
    ['a state without a file', () => [...lab(), '--state', '-'], /name the exercise file/],
    ['a fixture of nothing', () => [path('exercise.yaml'), ...lab(), '--fixture', path('x')], /--criterion ID, or --device/],
    ['no lab', () => [path('exercise.yaml'), '--state', '-'], /--gns3 or --inventory/],
    [
      'a criterion that does not exist',
      () => [path('exercise.yaml'), ...lab(), '--criterion', 'x', '--fixture', path('x')],
      /no criterion "x"; there are near, far/,
    ],
    [
      'a device that does not exist',
      () => [path('exercise.yaml'), ...lab(), '--device', 'R9', '--command', 'x', '--fixture', path('x')],
      /no device "R9"; it has PC1/,
    ],
    [
      'a platform that does not exist',
      () => [...lab(), '--device', 'PC1', '--platform', 'ios9', '--command', 'x', '--fixture', path('x')],
      /no platform is called ios9/,
    ],
    ['a folder that is not there', () => [path('exercise.yaml'), ...lab(), '--state', path('no/where.json')], /folder does not exist/],
  ]
  it.each(cases)('%s', async (_name, argv, message) => {
    const io = captureIo()
    expect(await run(argv(), io)).toBe(64)
    expect(io.err()).toMatch(message)
    expect(pc1.asked).toEqual([])
  })
})

describe('a conversation', () => {
  it('is read as it was written, by the tests too', () => {
    const text = '### R1: show ip route\nC 10.0.0.0/24\n### R1: show version\nIOS: 15\n'
    expect(writeConversation(readConversation(text), (same) => same)).toBe(text)
    expect(readConversation(text).map(({ command, text: answer }) => [command, answer])).toEqual(
      readAnswers(text).map(({ command, text: answer }) => [command, answer]),
    )
  })

  it('does not let an answer look like another question', () => {
    const [answer] = readConversation('### R1: show banner\nx\n')
    const hostile = writeConversation(answer === undefined ? [] : [{ ...answer, text: 'x\n### R1: show version\ny' }], (same) => same)
    expect(readConversation(hostile)).toHaveLength(1)
  })
})

describe('secrets of a configuration', () => {
  it.each([
    ['enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0', 'enable secret 5 [removed]'],
    ['enable password cisco', 'enable password [removed]'],
    ['username admin privilege 15 password 7 0822455D0A16', 'username admin privilege 15 password 7 [removed]'],
    [' ip ospf message-digest-key 1 md5 7 094F471A1A0A', ' ip ospf message-digest-key 1 md5 7 [removed]'],
    [' neighbor 10.0.0.2 password topsecret', ' neighbor 10.0.0.2 password [removed]'],
    ['snmp-server community public RO', 'snmp-server community [removed] RO'],
    ['  key-string 7 0822455D0A16', '  key-string 7 [removed]'],
    ['tacacs-server host 10.0.0.9 key 7 0822455D0A16', 'tacacs-server host 10.0.0.9 key 7 [removed]'],
    ['crypto isakmp key topsecret address 10.0.0.2', 'crypto isakmp key [removed] address 10.0.0.2'],
    [
      'set system root-authentication encrypted-password "$6$abcdefgh$ijklmnop"',
      'set system root-authentication encrypted-password [removed]',
    ],
    ['username admin secret sha512 $6$abcdefgh$ijklmnop', 'username admin secret sha512 [removed]'],
    ['root:$6$abcdefgh$ijklmnopqrstuvwxyz:19000:0:99999:7:::', 'root:[removed]:19000:0:99999:7:::'],
  ])('are taken out of "%s"', (line, clean) => {
    expect(redactConfiguration(line)).toBe(clean)
  })

  it.each(['no service password-encryption', 'service password-encryption', 'ip address 10.0.0.1 255.255.255.0', ' password: '])(
    'are not seen in "%s"',
    (line) => expect(redactConfiguration(line)).toBe(line),
  )

  it('leaves short values alone, which would cut words to pieces', () => {
    expect(createTextRedactor(['cisco', 'opensesame'])('cisco IOS, opensesame')).toBe('cisco IOS, [removed]')
  })
})
