import { can } from './access.ts'
import { invalid } from './api-error.ts'
import type { Call, Handlers } from './call.ts'
import { nodeOf } from './call.ts'
import { isNodeDown } from './cluster-resources.ts'
import { nodeFigures, nodeSize } from './node-figures.ts'
import { rrdPoints } from './rrd.ts'
import { integer, need } from './validate.ts'

const version = { version: '8.4.21', release: '8.4', repoid: 'netpraxis-sandbox' }

/** The lowest free id as text; nothing is reserved, so two callers get the same one. */
function nextId(call: Call): string {
  const wanted = integer(call.values, 'vmid')
  if (wanted !== undefined) {
    if (call.world.store.machines.has(wanted)) throw invalid({ vmid: `VM ${wanted} already exists` })
    return String(wanted)
  }
  for (let vmid = 100; ; vmid++) if (!call.world.store.machines.has(vmid)) return String(vmid)
}

function listNodes(call: Call): unknown {
  const { world } = call
  return world.store.cluster.nodes.map((node) => {
    const plain = {
      id: `node/${node}`,
      node,
      type: 'node',
      status: isNodeDown(world, node) ? 'offline' : 'online',
      level: '',
      ssl_fingerprint: world.fingerprint,
    }
    return can(world.store.cluster, call.caller, `/nodes/${node}`, 'Sys.Audit') ? { ...plain, ...nodeFigures(world, node) } : plain
  })
}

/** A single host has no item of type cluster. */
function clusterStatus(call: Call): unknown {
  const { cluster } = call.world.store
  const nodes = cluster.nodes.map((name, index) => ({
    id: `node/${name}`,
    type: 'node',
    name,
    nodeid: cluster.nodes.length > 1 ? index + 1 : 0,
    ip: `127.0.0.${index + 1}`,
    online: isNodeDown(call.world, name) ? 0 : 1,
    local: index === 0 ? 1 : 0,
    level: '',
  }))
  if (nodes.length === 1) return nodes
  const quorate = nodes.filter((node) => node.online === 1).length * 2 > nodes.length ? 1 : 0
  return [{ id: 'cluster', type: 'cluster', name: cluster.name, nodes: nodes.length, quorate, version: nodes.length }, ...nodes]
}

function nodeStatus(call: Call): unknown {
  const figures = nodeFigures(call.world, nodeOf(call))
  const root = {
    total: nodeSize.rootBytes,
    used: figures.disk,
    free: nodeSize.rootBytes - figures.disk,
    avail: nodeSize.rootBytes - figures.disk,
  }
  const release = '6.8.12-15-pve'
  return {
    cpu: figures.cpu,
    wait: 0,
    idle: 0,
    uptime: figures.uptime,
    loadavg: ['0.21', '0.25', '0.20'],
    memory: { total: figures.maxmem, used: figures.mem, free: figures.maxmem - figures.mem },
    swap: { total: 0, used: 0, free: 0 },
    rootfs: root,
    ksm: { shared: 0 },
    cpuinfo: {
      cpus: nodeSize.cpus,
      cores: nodeSize.cpus,
      sockets: 1,
      model: 'NetPraxis sandbox',
      mhz: '2400.000',
      hvm: '',
      user_hz: 100,
      flags: 'fpu',
    },
    kversion: `Linux ${release} #1 SMP PREEMPT_DYNAMIC`,
    'current-kernel': { sysname: 'Linux', release, version: '#1 SMP PREEMPT_DYNAMIC', machine: 'x86_64' },
    'boot-info': { mode: 'efi' },
    pveversion: `pve-manager/${version.version}/${version.repoid}`,
  }
}

export const clusterHandlers: Handlers = {
  'GET /version': () => version,
  'GET /nodes/{node}/version': () => version,
  'GET /nodes': listNodes,
  'GET /nodes/{node}/status': nodeStatus,
  'GET /nodes/{node}/rrddata': (call) =>
    rrdPoints(call.world.timing, need(call.values, 'timeframe'), () => {
      const figures = nodeFigures(call.world, nodeOf(call))
      return {
        cpu: figures.cpu,
        maxcpu: figures.maxcpu,
        iowait: 0,
        loadavg: 0.2,
        memused: figures.mem,
        memtotal: figures.maxmem,
        swapused: 0,
        swaptotal: 0,
        rootused: figures.disk,
        roottotal: figures.maxdisk,
        netin: 120,
        netout: 130,
      }
    }),
  'GET /cluster/nextid': nextId,
  'GET /cluster/status': clusterStatus,
  'GET /cluster/options': () => ({ mac_prefix: 'BC:24:11', description: '', 'allowed-tags': [] }),
}
