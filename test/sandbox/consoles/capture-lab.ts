import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTestLab } from '../network/lab-kit.ts'

/** The bytes a real device sent, as latin1 text, telnet greeting and all. */
export function readCapture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/console-captures/${name}.bin`, import.meta.url))).toString('latin1')
}

const router = (first: string, second: string, route: string, via: string) => ({
  'etc/network/interfaces': [
    'iface eth0 inet static',
    `  address ${first}/24`,
    'iface eth1 inet static',
    `  address ${second}/24`,
    `  up ip route add ${route}/24 via ${via}`,
    '  up sysctl -w net.ipv4.ip_forward=1',
  ].join('\n'),
})

/** The network the captures were recorded in: PC1, PC2 and h1 behind r1, PC3 behind r2, Linux routers between. */
export async function startCaptureLab() {
  const lab = createTestLab()
  lab.add('PC0', 'vpcs') // the recorded PCs have the MAC addresses :01 and :02
  lab.add('PC1', 'vpcs', {}, { 'startup.vpc': 'set pcname PC1\nip 10.1.1.11/24 10.1.1.1\n' })
  lab.add('PC2', 'vpcs', {}, { 'startup.vpc': 'set pcname PC2\nip 10.1.1.12/24 10.1.1.1\n' })
  lab.add('PC3', 'vpcs', {}, { 'startup.vpc': 'set pcname PC3\nip 10.2.2.11/24 10.2.2.1\n' })
  lab.add('h1', 'docker', {}, { 'etc/network/interfaces': 'iface eth0 inet static\n address 10.1.1.100/24\n gateway 10.1.1.1\n' })
  lab.add('r1', 'docker', { adapters: 2 }, router('10.1.1.1', '10.0.12.1', '10.2.2.0', '10.0.12.2'))
  lab.add('r2', 'docker', { adapters: 2 }, router('10.2.2.1', '10.0.12.2', '10.1.1.0', '10.0.12.1'))
  lab.add('SW', 'ethernet_switch')
  lab.link('PC1', 'SW:0/0')
  lab.link('PC2', 'SW:0/1')
  lab.link('h1', 'SW:0/2')
  lab.link('r1', 'SW:0/3')
  lab.link('r1:1/0', 'r2:1/0')
  lab.link('r2', 'PC3')
  for (const id of ['PC1', 'PC2', 'PC3', 'h1', 'r1', 'r2']) await lab.network.start(id)
  await lab.advance(5_000)
  const root = async (id: string, command: string): Promise<void> => {
    const console = lab.open(id)
    await console.ask('\r', /# $/)
    await console.ask(`${command}\r`, /# $/)
  }
  return { ...lab, root }
}

/** Without what differs between two runs of the same device: times, MAC addresses, port numbers, dates. */
export function normalise(text: string): string {
  return text
    .replaceAll(/= [\d./]+ ms/g, '= T ms')
    .replaceAll(/time=[\d.]+ ms/g, 'time=T ms')
    .replaceAll(/\d+\.\d{3} ms/g, 'T ms')
    .replaceAll(/time \d+ms/g, 'time T')
    .replaceAll(/Build time: [^\r]*/g, 'Build time: D')
    .replaceAll(/LPORT {7}: \d+/g, 'LPORT       : P')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:P')
    .replaceAll(/(00:50:79:66:68:\d\d) {2}\d{5}/g, '$1  PPPPP')
}
