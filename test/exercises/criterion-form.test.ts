import { describe, expect, it } from 'vitest'
import { commandModules, findCommandModule } from '../../src/evaluation/index.ts'
import { describeFields, listModuleChoices, makeCriterionRow, readCriterion } from '../../src/exercises/criterion-form.ts'
import { createTranslator } from '../../src/strings/index.ts'

const t = createTranslator('en')
const devices = ['PC1', 'R1']

describe('the form of a criterion', () => {
  it.each(commandModules.map((module) => [module.name, module] as const))('has words for every parameter of %s', (name, module) => {
    const fields = describeFields(module, devices, t)
    expect(fields.map((field) => field.name)).toContain('to')
    const row = makeCriterionRow(0, { module: name }, devices, t)
    const asked = row?.sentence.flatMap((part) => (part.kind === 'words' ? [] : [part.field.name]))
    expect([...(asked ?? [])].sort()).toEqual(fields.map((field) => field.name).sort())
  })

  it('offers every kind of check by its name', () => {
    expect(listModuleChoices(t)).toContainEqual({ value: 'ping', label: 'Ping' })
    expect(listModuleChoices(t)).toHaveLength(commandModules.length)
  })

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
