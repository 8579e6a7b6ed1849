import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadPlatforms } from '../../src/clients/console/index.ts'
import { type Exercise, type LabState, readExercise } from '../../src/evaluation/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createAskNow } from '../../src/submissions/index.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)))
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const teresa = { id: 'teresa' } as never

const lab: LabState = {
  projectId: 'project',
  devices: [
    {
      id: 'PC1',
      name: 'PC1',
      type: 'vpcs',
      state: 'started',
      console: { type: 'telnet', port: 5_001 },
      properties: {},
      ports: [{ adapter: 0, port: 0, name: 'e0' }],
      x: 0,
      y: 0,
      symbol: '',
    },
  ],
  links: [],
}

function oneCheck(): Exercise {
  const file = `netpraxis: 1
title: One device
devices: { PC1: { platform: vpcs } }
criteria: [ { id: cabling, title: The lab is as it was, module: topology, params: {}, points: 1, within: 30 } ]
`
  const { exercise } = readExercise(file)
  if (!exercise) throw new Error(JSON.stringify(readExercise(file).problems))
  return exercise
}

/** A teacher's own lab whose GNS3 shows `seen`; `answers` lets it answer. */
function ownLab(
  change: { readonly state?: string; readonly frozenFor?: string; readonly seen?: LabState; readonly until?: Promise<void> } = {},
) {
  const workVm = {
    ...{ id: 'vm1', templateVmId: 't1', endpoint: { host: '127.0.0.1', port: 3_080 }, marker: 'ours' },
    state: change.state ?? 'ready',
    frozenFor: change.frozenFor ?? null,
  }
  const isFrozen = () => workVm.frozenFor !== null
  const gns3 = { openProject: async () => undefined, readLab: () => Promise.resolve(change.until).then(() => change.seen ?? lab) }
  const { ask, thawLeft } = createAskNow({
    exercises: {
      find: () => ({}),
      getRevision: () => ({ definition: oneCheck() }),
      findTemplate: () => ({ gns3ProjectId: 'project', lab }),
      openSecrets: () => new Map(),
      areSecretsProven: () => true,
    } as never,
    workVms: {
      findLive: (_exercise: string, _user: string, purpose: string) => (purpose === 'try' ? workVm : undefined),
      hostKeysOf: () => undefined,
      freeze: (_id: string, frozenFor: string) => Object.assign(workVm, { frozenFor }),
      thaw: () => Object.assign(workVm, { frozenFor: null }),
      thawAll: (frozenFor: string) => workVm.frozenFor === frozenFor && Object.assign(workVm, { frozenFor: null }),
    } as never,
    labLink: {
      withGns3: (_endpoint: unknown, _signal: unknown, use: (one: unknown) => unknown) => use(gns3),
      checkMarker: async () => undefined,
    } as never,
    platforms,
    clock: systemClock,
    log,
  })
  return { ask, thawLeft, isFrozen }
}

describe('asking a check while the exercise is being written', () => {
  it('gives the verdict of one round, though the check would go on asking', async () => {
    const added = { ...lab, devices: [...lab.devices, { ...lab.devices[0], id: 'PC2', name: 'PC2' }] } as LabState
    const asked = await ownLab().ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })
    expect(asked).toMatchObject({ id: 'cabling', verdict: 'pass', attempts: 1 })
    const failed = await ownLab({ seen: added }).ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })
    expect(failed).toMatchObject({ verdict: 'fail', attempts: 1 })
  })

  it("needs the teacher's own lab, ready and not being checked", async () => {
    const ask = (change: Parameters<typeof ownLab>[0]) => ownLab(change).ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })
    await expect(ask({ state: 'stopped' })).rejects.toMatchObject({ code: 'LAB_NOT_READY' })
    await expect(ask({ frozenFor: 'proof:solution' })).rejects.toMatchObject({ code: 'LAB_FROZEN' })
  })

  it('asks one check at a time of a lab, says so, and keeps the lab frozen until the answer', async () => {
    let answer = (): void => undefined
    const { ask, isFrozen } = ownLab({ until: new Promise((resolve) => (answer = resolve)) })
    const first = ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })
    await expect(ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })).rejects.toMatchObject({ code: 'LAB_ASKED' })
    expect(isFrozen()).toBe(true)
    answer()
    await expect(first).resolves.toMatchObject({ verdict: 'pass' })
    expect(isFrozen()).toBe(false)
    await expect(ask(teresa, 'e1', { exercise: oneCheck(), secrets: new Map() })).resolves.toMatchObject({ verdict: 'pass' })
  })

  it('thaws at the start what was being asked as the server ended, and nothing else', () => {
    const left = ownLab({ frozenFor: 'ask:now' })
    left.thawLeft()
    expect(left.isFrozen()).toBe(false)
    const proven = ownLab({ frozenFor: 'proof:solution' })
    proven.thawLeft()
    expect(proven.isFrozen()).toBe(true)
  })
})
