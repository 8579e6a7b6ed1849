import { describe, expect, it } from 'vitest'
import { inWords } from '../../support/said.ts'
import { clone, connect, destroy, failure, mark, options, posts, shared, start, template, vm } from './sandbox-lab.ts'

describe('the life of a VM', () => {
  it('is a linked clone with proof, started, stopped and removed with nothing left', async () => {
    const { sandbox, proxmox } = await start()
    const made = await clone(proxmox, 2101)
    expect(made.linked).toBe('by-volume')
    expect(made.volumes.map((volume) => volume.vmid)).toEqual([2101])
    expect(await proxmox.findVm(2101)).toMatchObject({ node: 'pve1', description: mark(2101) })

    const target = { node: 'pve1', vmid: 2101 }
    expect((await proxmox.ensureStarted({ ...target, ...options().options })).status).toBe('running')
    expect((await proxmox.ensureSuspended({ ...target, ...options().options })).qmpstatus).toBe('paused')
    expect((await proxmox.ensureResumed({ ...target, ...options().options })).qmpstatus).toBe('running')
    expect((await proxmox.ensureHibernated({ ...target, ...options().options })).lock).toBe('suspended')
    expect((await proxmox.ensureStarted({ ...target, ...options().options })).status).toBe('running')
    expect(await destroy(proxmox, 2101)).toEqual({ freed: [], leftovers: [], unread: [] })
    expect(vm(sandbox, 2101)).toBeUndefined()
    expect(sandbox.state().orphans).toEqual([])
  })

  it('asks nothing again when it is so already', async () => {
    const { sandbox, proxmox } = await start()
    for (let n = 0; n < 2; n += 1) {
      await clone(proxmox, 2101)
      await proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options })
    }
    expect([posts(sandbox, '/clone'), posts(sandbox, '/status/start')]).toEqual([1, 1])
    await proxmox.ensureStopped({ node: 'pve1', vmid: 2101, ...options().options })
    await proxmox.ensureStopped({ node: 'pve1', vmid: 2101, ...options().options })
    expect(posts(sandbox, '/status/stop')).toBe(1)
    await destroy(proxmox, 2101)
    expect(await destroy(proxmox, 2101)).toEqual({ freed: [], leftovers: [], unread: [] })
  })

  it('can be a template made from a full copy, of which linked clones are made', async () => {
    const { proxmox } = await start([], { copyBytesPerSecond: 20_000_000_000 })
    const request = {
      node: 'pve1',
      source: template,
      vmid: 2200,
      name: 'exercise',
      description: 'netpraxis:test:2200:template',
      full: true,
    }
    expect((await proxmox.ensureClone({ ...request, storage: shared, ...options().options })).linked).toBe('full')
    expect((await proxmox.ensureTemplate({ node: 'pve1', vmid: 2200, ...options().options })).template).toBe(true)
    expect(await proxmox.canLinkClone('pve1', 2200)).toBe(true)
    const made = await proxmox.ensureClone({
      ...request,
      source: 2200,
      vmid: 2201,
      name: 'ana',
      description: mark(2201),
      full: false,
      ...options().options,
    })
    expect(made.linked).toBe('by-volume')
  })

  it('records the task before it waits for it', async () => {
    const { proxmox } = await start([], { volumeClone: 10_000 })
    const seen: string[] = []
    const onUpid = async (upid: string) => {
      seen.push((await proxmox.taskStatus(upid))?.state ?? 'none')
    }
    await clone(proxmox, 2101, { onUpid })
    expect(seen).toEqual(['running'])
  })

  it('goes on with the known task after a crash instead of asking again', async () => {
    const { sandbox, proxmox } = await start([], { volumeClone: 10_000 })
    const abort = new AbortController()
    let known = ''
    const first = clone(proxmox, 2101, {
      signal: abort.signal,
      onUpid: (upid) => {
        known = upid
        abort.abort(new Error('crash'))
      },
    })
    await expect(first).rejects.toThrow('crash')
    const second = connect(sandbox)
    expect((await clone(second, 2101, { knownUpid: known })).linked).toBe('by-volume')
    expect(posts(sandbox, '/clone')).toBe(1)
  })

  it('waits for its clone that is being made after a crash that forgot the task', async () => {
    const { sandbox, proxmox } = await start([], { volumeClone: 10_000 })
    const abort = new AbortController()
    const onUpid = async () => {
      await expect.poll(() => vm(sandbox, 2101)?.lock, { timeout: 20_000 }).toBe('clone')
      abort.abort(new Error('crash'))
    }
    await expect(clone(proxmox, 2101, { signal: abort.signal, onUpid })).rejects.toThrow('crash')
    await clone(connect(sandbox), 2101)
    expect(posts(sandbox, '/clone')).toBe(1)
  })

  it('is made once although a crash came before anything of it could be seen', async () => {
    const { sandbox, proxmox } = await start([], { volumeClone: 3_000, taskStart: 3_000 })
    const abort = new AbortController()
    const first = clone(proxmox, 2101, { signal: abort.signal, onUpid: () => abort.abort(new Error('crash')) })
    await expect(first).rejects.toThrow('crash')
    await clone(connect(sandbox), 2101)
    expect(sandbox.state().volumes.filter((volume) => volume.vmid === 2101).length).toBe(1)
    expect(vm(sandbox, 2101)).toMatchObject({ lock: null, description: mark(2101) })
  })

  it('is not touched where it is somebody else’s', async () => {
    const { sandbox, proxmox } = await start()
    await proxmox.ensureClone({
      node: 'pve1',
      source: template,
      vmid: 2101,
      name: 'foreign',
      description: 'made by hand',
      full: false,
      ...options().options,
    })
    expect((await failure(clone(proxmox, 2101))).code).toBe('PROXMOX_ID_TAKEN')
    expect((await failure(destroy(proxmox, 2101))).code).toBe('PROXMOX_NOT_OURS')
    expect(
      (
        await failure(
          proxmox.freeVolume({
            node: 'pve1',
            vmid: 2101,
            volid: vm(sandbox, 2101)?.disks[0] ?? '',
            signal: new AbortController().signal,
            priority: 'batch',
          }),
        )
      ).code,
    ).toBe('PROXMOX_NOT_OURS')
    expect(vm(sandbox, 2101)).toBeDefined()
  })

  it('loses the protection that it inherits, else it could not be removed', async () => {
    const { sandbox, proxmox } = await start()
    const write = { signal: new AbortController().signal, priority: 'batch' as const }
    await proxmox.ensureConfig({ node: 'pve1', vmid: template, set: { protection: true }, ...write })
    await clone(proxmox, 2101)
    expect((await proxmox.vmConfig('pve1', 2101))?.protection).toBe(false)
    await destroy(proxmox, 2101)
    expect(vm(sandbox, 2101)).toBeUndefined()
  })
})

describe('other storages and nodes', () => {
  it('proves a linked clone by the log of its task where the storage shows no parent', async () => {
    const { proxmox } = await start([], { copyBytesPerSecond: 20_000_000_000 })
    const request = { node: 'pve1', source: template, vmid: 2200, name: 'thin', description: mark(2200), full: true, storage: 'local-lvm' }
    await proxmox.ensureClone({ ...request, ...options().options })
    await proxmox.ensureTemplate({ node: 'pve1', vmid: 2200, ...options().options })
    const linked = { node: 'pve1', source: 2200, vmid: 2201, name: 'ana', description: mark(2201), full: false }
    const made = await proxmox.ensureClone({ ...linked, ...options().options })
    expect([made.linked, made.volumes[0]?.parent]).toEqual(['by-log', undefined])
    expect((await proxmox.ensureClone({ ...linked, ...options().options })).linked).toBe('unproven')
  })

  it('clones to another node from shared storage, and finds the clone there again', async () => {
    const { sandbox, proxmox } = await start()
    const request = { node: 'pve1', source: template, vmid: 2101, name: 'far', description: mark(2101), full: false, target: 'pve2' }
    expect((await proxmox.ensureClone({ ...request, ...options().options })).node).toBe('pve2')
    expect(vm(sandbox, 2101)?.node).toBe('pve2')
    // placed differently the second time, but it is there
    await expect.poll(async () => (await proxmox.findVm(2101))?.node, { timeout: 10_000 }).toBe('pve2')
    expect((await proxmox.ensureClone({ ...request, target: 'pve1', ...options().options })).node).toBe('pve2')
    expect((await destroy(proxmox, 2101)).leftovers).toEqual([])
    expect(vm(sandbox, 2101)).toBeUndefined()
  })

  it('says what cannot be done where', async () => {
    const { proxmox } = await start()
    const request = { node: 'pve2', source: 9_010, vmid: 2101, name: 'far', description: mark(2101), full: false, target: 'pve1' }
    expect((await failure(proxmox.ensureClone({ ...request, ...options().options }))).code).toBe('PROXMOX_REFUSED')
    expect((await failure(proxmox.ensureClone({ ...request, source: 4_444, ...options().options }))).code).toBe('PROXMOX_NOT_FOUND')
    expect((await failure(proxmox.storageContent('pve1', 'nope'))).code).toBe('PROXMOX_NOT_FOUND')
    expect((await failure(proxmox.ensureStarted({ node: 'pve1', vmid: 4_444, ...options().options }))).code).toBe('PROXMOX_NOT_FOUND')
    expect((await failure(proxmox.ensureSuspended({ node: 'pve1', vmid: template, ...options().options }))).code).toBe('PROXMOX_REFUSED')
    expect(await proxmox.ensureStopped({ node: 'pve1', vmid: 4_444, ...options().options })).toBeUndefined()
  })

  it('shows cluster, rights and the addresses that a guest claims', async () => {
    const { proxmox } = await start([], { boot: 1_000 })
    expect((await proxmox.clusterStatus()).nodes.map((node) => node.name).sort()).toEqual(['pve1', 'pve2'])
    expect((await proxmox.permissions())['/']).toContain('VM.Clone')
    await clone(proxmox, 2101)
    expect(await proxmox.agentInterfaces('pve1', 2101)).toBe('not-running')
    await proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options })
    await expect
      .poll(() => proxmox.agentInterfaces('pve1', 2101), { timeout: 10_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining({ name: 'lo' })]))
    const mac = (await proxmox.vmConfig('pve1', 2101))?.nets[0]?.mac
    expect(await proxmox.agentInterfaces('pve1', 2101)).toEqual(expect.arrayContaining([expect.objectContaining({ mac })]))
  })

  it('restarts a guest, and waits no longer than it was told', async () => {
    const { proxmox } = await start([], { boot: 1_000, volumeClone: 20_000 })
    const cloning = clone(proxmox, 2101)
    const running = async () => (await proxmox.listTasks('pve1', { type: 'qmclone' })).find((task) => task.endtime === undefined)?.upid
    await expect.poll(running, { timeout: 10_000 }).toBeDefined()
    const wait = proxmox.waitTask((await running()) ?? '', { signal: new AbortController().signal, deadlineMs: 500 })
    expect((await failure(wait)).code).toBe('PROXMOX_OUTCOME_UNKNOWN')
    await cloning
    const request = { node: 'pve1', vmid: 2101, timeoutS: 60, ...options().options }
    await proxmox.ensureStarted(request)
    await expect.poll(async () => typeof (await proxmox.agentInterfaces('pve1', 2101)), { timeout: 10_000 }).toBe('object')
    await proxmox.reboot(request)
    expect((await proxmox.vmStatus('pve1', 2101))?.status).toBe('running')
  })

  it('does not keep others from the storage while a full clone copies', async () => {
    const { proxmox } = await start([], { copyBytesPerSecond: 400_000_000 })
    let isDone = false
    const request = { node: 'pve1', source: template, vmid: 2200, name: 'x', description: mark(2200), full: true, ...options().options }
    const copying = proxmox.ensureClone(request).then(() => {
      isDone = true
    })
    const inFlight = () => proxmox.limiterState().find((one) => one.key === `storage:${shared}`)?.inFlight
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(1)
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(0)
    expect(isDone).toBe(false)
    await copying
  })
})

describe('the firewall of a VM', () => {
  it('is made exactly as asked, in the order asked, and left alone when it is so', async () => {
    const { sandbox, proxmox } = await start()
    await clone(proxmox, 2101)
    const firewall = {
      options: { enable: true, macfilter: true, ipfilter: true, policyIn: 'DROP' as const, policyOut: 'DROP' as const },
      rules: [
        { type: 'in' as const, action: 'ACCEPT', enable: true, proto: 'tcp', dport: '3080', source: '+guest/server' },
        { type: 'out' as const, action: 'ACCEPT', enable: true, dest: '10.1.0.0/16', proto: 'tcp', dport: '80', comment: 'allow' },
      ],
      ipsets: { server: ['10.0.0.5'], 'ipfilter-net0': ['10.20.0.7'] },
    }
    const write = { node: 'pve1', vmid: 2101, signal: new AbortController().signal, priority: 'batch' as const }
    expect((await proxmox.writeFirewall({ ...write, firewall })).rules).toEqual(firewall.rules)
    const asked = posts(sandbox, '/firewall')
    await proxmox.writeFirewall({ ...write, firewall })
    expect(posts(sandbox, '/firewall')).toBe(asked)
    const narrower = { ...firewall, rules: firewall.rules.slice(0, 1), ipsets: { server: ['10.0.0.6'] } }
    expect(await proxmox.writeFirewall({ ...write, firewall: narrower })).toMatchObject({
      rules: narrower.rules,
      ipsets: narrower.ipsets,
      options: firewall.options,
    })
  })
})

describe('faults', () => {
  it.each(['ok', 'warnings'] as const)('frees the disk that a deletion left behind though its task ended %s', async (ending) => {
    const { sandbox, proxmox } = await start([{ fault: 'storage-lock-timeout', operation: 'free', vmid: 2101, nth: 1, ending }])
    const [made] = (await clone(proxmox, 2101)).volumes
    expect(await destroy(proxmox, 2101)).toEqual({ freed: [made?.volid], leftovers: [], unread: [] })
    expect(sandbox.state().orphans).toEqual([])
  })

  it('hands over what it cannot free', async () => {
    const { proxmox } = await start([
      { fault: 'storage-lock-timeout', operation: 'free', vmid: 2101, nth: 1 },
      { fault: 'refused', method: 'DELETE', path: '/storage/' },
    ])
    const [made] = (await clone(proxmox, 2101)).volumes
    const result = await destroy(proxmox, 2101)
    expect(result.freed).toEqual([])
    expect(result.leftovers.map((volume) => volume.volid)).toEqual([made?.volid])
  })

  it('frees only where we had disks, and once', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'storage-lock-timeout', operation: 'free', vmid: 2101, nth: 1 }])
    const [made] = (await clone(proxmox, 2101)).volumes
    const volid = made?.volid ?? ''
    const abort = new AbortController()
    // the application dies when the deletion was asked for, and nobody remembers its task nor the storage
    await expect(destroy(proxmox, 2101, { signal: abort.signal, onUpid: () => abort.abort(new Error('crash')) })).rejects.toThrow('crash')
    await expect.poll(() => vm(sandbox, 2101), { timeout: 15_000 }).toBeUndefined()
    const request = { node: 'pve1', vmid: 2101, expectedDescription: mark(2101) }
    expect((await proxmox.ensureDestroyed({ ...request, ...options().options })).leftovers.map((one) => one.volid)).toEqual([volid])
    const free = { node: 'pve1', vmid: 2101, volid, signal: new AbortController().signal, priority: 'repair' as const }
    expect(await proxmox.freeVolume(free)).toBe(true)
    expect(await proxmox.freeVolume(free)).toBe(false)
    expect((await failure(proxmox.freeVolume({ ...free, vmid: 2102 }))).code).toBe('PROXMOX_NOT_OURS')
    expect(sandbox.state().orphans).toEqual([])
  })

  it('says what root has to do about a clone whose worker died', async () => {
    const { proxmox } = await start([{ fault: 'worker-killed', task: 'qmclone', nth: 1 }])
    const error = await failure(clone(proxmox, 2101))
    expect(error.code).toBe('PROXMOX_REFUSED')
    expect(inWords(error.details.reason)).toContain('qm unlock 2101')
  })

  it('removes a running VM, and goes on when the task known from before was that of its stop', async () => {
    const { sandbox, proxmox } = await start()
    await clone(proxmox, 2101)
    await proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options })
    const abort = new AbortController()
    let knownUpid = ''
    const onUpid = (upid: string) => {
      knownUpid = upid
      abort.abort(new Error('crash'))
    }
    await expect(destroy(proxmox, 2101, { signal: abort.signal, onUpid })).rejects.toThrow('crash')
    expect(knownUpid).toContain(':qmstop:')
    await destroy(connect(sandbox), 2101, { knownUpid })
    expect(vm(sandbox, 2101)).toBeUndefined()
  })

  it('asks again when the quorum is back', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'quorum-lost', method: 'POST', path: '/clone', nth: 1 }])
    await clone(proxmox, 2101)
    expect(posts(sandbox, '/clone')).toBe(2)
  })

  it('asks again when the worker was not started', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'start-worker-failed', method: 'POST', path: '/clone', nth: 1, times: 2 }])
    await clone(proxmox, 2101)
    expect(posts(sandbox, '/clone')).toBe(3)
    expect(sandbox.state().volumes.filter((volume) => volume.vmid === 2101).length).toBe(1)
  })

  it.each(['active-lock', 'unknown-outcome', 'reset-after'] as const)(
    'finds the task of a clone whose answer was lost (%s) instead of asking again',
    async (fault) => {
      const { sandbox, proxmox } = await start([{ fault, method: 'POST', path: '/clone', nth: 1 }], { volumeClone: 5_000 })
      const { upids, options: task } = options()
      await proxmox.ensureClone({
        node: 'pve1',
        source: template,
        vmid: 2101,
        name: 'lab-2101',
        description: mark(2101),
        full: false,
        ...task,
      })
      expect(posts(sandbox, '/clone')).toBe(1)
      expect(upids.length).toBeLessThanOrEqual(1)
      expect(vm(sandbox, 2101)?.lock).toBeNull()
    },
  )

  it('asks again when a look shows that a lost request did nothing', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'unknown-outcome', method: 'POST', path: '/clone', nth: 1, completes: false }])
    await clone(proxmox, 2101)
    expect(posts(sandbox, '/clone')).toBe(2)
  })

  it('repeats a clone that did not get the storage lock, and tells the budget of that storage', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'storage-lock-timeout', operation: 'clone', vmid: 2101, nth: 1 }])
    await clone(proxmox, 2101)
    expect(posts(sandbox, '/clone')).toBe(2)
    expect(proxmox.limiterState().find((one) => one.key === `storage:${shared}`)).toMatchObject({ recent5xx: 1, inFlight: 0 })
  })

  it('finishes a half-made template disk by disk', async () => {
    const { proxmox } = await start([{ fault: 'storage-lock-timeout', operation: 'template', vmid: 2200, nth: 1 }], {
      copyBytesPerSecond: 20_000_000_000,
    })
    await proxmox.ensureClone({
      node: 'pve1',
      source: template,
      vmid: 2200,
      name: 'x',
      description: mark(2200),
      full: true,
      ...options().options,
    })
    const config = await proxmox.ensureTemplate({ node: 'pve1', vmid: 2200, ...options().options })
    expect(config.drives.find((drive) => drive.key === 'scsi0')?.volid).toContain('base-2200-disk-0')
  })

  it('says what root has to do about a half-destroyed VM', async () => {
    const { proxmox } = await start([{ fault: 'user-config-timeout', vmid: 2101, nth: 1 }])
    await clone(proxmox, 2101)
    const error = await failure(destroy(proxmox, 2101))
    expect(error.code).toBe('PROXMOX_TASK_FAILED')
    expect(error.details.reason).toContain('access permissions cleanup')
    expect(inWords((await failure(destroy(proxmox, 2101))).details.reason)).toContain('qm unlock 2101')
  })

  it('starts nothing twice when the answer to a start was lost', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'active-lock', method: 'POST', path: '/status/start', nth: 1 }])
    await clone(proxmox, 2101)
    expect((await proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options })).status).toBe('running')
    expect(posts(sandbox, '/status/start')).toBe(1)
  })

  it('reports a start that failed, and does not try it again', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'start-failed', vmid: 2101 }])
    await clone(proxmox, 2101)
    expect((await failure(proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options }))).code).toBe('PROXMOX_TASK_FAILED')
    expect(posts(sandbox, '/status/start')).toBe(1)
  })

  it('stops a guest that does not listen only when told to', async () => {
    const { proxmox } = await start([{ fault: 'guest-ignores-shutdown' }])
    await clone(proxmox, 2101)
    const request = { node: 'pve1', vmid: 2101, timeoutS: 1, ...options().options }
    await proxmox.ensureStarted(request)
    expect((await failure(proxmox.ensureShutdown({ ...request, forceStop: false }))).code).toBe('PROXMOX_TASK_FAILED')
    expect((await proxmox.ensureShutdown({ ...request, forceStop: true }))?.status).toBe('stopped')
  })

  it('lists what there is though a node is down', async () => {
    const { proxmox } = await start([{ fault: 'node-down', node: 'pve2' }])
    expect((await proxmox.resources('vm')).length).toBeGreaterThan(0)
    expect((await proxmox.nodes()).length).toBeGreaterThan(0)
    expect((await failure(proxmox.storages('pve2'))).code).toBe('PROXMOX_UNREACHABLE')
  })

  it('waits for the configuration lock of somebody else', async () => {
    const { sandbox, proxmox } = await start()
    await clone(proxmox, 2101)
    const held = await fetch(`${sandbox.controlUrl}/sandbox/locks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.controlSecret}` },
      body: JSON.stringify({ vmid: 2101, node: 'pve1', ms: 12_000 }),
    })
    expect(held.status).toBe(200)
    expect((await proxmox.ensureStarted({ node: 'pve1', vmid: 2101, ...options().options })).status).toBe('running')
  })
})

describe('bursts', () => {
  const ids = Array.from({ length: 30 }, (_, index) => 2_100 + index)

  it('of 30 clones and 30 deletions on one storage end with every VM made and no disk left', async () => {
    const { sandbox, proxmox } = await start([], { volumeClone: 700, volumeFree: 700 })
    const made = await Promise.all(ids.map((vmid) => clone(proxmox, vmid)))
    expect(made.every((one) => one.linked === 'by-volume')).toBe(true)
    expect(sandbox.state().volumes.filter((volume) => ids.includes(volume.vmid)).length).toBe(30)
    const gone = await Promise.all(ids.map((vmid) => destroy(proxmox, vmid)))
    expect(gone.every((one) => one.leftovers.length === 0)).toBe(true)
    expect(sandbox.state().orphans).toEqual([])
    expect(sandbox.state().vms.filter((one) => ids.includes(one.vmid))).toEqual([])
    expect(proxmox.limiterState().every((one) => one.inFlight === 0 && one.waiting === 0)).toBe(true)
  }, 60_000)

  it('with every fault that a class meets end the same', async () => {
    const { sandbox, proxmox } = await start(
      [
        { fault: 'start-worker-failed', method: 'POST', probability: 0.1 },
        { fault: 'start-worker-failed', method: 'DELETE', probability: 0.1 },
        { fault: 'active-lock', method: 'POST', path: '/clone', probability: 0.1 },
        { fault: 'reset-after', probability: 0.02 },
        { fault: 'storage-lock-timeout', operation: 'clone', probability: 0.05 },
        { fault: 'storage-lock-timeout', operation: 'free', probability: 0.2 },
      ],
      { volumeClone: 200, volumeFree: 200, lockTimeout: 2_000 },
    )
    const some = ids.slice(0, 12)
    await Promise.all(some.map((vmid) => clone(proxmox, vmid)))
    expect(some.every((vmid) => vm(sandbox, vmid)?.disks.length === 1)).toBe(true)
    const gone = await Promise.all(some.map((vmid) => destroy(proxmox, vmid)))
    expect(gone.flatMap((one) => one.leftovers)).toEqual([])
    expect(sandbox.state().orphans).toEqual([])
    expect(sandbox.state().volumes.filter((volume) => some.includes(volume.vmid))).toEqual([])
  }, 60_000)
})
