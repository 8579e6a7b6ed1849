import { randomUUID } from 'node:crypto'
import { rawZip } from './raw-zip.ts'

export interface LabPlan {
  /** VPCS by name, with the lines of its startup file. */
  readonly computers: Readonly<Record<string, readonly string[]>>
  /** Ethernet switches by name, with the VLAN of each port, or `trunk`. */
  readonly switches: Readonly<Record<string, readonly (number | 'trunk')[]>>
  /** Cables between `device` or `device:port`. */
  readonly cables: readonly (readonly [string, string])[]
}

/** A project archive as GNS3 2.2 writes it (revision 9, the fields of the exported samples), of any topology of computers and switches. */
export function labArchive(name: string, plan: LabPlan): Buffer {
  const ids = new Map([...Object.keys(plan.computers), ...Object.keys(plan.switches)].map((device) => [device, randomUUID()]))
  const idOf = (device: string): string => ids.get(device) ?? device
  const computers = Object.keys(plan.computers).map((device, index) => node(idOf(device), device, index, 'vpcs', {}))
  const switches = Object.entries(plan.switches).map(([device, ports], index) =>
    node(idOf(device), device, index, 'ethernet_switch', {
      ports_mapping: ports.map((vlan, port) => ({
        name: `Ethernet${port}`,
        port_number: port,
        type: vlan === 'trunk' ? 'dot1q' : 'access',
        vlan: vlan === 'trunk' ? 1 : vlan,
      })),
    }),
  )
  const links = plan.cables.map((ends) => ({
    link_id: randomUUID(),
    filters: {},
    suspend: false,
    nodes: ends.map((end) => {
      const [device = '', port = '0'] = end.split(':')
      return { node_id: idOf(device), adapter_number: 0, port_number: Number(port), label: { text: `0/${port}` } }
    }),
  }))
  const project = {
    auto_close: true,
    auto_open: false,
    auto_start: false,
    name,
    project_id: randomUUID(),
    revision: 9,
    type: 'topology',
    version: '2.2.54',
    topology: { computes: [], drawings: [], links, nodes: [...computers, ...switches] },
  }
  return rawZip([
    { name: 'project.gns3', content: JSON.stringify(project) },
    ...Object.entries(plan.computers).map(([device, lines]) => ({
      name: `project-files/vpcs/${idOf(device)}/startup.vpc`,
      content: [`set pcname ${device}`, ...lines, ''].join('\n'),
    })),
  ])
}

function node(id: string, name: string, index: number, type: 'vpcs' | 'ethernet_switch', properties: object) {
  return {
    node_id: id,
    name,
    node_type: type,
    compute_id: 'local',
    console: null,
    console_type: type === 'vpcs' ? 'telnet' : 'none',
    console_auto_start: false,
    custom_adapters: [],
    first_port_name: null,
    port_name_format: 'Ethernet{0}',
    port_segment_size: 0,
    label: { rotation: 0, style: null, text: name, x: null, y: -40 },
    locked: false,
    properties,
    symbol: type === 'vpcs' ? ':/symbols/vpcs_guest.svg' : ':/symbols/ethernet_switch.svg',
    template_id: null,
    height: 59,
    width: 65,
    x: index * 100,
    y: type === 'vpcs' ? 100 : 0,
    z: 1,
  }
}
