import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/evaluate.ts'
import { run as validate } from '../../src/cli/exercise.ts'
import { showIp, vpcsPing } from '../evaluation/fake-lab.ts'
import { captureIo } from './captured-io.ts'
import { type FakeVpcs, startFakeVpcs } from './fake-vpcs.ts'

const exercise = `netpraxis: 1
title: Two PCs
devices:
  PC1: { platform: vpcs }
criteria:
  - { id: near, title: PC1 reaches .2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 2, within: 0 }
  - { id: far, title: PC1 reaches .3, module: ping, device: PC1, params: { to: 10.0.0.3 }, points: 1, within: 0, requires: [ near ] }
  - { id: odd, title: PC1 reaches .4, module: ping, device: PC1, params: { to: 10.0.0.4 }, points: 1, within: 0 }
`

let folder: string
let pc1: FakeVpcs
/** Replies per target. */
let received: Record<string, number>

const path = (name: string) => join(folder, name)
const lab = () => ['--inventory', path('hosts.yaml')]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-evaluate-'))
  received = { '10.0.0.2': 5, '10.0.0.3': 5, '10.0.0.4': 5 }
  pc1 = await startFakeVpcs('PC1', (line) => {
    if (line === 'show ip') return showIp()
    const to = /^ping (\S+)/.exec(line)?.[1]
    const count = to === undefined ? undefined : received[to]
    return count === undefined ? `Bad command: "${line}". Use ? for help.\n` : vpcsPing(line, count)
  })
  await writeFile(path('exercise.yaml'), exercise)
  await writeFile(path('hosts.yaml'), `PC1: { hostname: 127.0.0.1, port: ${pc1.port}, platform: vpcs }\n`)
})

afterEach(async () => {
  await pc1.close()
  await rm(folder, { recursive: true, force: true })
})

describe('netpraxis evaluate', () => {
  it('ends with 0 when all passed, and reports it in JSON', async () => {
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--json', '-'], io)).toBe(0)
    const report = JSON.parse(io.out())
    expect(report).toMatchObject({ schema: 1, exercise: 'Two PCs', project: null, points: 4, maxPoints: 4, undecidedPoints: 0 })
    expect(report.counts).toEqual({ pass: 3, fail: 0, inconclusive: 0, skipped: 0 })
    expect(Object.keys(report.criteria[0]).sort()).toEqual(
      [
        'attempts',
        'device',
        'evidence',
        'expected',
        'found',
        'id',
        'maxPoints',
        'module',
        'passedAfterMs',
        'points',
        'reason',
        'title',
        'tookMs',
        'verdict',
        'why',
      ].sort(),
    )
    const [evidence] = report.criteria[0].evidence
    expect(evidence).toMatchObject({ device: 'PC1', command: 'ping 10.0.0.2 -c 5 -i 100 -w 1000', ended: 'prompt' })
    expect(evidence.text).toContain('84 bytes from 10.0.0.2 icmp_seq=5')
    expect(Buffer.from(evidence.raw, 'base64').toString('latin1')).toContain('84 bytes from 10.0.0.2 icmp_seq=5')
    expect(io.err()).toContain('asking PC1: ping 10.0.0.2')
  })

  it('ends with 1 when one failed, skips what rests on it, and writes JUnit and evidence', async () => {
    received['10.0.0.2'] = 0
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--junit', path('junit.xml'), '--evidence', path('evidence')], io)).toBe(1)
    const junit = await readFile(path('junit.xml'), 'utf8')
    expect(junit).toContain('tests="3" failures="1" errors="0" skipped="1"')
    expect(junit).toContain('<failure message="PC1 sent probes to 10.0.0.2, but nothing came back."')
    expect((await readdir(path('evidence/near'))).sort()).toEqual([
      '1-PC1.json',
      '1-PC1.raw',
      '1-PC1.txt',
      '2-PC1.json',
      '2-PC1.raw',
      '2-PC1.txt',
    ])
    expect(io.out()).toContain('1 of 4 points; 1 passed, 1 failed, 0 not decided, 1 skipped')
  })

  it('ends with 2 when nothing failed but something is undecided', async () => {
    delete received['10.0.0.4']
    expect(await run([path('exercise.yaml'), ...lab()], captureIo())).toBe(2)
  })

  it('ends with 2 when the console cannot be reached', async () => {
    await pc1.close()
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--json', '-'], io)).toBe(2)
    expect(JSON.parse(io.out()).criteria[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: { code: 'CONSOLE_UNREACHABLE', cause: 'infrastructure' },
    })
  })

  it('lets only the selected criteria decide, and lists what they require', async () => {
    received['10.0.0.4'] = 0
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--only', 'far', '--json', '-'], io)).toBe(0)
    expect(JSON.parse(io.out()).criteria.map((one: { id: string }) => one.id)).toEqual(['near', 'far'])
  })

  it('ends with 130 when it is interrupted, at once', async () => {
    const io = captureIo()
    const silent = await startFakeVpcs('PC1', (line) => {
      if (line.startsWith('ping')) setImmediate(() => io.stop.abort())
      return line.startsWith('ping') ? null : ''
    })
    try {
      await writeFile(path('hosts.yaml'), `PC1: { hostname: 127.0.0.1, port: ${silent.port}, platform: vpcs }\n`)
      expect(await run([path('exercise.yaml'), ...lab()], io)).toBe(130)
    } finally {
      await silent.close()
    }
  })
})

describe('wrong use ends with 64 before any device is asked', () => {
  const cases: [string, () => string[], RegExp][] = [
    ['no file', () => lab(), /name one exercise file/],
    ['no lab', () => [path('exercise.yaml')], /--gns3 or --inventory/],
    ['two labs', () => [path('exercise.yaml'), ...lab(), '--gns3', 'http://127.0.0.1:1'], /one of them/],
    ['an unknown option', () => [path('exercise.yaml'), ...lab(), '--fast'], /--fast/],
    ['a project with an inventory', () => [path('exercise.yaml'), ...lab(), '--project', 'x'], /--project goes with --gns3/],
    ['an address that is none', () => [path('exercise.yaml'), '--gns3', 'ftp://x'], /must be http/],
    [
      'a criterion that does not exist',
      () => [path('exercise.yaml'), ...lab(), '--only', 'nothing'],
      /no criterion "nothing"; there are near, far, odd/,
    ],
    ['a file that is not there', () => [path('none.yaml'), ...lab()], /none\.yaml: cannot be read \(ENOENT\)/],
    ['a folder that is not there', () => [path('exercise.yaml'), ...lab(), '--json', path('no/where.json')], /folder does not exist/],
    ['an inventory that is not there', () => [path('exercise.yaml'), '--inventory', path('none')], /none/],
  ]

  it.each(cases)('%s', async (_name, argv, message) => {
    const io = captureIo()
    expect(await run(argv(), io)).toBe(64)
    expect(io.err()).toMatch(message)
    expect(pc1.asked).toEqual([])
  })

  it('a broken exercise file, all problems with file and line', async () => {
    await writeFile(
      path('exercise.yaml'),
      exercise.replace('module: ping', 'module: pong').replace('points: 1, within: 0 }\n', 'points: -1, within: 0 }\n'),
    )
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab()], io)).toBe(64)
    expect(io.err()).toContain('exercise.yaml:8: criteria.2.points')
    expect(pc1.asked).toEqual([])
  })

  it('a device that the inventory lacks, with its line', async () => {
    await writeFile(path('hosts.yaml'), 'PC7: { hostname: 127.0.0.1, port: 1, platform: vpcs }\n')
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab()], io)).toBe(64)
    expect(io.err()).toContain('exercise.yaml:4: devices.PC1: the inventory has no host of this name; it has PC7')
  })

  it('all that is wrong with file, inventory, secrets and selection at once, each with its line', async () => {
    await writeFile(path('exercise.yaml'), exercise.replace('{ platform: vpcs }', '{ platform: vpcs, password: { secret: LAB_PW } }'))
    await writeFile(path('hosts.yaml'), '# hosts\nPC7: { platform: nonesuch }\nPC8: { groups: [ nobody ] }\n')
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab(), '--only', 'nothing'], io)).toBe(64)
    expect(io.err().trim().split('\n')).toEqual([
      expect.stringContaining('LAB_PW is not set'),
      expect.stringContaining('no criterion "nothing"'),
      expect.stringMatching(/hosts\.yaml:2: PC7: .*nonesuch/),
      expect.stringMatching(/hosts\.yaml:3: PC8: .*nobody/),
    ])
  })

  it('a secret that the environment does not have; its value never shows', async () => {
    await writeFile(path('exercise.yaml'), exercise.replace('{ platform: vpcs }', '{ platform: vpcs, password: { secret: LAB_PW } }'))
    const io = captureIo()
    expect(await run([path('exercise.yaml'), ...lab()], io)).toBe(64)
    expect(io.err()).toContain('LAB_PW')
    const withValue = captureIo({ LAB_PW: 'hunter2' })
    expect(await run([path('exercise.yaml'), ...lab(), '--json', '-'], withValue)).toBe(0)
    expect(withValue.out() + withValue.err()).not.toContain('hunter2')
  })
})

describe('a Nornir folder', () => {
  it('is read with groups that inherit, defaults, names of Netmiko and NAPALM, and data.transport', async () => {
    await writeFile(
      path('groups.yaml'),
      'pcs: { groups: [ consoles ], platform: generic_telnet }\nconsoles: { data: { transport: telnet } }\n',
    )
    await writeFile(path('defaults.yaml'), 'hostname: 127.0.0.1\n')
    await writeFile(
      path('hosts.yaml'),
      `PC1: { port: ${pc1.port}, platform: vpcs, groups: [ pcs ] }\nR1: { platform: ios }\nR2: { platform: cisco_ios_telnet }\n`,
    )
    expect(await run([path('exercise.yaml'), '--inventory', folder], captureIo())).toBe(0)
    expect(pc1.asked).toContain('show ip')
  })
})

describe('progress', () => {
  it('is shown on a terminal and not in a pipe', async () => {
    const piped = captureIo()
    expect(await run([path('exercise.yaml'), ...lab()], { ...piped, stderr: { ...piped.stderr, isTTY: false } })).toBe(0)
    expect(piped.err()).toBe('')
    expect(piped.out()).toContain('4 of 4 points')
  })
})

describe('netpraxis exercise validate', () => {
  it('accepts a valid file and says what it has', async () => {
    const io = captureIo()
    expect(await validate(['validate', path('exercise.yaml')], io)).toBe(0)
    expect(io.out()).toMatch(/exercise\.yaml: valid, 3 criteria, 4 points; checking takes 1 min \d+ s at most/)
  })

  it('lists the problems of all files', async () => {
    await writeFile(path('a.yaml'), 'netpraxis: 2\n')
    await writeFile(path('b.yaml'), '{')
    const io = captureIo()
    expect(await validate(['validate', path('a.yaml'), path('b.yaml'), path('exercise.yaml')], io)).toBe(64)
    expect(io.err()).toMatch(/a\.yaml:1: netpraxis: must be 1/)
    expect(io.err()).toMatch(/b\.yaml:1: file:/)
    expect(io.out()).toContain('valid')
  })
})
