import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { type CapturesService, createCaptures } from '../../src/captures/index.ts'
import { openBench, silentLog } from '../support/given.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait.ts'

let service: CapturesService | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

/** The real rows and rights, and in GNS3's place what it would be asked, with a stream by hand. */
function setUp() {
  const { services, given, time } = openBench()
  const course = given.course()
  const exercise = given.exercise({ courseId: course.id })
  const [ana, ben] = [given.enrolled(exercise), given.enrolled(exercise)]
  const lab = given.workVm(exercise, ana, {
    ...{ state: 'ready', endpoint: { host: '127.77.0.9', port: 3080 }, readyAt: '2026-09-01T08:00:00.000Z', marker: 'marker' },
  })
  const asked: string[] = []
  const streams: PassThrough[] = []
  const answers = { stops: true }
  const gns3 = {
    readLab: async () => ({
      devices: [
        { id: 'a', name: 'PC1' },
        { id: 'b', name: 'R1 "x"' },
      ],
      links: ['link-1', 'link-2', 'link-3', 'link-4'].map((id) => ({ id, ends: [{ deviceId: 'a' }, { deviceId: 'b' }] })),
    }),
    startCapture: async (_project: string, link: string) => asked.push(`start ${link}`),
    // what GNS3 had not sent yet comes, and its stream ends
    stopCapture: async (_project: string, link: string) => {
      asked.push(`stop ${link}`)
      if (answers.stops) for (const stream of streams) stream.end('!')
    },
    readCapture: async () => {
      const stream = new PassThrough()
      streams.push(stream)
      return stream
    },
    close: async () => undefined,
  }
  const folder = join(tempFolder(), 'captures')
  const open = (actor: typeof ana) => services.workVms.find(actor, lab.id) !== undefined
  service = createCaptures({
    folder,
    guard: { ...services.labGuard, rightOf: (actor) => (actor.id === ana.id ? 'work' : null) },
    labLink: { connectGns3: () => gns3 as never, checkMarker: async () => undefined }, // what captures ask of it
    ...{ workVms: services.workVms, events: services.events, noteUse: () => undefined, requireFreeDisk: () => undefined },
    ...{ clock: time.clock, log: silentLog() },
  })
  return { captures: service, services, lab, ana, ben, teacher: course.teacher, asked, answers, streams, time, folder, open }
}

describe('a capture', () => {
  it('is started, read as it grows, and stopped by the owner', async () => {
    const { captures, lab, ana, asked, streams } = setUp()
    await captures.start(ana, lab.id, 'link-1')
    streams[0]?.write('frames')
    await waitFor('the frames', () => captures.listOf(lab.id)[0]?.sizeBytes === 6)
    expect(captures.listOf(lab.id)).toMatchObject([{ linkId: 'link-1', ended: null }])
    await captures.stop(ana, lab.id, 'link-1')
    const [ended] = captures.listOf(lab.id)
    expect(ended).toMatchObject({ ended: 'stopped' })
    const file = captures.fileOf(ana, lab.id, ended?.id ?? '')
    expect(readFileSync(file.path, 'utf8')).toBe('frames!')
    expect(file.name).toBe('capture-PC1-R1__x_.pcap')
    expect(asked).toEqual(['start link-1', 'stop link-1'])
  })

  it('is cut off when GNS3 goes on sending after it was stopped', async () => {
    const { captures, lab, ana, answers, asked, time } = setUp()
    answers.stops = false
    await captures.start(ana, lab.id, 'link-1')
    const stopped = captures.stop(ana, lab.id, 'link-1')
    await waitFor('the word to GNS3', () => asked.includes('stop link-1'))
    await time.advance(5_000)
    await stopped
    expect(captures.listOf(lab.id)).toMatchObject([{ ended: 'stopped' }])
  })

  it('is not started, stopped or read by anybody else', async () => {
    const { captures, lab, ana, ben, teacher } = setUp()
    await captures.start(ana, lab.id, 'link-1')
    const [own] = captures.listOf(lab.id)
    await expect(captures.start(ben, lab.id, 'link-2')).rejects.toMatchObject({ code: 'WORK_VM_NOT_FOUND' })
    await expect(captures.stop(teacher, lab.id, 'link-1')).rejects.toMatchObject({ code: 'LAB_LOOKING_ON' })
    expect(() => captures.fileOf(ben, lab.id, own?.id ?? '')).toThrow('WORK_VM_NOT_FOUND')
    // staff says why first
    expect(() => captures.fileOf(teacher, lab.id, own?.id ?? '')).toThrow('TERMINAL_REASON_NEEDED')
    await expect(captures.start(ana, lab.id, 'of-another-project')).rejects.toMatchObject({ code: 'LINK_NOT_FOUND' })
  })

  it('ends at its size and after its time, and makes room', async () => {
    const { captures, lab, ana, streams, time } = setUp()
    await captures.start(ana, lab.id, 'link-1')
    streams[0]?.write(Buffer.alloc(17 * 1024 * 1024))
    await waitFor('the end by size', () => captures.listOf(lab.id)[0]?.ended === 'size')
    await captures.start(ana, lab.id, 'link-2')
    await time.advance(600_000)
    await waitFor('the end by time', () => captures.listOf(lab.id)[0]?.ended === 'time')
    for (const link of ['link-3', 'link-4']) await captures.start(ana, lab.id, link)
    await expect(captures.start(ana, lab.id, 'link-4')).rejects.toMatchObject({ code: 'CAPTURE_RUNNING' })
    expect(captures.listOf(lab.id).map(({ linkId }) => linkId)).toEqual(['link-4', 'link-3', 'link-2'])
  })

  it('ends when the lab is checked, which would show what is asked, and with the lab', async () => {
    const { captures, services, lab, ana } = setUp()
    await captures.start(ana, lab.id, 'link-1')
    services.workVms.update(lab.id, { frozenFor: 'submission' })
    await waitFor('the end', () => captures.listOf(lab.id)[0]?.ended === 'checked')
    await expect(captures.start(ana, lab.id, 'link-2')).rejects.toMatchObject({ code: 'LAB_FROZEN' })
    services.workVms.update(lab.id, { frozenFor: null })
    await captures.start(ana, lab.id, 'link-2')
    services.workVms.update(lab.id, { state: 'stopping' })
    await waitFor('the end with the lab', () => captures.listOf(lab.id)[0]?.ended === 'lab')
  })

  it('leaves nothing behind when the server ends', async () => {
    const { captures, lab, ana, folder } = setUp()
    await captures.start(ana, lab.id, 'link-1')
    await captures.close()
    expect(existsSync(folder)).toBe(false)
  })
})
