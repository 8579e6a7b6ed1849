import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/compare.ts'
import { diffLines } from '../../src/cli/line-diff.ts'
import { captureIo } from './captured-io.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpraxis-compare-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const running = (device: string, text: string | null, problem: string | null = null) => ({
  device,
  kind: 'running',
  source: 'show running-config',
  text,
  problem,
})
const ping = (changes: object = {}) => ({
  id: 'near',
  title: 'PC1 reaches .2',
  device: 'PC1',
  verdict: 'pass',
  reason: { code: 'PING_REPLIED', data: { to: '10.0.0.2' } },
  facts: [{ target: { sent: 5, received: 0 } }, { target: { sent: 5, received: 5, errors: [] } }],
  ...changes,
})

async function compare(left: unknown, right: unknown, ...more: string[]) {
  const files = [join(folder, 'left.json'), join(folder, 'right.json')]
  await writeFile(files[0] ?? '', typeof left === 'string' ? left : JSON.stringify(left))
  await writeFile(files[1] ?? '', typeof right === 'string' ? right : JSON.stringify(right))
  const io = captureIo()
  const status = await run([...files, ...more], io)
  return { status, out: io.out(), err: io.err() }
}

const r1 = (next: string) => `Building configuration...

Current configuration : 1234 bytes
!
! Last configuration change at 10:00:00 UTC Mon Mar 1 1993
hostname R1
!
interface GigabitEthernet0/0
 ip address 10.0.0.1 255.255.255.0
 no shutdown
!
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.255.0
!
ip route 0.0.0.0 0.0.0.0 ${next}
end
`

describe('netpraxis compare', () => {
  it('ends with 0 and one sentence when nothing differs but times and byte counts', async () => {
    const later = r1('10.0.0.254').replace('1234', '1240').replace('10:00:00', '11:11:11')
    const { status, out } = await compare(
      { configurations: [running('R1', r1('10.0.0.254'))], criteria: [ping()] },
      { configurations: [running('R1', later)], criteria: [ping()] },
    )
    expect([status, out]).toEqual([0, 'No difference.\n'])
  })

  it('shows changed lines under those they stand under, device by device', async () => {
    const changed = r1('10.0.0.253').replace(' ip address 10.1.0.1 255.255.255.0\n', ' ip address 10.1.0.1 255.255.255.128\n shutdown\n')
    const { status, out } = await compare(
      { configurations: [running('R2', 'hostname R2\n'), running('R1', r1('10.0.0.254'))] },
      { configurations: [running('R2', 'hostname R2\n'), running('R1', changed)] },
    )
    expect(status).toBe(1)
    expect(out).toBe(`R1
  running configuration (show running-config)
      interface GigabitEthernet0/1
    -  ip address 10.1.0.1 255.255.255.0
    +  ip address 10.1.0.1 255.255.255.128
    +  shutdown
    - ip route 0.0.0.0 0.0.0.0 10.0.0.254
    + ip route 0.0.0.0 0.0.0.0 10.0.0.253

`)
  })

  it('shows verdicts and the facts of the last round, by their place', async () => {
    const lost = ping({
      verdict: 'fail',
      reason: { code: 'PING_LOST', data: {} },
      facts: [{ target: { sent: 5, received: 2, errors: [{ kind: 'filtered' }] } }],
    })
    const { status, out } = await compare({ criteria: [ping()] }, { criteria: [lost] })
    expect(status).toBe(1)
    expect(out).toBe(`PC1
  near: PC1 reaches .2: pass PING_REPLIED → fail PING_LOST
      target.received: 5 → 2
      target.errors: [] → –
      target.errors.0.kind: – → filtered

`)
  })

  it('ends with 2 when nothing differs but something could not be compared', async () => {
    const { status, out } = await compare(
      { configurations: [running('R1', null, 'DEVICE_STOPPED')], criteria: [] },
      { configurations: [running('R1', r1('10.0.0.254'))], criteria: [] },
    )
    expect(status).toBe(2)
    expect(out).toContain('Not compared: R1, running: show running-config: the left state does not have it (R1 is off)')
    expect(out).toContain('No difference in what could be compared.')
  })

  it('takes a file that a device does not have for an empty one, and two such files for the same', async () => {
    const saved = (text: string | null) => ({
      ...running('PC1', text, text === null ? 'FILE_MISSING' : null),
      kind: 'saved',
      source: 'startup.vpc',
    })
    expect((await compare({ configurations: [saved(null)] }, { configurations: [saved(null)] })).status).toBe(0)
    const { status, out } = await compare({ configurations: [saved(null)] }, { configurations: [saved('ip 10.0.0.1/24')] })
    expect(status).toBe(1)
    expect(out).toContain('+ ip 10.0.0.1/24')
  })

  it('reads what evaluate and the API give', async () => {
    const report = {
      schema: 1,
      exercise: 'x',
      project: null,
      points: 1,
      criteria: [{ ...ping(), facts: undefined, why: '', evidence: [] }],
    }
    const other = { ...report, criteria: [{ ...report.criteria[0], reason: { code: 'PING_REPLIED', data: { to: '10.0.0.3' } } }] }
    expect((await compare(report, other)).out).toContain('to: 10.0.0.2 → 10.0.0.3')
    const list = { items: [{ ...running('R1', r1('10.0.0.254')), capturedAt: '2026-01-01T00:00:00Z' }] }
    expect((await compare(list, list)).status).toBe(0)
  })

  it('gives the same as JSON', async () => {
    const { status, out } = await compare(
      { configurations: [running('R1', 'a\n b\n')] },
      { configurations: [running('R1', 'a\n c\n')] },
      '--json',
    )
    expect(status).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      same: false,
      devices: [
        {
          device: 'R1',
          configurations: [
            {
              kind: 'running',
              source: 'show running-config',
              changes: [
                { change: 'removed', under: ['a'], line: 'b' },
                { change: 'added', under: ['a'], line: 'c' },
              ],
            },
          ],
          criteria: [],
        },
      ],
      notCompared: [],
    })
  })

  it('ends with 64 for wrong use and for files that are no states', async () => {
    expect(await run(['one.json'], captureIo())).toBe(64)
    const io = captureIo()
    expect(await run([join(folder, 'none.json'), join(folder, 'neither.json')], io)).toBe(64)
    expect(io.err().split('\n')).toEqual(
      ['none', 'neither'].map((name) => expect.stringContaining(`${name}.json: cannot be read`)).concat(''),
    )
    for (const file of ['not JSON', '{}', '[]', '{"items": 3}']) {
      const { status, err } = await compare(file, { criteria: [ping()] })
      expect([status, err]).toEqual([64, `${join(folder, 'left.json')}: is no captured state\n`])
    }
  })
})

describe('the difference of two configurations', () => {
  const show = (left: string, right: string) =>
    diffLines(left, right).map(({ change, under, line }) => `${change === 'added' ? '+' : '-'}${[...under, line].join('/')}`)

  it('tells the same line in two blocks apart', () => {
    expect(show('a\n x\nb\n', 'a\nb\n x\n')).toEqual(['-a/x', '+b/x'])
  })

  it('minds the order, as of an access list', () => {
    expect(show('permit 1\ndeny any\n', 'deny any\npermit 1\n')).toHaveLength(2)
  })

  it('is exact: what is taken away and put in makes the other text', () => {
    const letters = ['a', 'b', ' c', ' d', '  e']
    for (let seed = 1; seed < 60; seed += 1) {
      const text = (step: number) =>
        Array.from({ length: 12 }, (_, index) => letters[(seed * step + index * index * step) % letters.length]).join('\n')
      const [left, right] = [text(7), text(11)]
      const changes = diffLines(left, right)
      const count = (changed: string) => changes.filter(({ change }) => change === changed).length
      expect(12 - count('removed') + count('added')).toBe(12)
      expect(diffLines(left, left)).toEqual([])
    }
  })

  it('does not mind seconds that count down', () => {
    const address = (seconds: number) => `2: eth0:\n    inet 10.0.0.1/24\n       valid_lft ${seconds}sec preferred_lft ${seconds}sec\n`
    expect(diffLines(address(86_000), address(85_000))).toEqual([])
  })
})
