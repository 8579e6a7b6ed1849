import { describe, expect, it } from 'vitest'
import { acquireQueue } from '../../../src/clients/gns3/queue.ts'

const gate = () => {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

describe('the queue of one server', () => {
  it('runs one task at a time in the order asked, over all clients of the server', async () => {
    const [one, two] = [acquireQueue('a:1'), acquireQueue('a:1')]
    const seen: string[] = []
    const first = gate()
    const task = (name: string, until?: Promise<void>) => async () => {
      seen.push(`${name} begins`)
      await until
      seen.push(`${name} ends`)
    }
    const all = Promise.all([one.run(task('1', first.promise)), two.run(task('2')), one.run(task('3'))])
    await Promise.resolve()
    first.open()
    await all
    expect(seen).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends'])
    one.release()
    two.release()
  })

  it('does not hold up another server', async () => {
    const [one, other] = [acquireQueue('a:2'), acquireQueue('b:2')]
    const never = gate()
    const blocked = one.run(() => never.promise)
    expect(await other.run(async () => 'free')).toBe('free')
    never.open()
    await blocked
    for (const queue of [one, other]) queue.release()
  })

  it('goes on after a task that failed, and hands its error to whoever asked', async () => {
    const queue = acquireQueue('a:3')
    const failed = queue.run(() => Promise.reject(new Error('no')))
    const next = queue.run(async () => 'next')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('next')
    queue.release()
  })

  it('never runs a task whose wait was aborted, and keeps the order of the others', async () => {
    const queue = acquireQueue('a:4')
    const first = gate()
    const controller = new AbortController()
    const seen: string[] = []
    const running = queue.run(async () => {
      await first.promise
      seen.push('first')
    })
    const aborted = queue.run(async () => void seen.push('aborted'), controller.signal)
    const last = queue.run(async () => void seen.push('last'))
    controller.abort(new Error('given up'))
    await expect(aborted).rejects.toThrow('given up')
    expect(seen).toEqual([])
    first.open()
    await Promise.all([running, last])
    expect(seen).toEqual(['first', 'last'])
    await expect(queue.run(async () => 'x', AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    queue.release()
    queue.release()
  })
})
