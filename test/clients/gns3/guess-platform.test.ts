import { expect, it } from 'vitest'
import { guessPlatform } from '../../../src/clients/gns3/index.ts'

it.each([
  ['vpcs', {}, 'vpcs'],
  ['dynamips', { image: 'c3725-adventerprisek9-mz.124-15.T14.image' }, 'cisco_ios'],
  ['iou', { path: 'i86bi-linux-l2-adventerprisek9.bin' }, 'cisco_ios'],
  ['docker', { image: 'frrouting/frr:latest' }, 'frr'],
  ['docker', { image: 'ceosimage:4.28' }, 'arista_eos'],
  ['docker', { image: 'alpine' }, 'linux'],
  ['qemu', { hda_disk_image: 'vEOS-lab-4.27.qcow2' }, 'arista_eos'],
  ['qemu', { hda_disk_image: 'vqfx-re.qcow2' }, 'juniper_junos'],
  ['qemu', { hda_disk_image: 'vmx-bundle.img' }, 'juniper_junos'],
  ['qemu', { hda_disk_image: 'vsrx.qcow2' }, 'juniper_junos'],
  ['qemu', { hda_disk_image: 'nxosv9k-7.0.3.qcow2' }, 'cisco_nxos'],
  ['qemu', { hda_disk_image: 'vios-adventerprisek9-m.qcow2' }, 'cisco_ios'],
  ['qemu', { hda_disk_image: 'csr1000v-universalk9.qcow2' }, 'cisco_ios'],
  ['qemu', { hda_disk_image: 'debian-12.qcow2', hda_disk_image_md5sum: 'csr' }, 'linux'],
  ['qemu', {}, 'linux'],
  ['ethernet_switch', {}, undefined],
  ['ethernet_hub', {}, undefined],
  ['cloud', {}, undefined],
  ['nat', {}, undefined],
] as const)('guesses %s with %j as %s', (type, properties, platform) => {
  expect(guessPlatform({ type, properties })).toBe(platform)
})
