import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { commandModules, findCommandModule, findReaderOf, layers, platforms } from '../../src/evaluation/index.ts'
import { describeFields, listModuleGroups, makeCriterionRow, readCriterion } from '../../src/exercises/criterion-form.ts'
import { type Parameter, parametersOf, parseParameter, writeParameter } from '../../src/exercises/criterion-parameters.ts'
import { criterionValues } from '../../src/exercises/exercise-draft.ts'
import { createTranslator } from '../../src/strings/index.ts'

const t = createTranslator()
const devices = [
  { name: 'PC1', platform: 'vpcs' },
  { name: 'R1', platform: 'cisco_ios' },
]
const names = devices.map(({ name }) => name)

describe('the form of a criterion', () => {
  it.each(commandModules.map((module) => [module.name, module] as const))('has words for every parameter of %s', (name, module) => {
    const fields = describeFields(module, names, t)
    expect(fields.every(({ label }) => label !== '')).toBe(true)
    const row = makeCriterionRow(0, { module: name }, devices, t)
    const asked = row?.sentence.flatMap((part) => (part.kind === 'words' ? [] : [part.field.name]))
    expect([...(asked ?? [])].sort()).toEqual(fields.map((field) => field.name).sort())
  })

  it.each(commandModules.map((module) => [module.name, module] as const))(
    'asks for nothing by itself that nobody chose, for %s',
    (name, module) => {
      const row = makeCriterionRow(0, { module: name }, devices, t)
      const typed = Object.fromEntries(
        (row?.sentence ?? []).flatMap((part): [string, string][] =>
          // what a browser sends for a select is its first choice where none is marked
          part.kind === 'words' ? [] : [[`params.${part.field.name}`, part.value || (part.field.choices[0]?.value ?? '')]],
        ),
      )
      const { params } = readCriterion({ module: name, ...typed })
      const usual = new Set(parametersOf(module).flatMap((one) => (one.usual === '' && !one.isRequired ? [one.name] : [])))
      expect(Object.keys(params as object).filter((one) => usual.has(one))).toEqual([])
    },
  )

  it('reads as a sentence, with the usual values filled in', () => {
    const row = makeCriterionRow(2, { module: 'ping', device: 'R1', 'params.to': '10.0.0.1' }, devices, t)
    const sentence = row?.sentence.map((part) => (part.kind === 'words' ? part.words : part.value)).join(' ')
    expect(sentence).toContain('R1 pings 10.0.0.1 5 times, and it success with at most 1 lost')
    expect(row?.sentence).toContainEqual(expect.objectContaining({ kind: 'field', input: 'criteria.2.params.maxDrop' }))
  })

  it('starts visible, and stays hidden from students once unticked', () => {
    expect(makeCriterionRow(0, { module: 'ping' }, devices, t)?.isVisible).toBe(true)
    expect(makeCriterionRow(0, { module: 'ping', title: 'A' }, devices, t)?.isVisible).toBe(false)
    expect(makeCriterionRow(0, { module: 'ping', title: 'A', visible: 'true' }, devices, t)?.isVisible).toBe(true)
  })

  it('has no row for a kind that does not exist', () => {
    expect(makeCriterionRow(0, { module: 'pingg' }, devices, t)).toBeUndefined()
  })

  it('turns what was typed into the values that the module itself accepts', () => {
    const criterion = readCriterion({
      module: 'ping',
      id: 'a',
      title: 'A',
      points: '2.5',
      visible: 'true',
      device: 'R1',
      requires: 'b, c',
      within: '20',
      'params.to': ' 10.0.0.1 ',
      'params.count': '4',
      'params.df': 'true',
      'params.source': '',
    })
    expect(criterion).toEqual({
      id: 'a',
      title: 'A',
      module: 'ping',
      device: 'R1',
      points: 2.5,
      visible: true,
      requires: ['b', 'c'],
      within: 20,
      params: { to: '10.0.0.1', count: 4, df: true },
    })
    expect(findCommandModule('ping')?.params.safeParse(criterion.params).success).toBe(true)
  })

  it('leaves a wrong number as it was typed, so that the schema can name it', () => {
    const { params, points } = readCriterion({ module: 'ping', points: 'two', 'params.count': '5x' })
    expect({ params, points }).toEqual({ params: { count: '5x' }, points: 'two' })
  })

  it('splits lists, as the hops of a path', () => {
    expect(readCriterion({ module: 'traceroute', 'params.via': 'R1, R2 *' }).params).toEqual({ via: ['R1', 'R2', '*'] })
  })

  it('offers only devices that can be asked, and keeps a chosen one that cannot, saying why', () => {
    const own = commandModules.find((module) => module.needsDevice && findReaderOf(module, 'vpcs') === undefined)
    if (own === undefined) throw new Error('VPCS can be asked everything')
    const offered = (device: string) => {
      const row = makeCriterionRow(0, { module: own.name, device }, [{ name: 'PC1', platform: 'vpcs' }], t)
      const part = row?.sentence.find((one) => one.kind !== 'words' && one.field.name === 'device')
      return { proof: row?.proof, choices: part === undefined || part.kind === 'words' ? [] : part.field.choices.map(({ value }) => value) }
    }
    expect(offered('')).toEqual({ proof: null, choices: [] })
    expect(offered('PC1')).toMatchObject({ proof: { mark: 'none', isSupported: false }, choices: ['PC1'] })
    expect(offered('PC1').proof?.meaning).toMatch(/^a vpcs device cannot be asked this: /)
  })

  it('says how far the answer can be trusted', () => {
    const row = makeCriterionRow(0, { module: 'ping', device: 'R1' }, devices, t)
    const proof = findReaderOf({ name: 'ping', needsDevice: true }, 'cisco_ios')?.proof
    expect(row?.proof).toEqual({ mark: proof, meaning: t(`platforms.proofs.${proof}`), isSupported: true })
  })

  it('conceals what is expected only when the box is ticked', () => {
    expect(readCriterion({ module: 'ping', conceal: 'true' })).toMatchObject({ reveal: false })
    expect(readCriterion({ module: 'ping' })).not.toHaveProperty('reveal')
    expect(criterionValues({ module: 'ping', reveal: false }).conceal).toBe('true')
  })

  it('reads back what a row shows', () => {
    const values = { module: 'traceroute', id: 'p', title: 'P', points: '1', device: 'PC1', 'params.to': 'PC2', 'params.via': 'R1 R2' }
    const row = makeCriterionRow(0, values, devices, t)
    const typed = Object.fromEntries(
      (row?.sentence ?? []).flatMap((part) =>
        part.kind !== 'words' && part.field.name !== 'device' ? [[`params.${part.field.name}`, part.value]] : [],
      ),
    )
    const params = readCriterion({ module: 'traceroute', ...typed }).params
    expect(params).toEqual({ to: 'PC2', via: ['R1', 'R2'], maxHops: 10, reach: true })
    expect(findCommandModule('traceroute')?.params.safeParse(params).success).toBe(true)
  })
})

describe('the kinds on offer', () => {
  const labels = (groups: ReturnType<typeof listModuleGroups>) => groups.map(({ label }) => label)
  const values = (groups: ReturnType<typeof listModuleGroups>) => groups.flatMap(({ choices }) => choices.map(({ value }) => value)).sort()

  it('are grouped by layer, in the order of asking', () => {
    const all = layers.map((layer) => t(`pages.exerciseForm.layers.${layer}`))
    const shown = labels(listModuleGroups(devices, t))
    expect(shown).toEqual(all.filter((label) => shown.includes(label)))
    expect(shown.length).toBeGreaterThan(1)
  })

  it('are all of them while no device is known', () => {
    expect(values(listModuleGroups([], t))).toEqual(commandModules.map(({ name }) => name).sort())
  })

  it.each(platforms.map(({ id }) => id))('are those that a %s can be asked, and what GNS3 answers', (platform) => {
    const offered = values(listModuleGroups([{ name: 'X', platform }], t))
    expect(offered).toEqual(
      commandModules
        .filter((module) => findReaderOf(module, platform) !== undefined)
        .map(({ name }) => name)
        .sort(),
    )
    expect(offered).toContain('topology')
  })
})

describe('parameters with a structure of their own', () => {
  const parameter = (kind: Parameter['kind']): Parameter => ({
    name: 'x',
    kind,
    values: [],
    isRequired: true,
    usual: '',
    hasDefault: false,
    hasNumbers: false,
    keepsBlanks: false,
  })
  const blocks = [{ parents: ['interface Gi0/1'], line: '^ip address', presentIn: 'running' }]

  it('are typed as YAML with the keys of a file', () => {
    const text = writeParameter('yaml', blocks)
    expect(text).toContain('present_in: running')
    expect(parseParameter(parameter('yaml'), text)).toEqual(blocks)
  })

  it('may be typed as JSON', () => {
    expect(parseParameter(parameter('yaml'), JSON.stringify(blocks))).toEqual(blocks)
  })

  it.each(['{', '- a: b: c', '*alias', '&a x'])('stay as they were typed when they are neither: %s', (text) => {
    expect(parseParameter(parameter('yaml'), text)).toBe(text)
  })

  it.each([
    [5, '5'],
    ['5', '"5"'],
    [true, 'true'],
    ['true', '"true"'],
    ['0644', '0644'],
    ['say "5"', 'say "5"'],
    ['"5"', '"\\"5\\""'],
    ['10,20-25', '10,20-25'],
  ])('keep text and number apart where both are taken: %j', (value, typed) => {
    expect(writeParameter('scalar', value)).toBe(typed)
    expect(parseParameter(parameter('scalar'), typed)).toBe(value)
  })

  it('are numbers in a list of numbers', () => {
    expect(parseParameter({ ...parameter('words'), hasNumbers: true }, '10, 20 x')).toEqual([10, 20, 'x'])
  })

  it('are lists of lines where an item may have blanks', () => {
    expect(parseParameter(parameter('lines'), ' ip route 0.0.0.0 \r\n\n no shutdown')).toEqual(['ip route 0.0.0.0', 'no shutdown'])
    expect(writeParameter('lines', ['a b', 'c'])).toBe('a b\nc')
  })

  it.each(commandModules.map((module) => [module.name, module] as const))('of %s come back from the form as they were', (_name, module) => {
    for (const { kind, name, usual } of parametersOf(module)) {
      if (usual !== '')
        expect(writeParameter(kind, parseParameter(parametersOf(module).find((one) => one.name === name) ?? parameter(kind), usual))).toBe(
          usual,
        )
    }
  })
})

/** Parameters as the fixtures of the readers have them: each kind as it is used. */
const fixtureRoot = new URL('../fixtures/console/', import.meta.url).pathname
const used = readdirSync(fixtureRoot, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/]+\/[^/]+\/[^/]+\.json$/.test(path))
  .flatMap((path) => {
    const module = path.split('/')[1] ?? ''
    const { params } = z
      .object({ params: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(join(fixtureRoot, path), 'utf8')))
    const read = findCommandModule(module)?.readParams(params)
    return read !== undefined && 'reading' in read ? [{ path, module, params: read.reading.params }] : []
  })

describe('every criterion of the fixtures', () => {
  it('comes back from the form with the parameters it had', () => {
    expect(new Set(used.map(({ module }) => module)).size).toBeGreaterThan(2)
    for (const { path, module, params } of used) {
      const { params: again } = readCriterion(criterionValues({ module, params }))
      const read = findCommandModule(module)?.readParams(again)
      expect(read !== undefined && 'reading' in read ? read.reading.params : { path, again, read }).toEqual(params)
    }
  })
})
