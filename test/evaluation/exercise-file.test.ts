import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, exerciseHash, exerciseJsonSchema, maxFileBytes, readExercise, writeExercise } from '../../src/evaluation/index.ts'
import { createTranslator, sentenceText } from '../../src/strings/index.ts'

const t = createTranslator()
const file = `netpraxis: 1
title: Static routing between two LANs
statement: statement.md
project: lab.gns3project
vm: { memory: 4096, cores: 2 }
devices:
  PC1: { platform: vpcs }
  R1: { platform: cisco_ios, enable_password: cisco }
  SRV: { platform: linux, username: root, password: { secret: SRV_PASSWORD }, connect: { via: ssh, host: 10.0.2.10, jump: work-vm } }
preconfigure:
  - { device: R1, commands: [ "configure terminal", "hostname R1", "end" ], expect: "R1#" }
criteria:
  - id: pc1-reaches-srv
    title: PC1 reaches the server
    module: ping
    device: PC1
    params: { to: 10.0.2.10, max_drop: 2 }
    points: 2
    hint: Which gateway does PC1 use?
  - id: the-way
    title: By way of R1
    module: traceroute
    device: PC1
    params:
      to: SRV
      not_via: [ 10.9.9.9 ]
      via: [ R1 ]
    points: 1
    requires: [ pc1-reaches-srv ]
    within: 0
`

function problemsOf(text: string): [number | undefined, string, string][] {
  return (readExercise(text).problems ?? []).map(({ line, field, problem }) => [line, field, problem ? sentenceText(problem, t) : ''])
}

function valid(text: string) {
  const { exercise, problems } = readExercise(text)
  if (exercise === undefined) throw new Error(JSON.stringify(problems))
  return exercise
}

describe('an exercise file', () => {
  it('is read with every default written out', () => {
    const exercise = valid(file)
    expect(exercise).toMatchObject({ topology: 'fixed', network: 'isolated', create: 'enroll' })
    expect(exercise.devices.R1).toEqual({ platform: 'cisco_ios', enablePassword: 'cisco' })
    expect(exercise.criteria[0]).toMatchObject({
      visible: true,
      requires: [],
      within: 20,
      params: { to: '10.0.2.10', count: 5, maxDrop: 2, expect: 'success', warmup: 1, df: false },
    })
    expect(exercise.criteria[1]).toMatchObject({ within: 0, params: { notVia: ['10.9.9.9'], via: ['R1'], maxHops: 10, reach: true } })
  })

  it('written for people and read again is the same revision', () => {
    const exercise = valid(file)
    const text = writeExercise(exercise)
    expect(text).toContain('max_drop: 2')
    expect(text).toContain('secret: SRV_PASSWORD')
    expect(exerciseHash(valid(text))).toBe(exerciseHash(exercise))
  })

  it('may be JSON in camelCase', () => {
    const exercise = valid(file)
    expect(exerciseHash(valid(JSON.stringify(exercise)))).toBe(exerciseHash(exercise))
  })

  it('leaves device names as they are', () => {
    const names = file.replaceAll('PC1', 'my_PC_1')
    expect(Object.keys(valid(names).devices)).toEqual(['my_PC_1', 'R1', 'SRV'])
    expect(Object.keys(valid(writeExercise(valid(names))).devices)).toEqual(['my_PC_1', 'R1', 'SRV'])
  })

  it('has a hash that does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { z: 1, y: 2 }], c: 3 } })).toBe('{"a":{"c":3,"d":[2,{"y":2,"z":1}]},"b":1}')
  })
})

describe('all problems at once, each with its line', () => {
  it('of the form of the file', () => {
    const broken = file
      .replace('title: Static routing between two LANs', 'titel: x')
      .replace('platform: vpcs', 'platform: vpcs, colour: red')
      .replace('points: 2', 'points: -1')
    expect(problemsOf(broken)).toEqual([
      [1, 'title', 'is missing'],
      [2, 'titel', 'is not known here'],
      [7, 'devices.PC1.colour', 'is not known here'],
      [18, 'criteria.0.points', expect.any(String)],
    ])
  })

  it('across the file', () => {
    const broken = file
      .replace('module: ping', 'module: pnig')
      .replace('{ platform: cisco_ios,', '{ platform: cisco_iso,')
      .replace('    device: PC1\n    params:\n', '    device: PC9\n    params:\n')
      .replace('requires: [ pc1-reaches-srv ]', 'requires: [ nothing ]')
      .replace('device: R1, commands', 'device: R7, commands')
    expect(problemsOf(broken)).toEqual([
      [8, 'devices.R1.platform', expect.stringContaining('no platform "cisco_iso"')],
      [11, 'preconfigure.0.device', expect.stringContaining('no device "R7"')],
      [15, 'criteria.0.module', expect.stringContaining('no kind of check "pnig"')],
      [23, 'criteria.1.device', expect.stringContaining('no device "PC9"')],
      [29, 'criteria.1.requires.0', 'there is no criterion "nothing"'],
    ])
  })

  it.each([
    ['an unknown parameter', 'max_drop: 2', 'max_drp: 2', 17, 'criteria.0.params.max_drp', 'is not known here'],
    ['a parameter of a wrong type', 'max_drop: 2', 'max_drop: two', 17, 'criteria.0.params.max_drop', 'number'],
    ['a check that passes without a reply', 'max_drop: 2', 'max_drop: 5', 17, 'criteria.0.params.max_drop', 'less than count'],
    ['a second command in an address', 'to: 10.0.2.10', 'to: "10.0.2.10; reboot"', 17, 'criteria.0.params.to', 'IP address'],
    ['a line end in an address', 'to: 10.0.2.10', 'to: "10.0.2.10\\nreload"', 17, 'criteria.0.params.to', 'IP address'],
    ['a target device that does not exist', 'to: SRV', 'to: SVR', 24, 'criteria.1.params', 'no device "SVR"'],
    ['a parameter the platform cannot do', 'max_drop: 2', 'source: 10.0.0.1', 17, 'criteria.0.params', 'cannot do "source"'],
    ['an id used twice', 'id: the-way', 'id: pc1-reaches-srv', 20, 'criteria.1.id', 'used twice'],
    ['an id that is no folder name', 'id: the-way', 'id: ../../etc', 20, 'criteria.1.id', 'must be letters'],
    [
      'a criterion that requires itself',
      'requires: [ pc1-reaches-srv ]',
      'requires: [ the-way ]',
      29,
      'criteria.1.requires',
      'requires itself',
    ],
    ['a file outside the bundle', 'statement.md', '../statement.md', 3, 'statement', 'without ..'],
    ['an environment variable', '{ secret: SRV_PASSWORD }', '{ env: HOME }', 9, 'env', 'is refused'],
  ])('%s', (_name, from, to, line, field, message) => {
    const problems = problemsOf(file.replace(from, to))
    expect(problems).toContainEqual([line, field, expect.stringContaining(message)])
  })

  it('finds a longer circle of requirements', () => {
    const circle = file.replace('    hint: Which', '    requires: [ the-way ]\n    hint: Which')
    expect(problemsOf(circle).map(([, field]) => field)).toEqual(['criteria.0.requires', 'criteria.1.requires'])
  })

  it('names the line of broken YAML', () => {
    expect(problemsOf('netpraxis: 1\ntitle: "x\n')).toEqual([[expect.any(Number), 'file', expect.any(String)]])
    expect(problemsOf('a: 1\na: 2\n')[0]).toEqual([2, 'file', expect.stringContaining('unique')])
  })

  it('wants a platform and a device that can do the check', () => {
    const noDevice = file.replace('    module: ping\n    device: PC1\n', '    module: ping\n')
    expect(problemsOf(noDevice)).toEqual([[13, 'criteria.0', 'ping needs a device']])
  })
})

describe('a hostile file', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`)
    .join('\n')}\n`

  it('with anchors and aliases is refused before anything is built', () => {
    const started = Date.now()
    const problems = problemsOf(bomb)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every(([, , message]) => /aliases|anchors/.test(message))).toBe(true)
    expect(Date.now() - started).toBeLessThan(2_000)
  })

  it('that is too large is refused unread', () => {
    expect(problemsOf('x'.repeat(maxFileBytes + 1))).toEqual([[1, 'file', expect.stringContaining('larger than')]])
  })

  it('that is nested without end is refused', () => {
    const problems = problemsOf(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)
    expect(problems.length).toBeGreaterThan(0)
  })

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((junk) => file.replace('PC1', junk)),
        ),
        (text) => {
          const { exercise, problems } = readExercise(text)
          expect((exercise === undefined) !== (problems === undefined)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})

it('is described by a JSON Schema for editors', async () => {
  await expect(`${JSON.stringify(exerciseJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../docs/exercise.schema.json')
})
