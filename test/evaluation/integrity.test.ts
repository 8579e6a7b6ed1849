import { describe, expect, it } from 'vitest'
import { checkIntegrity, type LabState, recordLab } from '../../src/evaluation/index.ts'
import { makeLab } from './fake-lab.ts'

type Link = LabState['links'][number]
const link = (id: string, a: string, b: string, suspended = false): Link => ({
  id,
  suspended,
  ends: [
    { deviceId: `id-${a}`, adapter: 0, port: 0, label: null },
    { deviceId: `id-${b}`, adapter: 0, port: 1, label: null },
  ],
})
const lab: LabState = {
  ...makeLab({ PC1: 'started', SW1: 'started', PC2: 'stopped' }),
  links: [link('l1', 'PC1', 'SW1'), link('l2', 'PC2', 'SW1')],
}
const recorded = recordLab(lab)
const change = (name: string, changes: object): LabState => ({
  ...lab,
  devices: lab.devices.map((one) => (one.name === name ? { ...one, ...changes } : one)),
})
const find = (now: LabState, topology: 'fixed' | 'free' = 'fixed') =>
  checkIntegrity(recorded, now, topology).map(({ code, data }) => [code, data])

describe('the integrity of a lab', () => {
  it('holds for the lab that was recorded, whatever is started or moved on the canvas', () => {
    expect(find(change('PC1', { state: 'stopped', x: 99 }))).toEqual([])
  })

  it('does not mind a cable that was pulled and plugged in again, from whichever end', () => {
    const [first, second] = lab.links
    if (first === undefined || second === undefined) throw new Error('no links')
    expect(find({ ...lab, links: [{ ...first, id: 'new', ends: [first.ends[1], first.ends[0]] }, second] })).toEqual([])
  })

  it('names what was removed, added, renamed and replaced', () => {
    expect(find({ ...lab, devices: lab.devices.filter(({ name }) => name !== 'PC2') })).toEqual([['DEVICE_REMOVED', { device: 'PC2' }]])
    expect(find(change('PC2', { id: 'other' }))).toEqual([['DEVICE_REPLACED', { device: 'PC2' }]])
    expect(find(change('PC2', { name: 'PC9' }))).toEqual([['DEVICE_RENAMED', { device: 'PC2', name: 'PC9' }]])
    expect(find(change('PC2', { type: 'docker' }))).toEqual([['DEVICE_TYPE_CHANGED', { device: 'PC2', type: 'docker', recorded: 'vpcs' }]])
    expect(find({ ...lab, devices: [...lab.devices, ...makeLab({ PC3: 'started' }).devices] })).toEqual([
      ['DEVICE_ADDED', { device: 'PC3' }],
    ])
    expect(find({ ...lab, projectId: 'p2' })).toEqual([['PROJECT_REPLACED', { projectId: 'p2' }]])
  })

  it('names cables that were moved or suspended', () => {
    expect(find({ ...lab, links: [link('l1', 'PC1', 'SW1'), link('l3', 'PC1', 'PC2')] })).toEqual([
      ['LINK_REMOVED', { a: 'PC2', b: 'SW1' }],
      ['LINK_ADDED', { a: 'PC1', b: 'PC2' }],
    ])
    expect(find({ ...lab, links: [link('l1', 'PC1', 'SW1', true), link('l2', 'PC2', 'SW1')] })).toEqual([
      ['LINK_SUSPENDED', { a: 'PC1', b: 'SW1' }],
    ])
  })

  it('lets a free topology grow, but not lose what was handed out', () => {
    const grown = { ...lab, devices: [...lab.devices, ...makeLab({ PC3: 'started' }).devices], links: [] }
    expect(find(grown, 'free')).toEqual([])
    expect(find(change('PC2', { id: 'other' }), 'free')).toEqual([['DEVICE_REPLACED', { device: 'PC2' }]])
  })
})
