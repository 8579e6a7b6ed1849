import { describe, expect, it } from 'vitest'
import { deviceKind, drawTopology, type TopologyDevice, type TopologyLink } from '../../src/http/topology-drawing.ts'
import { drawing, twoLans, twoLansLinks } from '../gallery/lab-samples.ts'

const device = (id: string, x: number, y: number, rest: Partial<TopologyDevice> = {}): TopologyDevice => ({
  id,
  name: id,
  type: 'vpcs',
  x,
  y,
  ...rest,
})
const link = (id: string, a: string, b: string): TopologyLink => ({
  id,
  ends: [
    { deviceId: a, port: `${a}-port` },
    { deviceId: b, port: `${b}-port` },
  ],
})

const boxOf = (viewBox: string) => {
  const [x = 0, y = 0, width = 0, height = 0] = viewBox.split(' ').map(Number)
  return { left: x, top: y, right: x + width, bottom: y + height }
}

describe('drawTopology', () => {
  it('has nothing to draw without devices', () => {
    expect(drawTopology({ devices: [], links: [] })).toBeNull()
  })

  it('lists devices in reading order, so that the keyboard follows the eye', () => {
    expect(drawing('started')?.devices.map((item) => item.name)).toEqual(['PC1', 'SW1', 'R1', 'R2', 'SW2', 'PC2'])
    const rows = drawTopology({ devices: [device('low', 0, 200), device('right', 300, 0), device('left', 0, 40)], links: [] })
    expect(rows?.devices.map((item) => item.name)).toEqual(['left', 'right', 'low'])
  })

  it('leaves room around every device and every port name', () => {
    const drawn = drawTopology({ devices: twoLans('started'), links: twoLansLinks })
    const box = boxOf(drawn?.viewBox ?? '')
    const points = [...(drawn?.devices ?? []), ...(drawn?.links ?? []).flatMap((item) => [item.a, item.b])]
    expect(points).toHaveLength(16)
    for (const point of points) {
      expect(point.x - box.left).toBeGreaterThanOrEqual(60)
      expect(box.right - point.x).toBeGreaterThanOrEqual(60)
      expect(point.y - box.top).toBeGreaterThanOrEqual(40)
      expect(box.bottom - point.y).toBeGreaterThanOrEqual(60)
    }
  })

  it('centres symbols of different sizes on the same line when GNS3 does', () => {
    const drawn = drawTopology({
      devices: [device('a', 0, 0, { width: 65, height: 59 }), device('b', 200, 13.5, { width: 72, height: 32 })],
      links: [],
    })
    expect(drawn?.devices.map((item) => item.y)).toEqual([29.5, 29.5])
  })

  it('writes the name of a port next to its own device', () => {
    const drawn = drawTopology({ devices: [device('a', 0, 0), device('b', 400, 0)], links: [link('l', 'b', 'a')] })
    const [only] = drawn?.links ?? []
    const atOf = (name: string) => [only?.a, only?.b].find((end) => end?.port === name)?.x ?? Number.NaN
    expect(atOf('a-port')).toBeLessThan(200)
    expect(atOf('b-port')).toBeGreaterThan(200)
  })

  it('bows several links between the same devices apart, whichever end is named first', () => {
    const drawn = drawTopology({
      devices: [device('a', 0, 0), device('b', 400, 0)],
      links: [link('1', 'a', 'b'), link('2', 'b', 'a'), link('3', 'a', 'b')],
    })
    expect(new Set(drawn?.links.map((item) => item.path)).size).toBe(3)
  })

  it('names for each device what it is connected to', () => {
    const r1 = drawing('started')?.devices.find((item) => item.name === 'R1')
    expect(r1?.links).toEqual([
      { port: 'f0/0', peer: 'SW1', peerPort: 'e1' },
      { port: 'f0/1', peer: 'R2', peerPort: 'f0/1' },
    ])
  })

  it('leaves out a link whose end does not exist, and survives numbers that are none', () => {
    const drawn = drawTopology({ devices: [device('a', Number.NaN, 0)], links: [link('l', 'a', 'gone')] })
    expect(drawn?.links).toEqual([])
    expect(drawn?.viewBox).not.toContain('NaN')
  })

  it('shows an unasked device as unknown and a suspended link as such', () => {
    const drawn = drawTopology({ devices: [device('a', 0, 0), device('b', 200, 0)], links: [{ ...link('l', 'a', 'b'), suspended: true }] })
    expect(drawn?.devices[0]?.state).toBe('unknown')
    expect(drawn?.links[0]?.isSuspended).toBe(true)
  })
})

describe('deviceKind', () => {
  it.each([
    ['vpcs', ':/symbols/vpcs_guest.svg', 'pc'],
    ['ethernet_switch', ':/symbols/ethernet_switch.svg', 'switch'],
    ['dynamips', ':/symbols/router.svg', 'router'],
    ['iou', ':/symbols/multilayer_switch.svg', 'switch'],
    ['iou', ':/symbols/affinity/circle/blue/router.svg', 'router'],
    ['docker', ':/symbols/docker_guest.svg', 'pc'],
    ['docker', null, 'server'],
    ['qemu', ':/symbols/asa.svg', 'firewall'],
    ['cloud', ':/symbols/cloud.svg', 'cloud'],
    ['something_new', null, 'device'],
  ])('draws %s with the symbol %s as a %s', (type, symbol, kind) => {
    expect(deviceKind({ type, symbol })).toBe(kind)
  })
})
