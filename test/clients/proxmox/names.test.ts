import { describe, expect, it } from 'vitest'
import { isAsAsked } from '../../../src/clients/proxmox/config.ts'
import { carriesMark, marksIn } from '../../../src/clients/proxmox/marks.ts'
import { configOf } from '../../../src/clients/proxmox/reads.ts'
import { parseUpid } from '../../../src/clients/proxmox/upid.ts'
import { parentName, parseVolume } from '../../../src/clients/proxmox/volumes.ts'

describe('UPID', () => {
  it('is read with its hexadecimal start and its token user', () => {
    expect(parseUpid('UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:lab@pve!app:')).toEqual({
      node: 'pve1',
      startS: 0x6742a0f1,
      type: 'qmclone',
      id: '9000',
      user: 'lab@pve!app',
    })
  })

  it('may have no id, and one with a storage', () => {
    expect(parseUpid('UPID:pve-2:0003A1B2:10A1B2C3D:6742A0F1:imgcopy::root@pam:')?.id).toBe('')
    expect(parseUpid('UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:imgdel:2000@lab:root@pam:')?.id).toBe('2000@lab')
  })

  it.each([
    '',
    'OK',
    'UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:lab@pve',
    'UPID:pve/1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:a@pve:',
  ])('%j is none', (text) => {
    expect(parseUpid(text)).toBeUndefined()
  })
})

describe('volume names', () => {
  it.each([
    ['lab:100/vm-100-disk-0.qcow2', 'lab', 100, false, undefined],
    ['lab:100/base-100-disk-0.qcow2', 'lab', 100, true, undefined],
    ['lab:900/base-900-disk-0.qcow2/2000/vm-2000-disk-0.qcow2', 'lab', 2000, false, 'base-900-disk-0.qcow2'],
    ['local-lvm:vm-101-disk-0', 'local-lvm', 101, false, undefined],
    ['local-lvm:base-9000-disk-0', 'local-lvm', 9000, true, undefined],
    ['local-zfs:base-9000-disk-0/vm-101-disk-0', 'local-zfs', 101, false, 'base-9000-disk-0'],
    ['ceph:base-9000-disk-0/base-9100-disk-0', 'ceph', 9100, true, 'base-9000-disk-0'],
    ['local-lvm:vm-101-cloudinit', 'local-lvm', 101, false, undefined],
  ])('%s belongs to its VM and names its base', (volid, storage, owner, isBase, base) => {
    expect(parseVolume(volid)).toMatchObject({ storage, owner, isBase })
    expect(parseVolume(volid)?.base).toBe(base)
  })

  it.each(['none', '/dev/sdb', 'local:iso/debian.iso', 'lab:backup/vzdump-qemu-100.vma'])('%s is no volume of a VM', (volid) => {
    expect(parseVolume(volid)).toBeUndefined()
  })

  it('take the parent from the storage where it shows one, else from the name', () => {
    expect(parentName({ volid: 'lab:2000/vm-2000-disk-0.qcow2', parent: '../900/base-900-disk-0.qcow2' })).toBe('base-900-disk-0.qcow2')
    expect(parentName({ volid: 'ceph:vm-101-disk-0', parent: 'base-9000-disk-0@__base__' })).toBe('base-9000-disk-0')
    expect(parentName({ volid: 'z:base-9000-disk-0/vm-101-disk-0' })).toBe('base-9000-disk-0')
    expect(parentName({ volid: 'local-lvm:vm-101-disk-0' })).toBeUndefined()
  })
})

describe('marks', () => {
  const ours = 'netpraxis:7f3a:2101:work'

  it('are found among what people wrote', () => {
    expect(marksIn(`do not touch\n${ours}\n`)).toEqual([ours])
    expect(carriesMark(`# note\n${ours}\nanother`, `Lab of Ana\n${ours}`)).toBe(true)
  })

  it.each(['', 'netpraxis:7f3a:2102:work', 'netpraxis:aaaa:2101:work', 'netpraxis:7f3a:2101:workshop', ' qmclone temporary file'])(
    '%j is not ours',
    (description) => {
      expect(carriesMark(description, ours)).toBe(false)
    },
  )

  it('an empty expectation makes nothing ours', () => {
    expect(carriesMark('', '')).toBe(false)
  })
})

describe('configuration', () => {
  it('names drives, network cards and what they carry', () => {
    const config = configOf({
      scsi0: 'lab:900/base-900-disk-0.qcow2/2000/vm-2000-disk-0.qcow2,iothread=1,size=32G',
      ide2: 'lab:vm-2000-cloudinit,media=cdrom',
      ide0: 'none,media=cdrom',
      unused0: 'lab:2000/vm-2000-disk-7.qcow2',
      net0: 'virtio=BC:24:11:AA:BB:CC,bridge=vmbr0,firewall=1',
      memory: 'current=2048',
      agent: 'enabled=1,fstrim_cloned_disks=1',
      template: '1',
    })
    expect(config.drives.map(({ key, storage, media, cloudInit }) => [key, storage, media, cloudInit])).toEqual([
      ['scsi0', 'lab', 'disk', false],
      ['ide2', 'lab', 'cdrom', true],
      ['ide0', undefined, 'cdrom', false],
      ['unused0', 'lab', 'disk', false],
    ])
    expect(config.nets).toEqual([
      { key: 'net0', model: 'virtio', mac: 'bc:24:11:aa:bb:cc', options: { virtio: 'BC:24:11:AA:BB:CC', bridge: 'vmbr0', firewall: '1' } },
    ])
    expect(config).toMatchObject({ memoryMb: 2048, agent: true, template: true, protection: false })
  })

  it.each([
    ['memory', 4096, '4096', true],
    ['memory', 4096, '2048', false],
    ['protection', 0, undefined, true],
    ['protection', false, '1', false],
    ['cores', 2, undefined, false],
    ['tags', 'b;a', 'a;b', true],
    ['description', 'x', 'x\n', true],
    ['net0', 'virtio,bridge=vmbr0,firewall=1', 'virtio=BC:24:11:AA:BB:CC,bridge=vmbr0,firewall=1', true],
    ['net0', 'virtio,bridge=vmbr0,firewall=1', 'virtio=BC:24:11:AA:BB:CC,bridge=vmbr0', false],
    ['agent', 1, 'enabled=1', true],
  ])('%s asked as %s and found as %s: %s', (key, asked, found, same) => {
    expect(isAsAsked(key, asked, found)).toBe(same)
  })
})
