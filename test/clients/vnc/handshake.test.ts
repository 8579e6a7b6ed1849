import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openPicture } from '../../../src/clients/vnc/index.ts'
import { createMachineConsole, serveRfb } from '../../../src/sandbox/screens/index.ts'
import { saying as inWords } from '../../support/said.ts'
import { waitFor } from '../../support/wait.ts'

/** Two ends of one connection. */
function pair(): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => {
        other().push(chunk)
        done()
      },
      final: (done) => {
        other().push(null)
        done()
      },
    })
  const left: Duplex = make(() => right)
  const right: Duplex = make(() => left)
  return [left, right]
}

/** What is said where a screen cannot be shown. */
const fault = (words: string) => ({ code: 'SCREEN_UNREADABLE', details: { reason: inWords(words) } })

const signal = () => AbortSignal.timeout(10_000)

/** A server that says what it is told to, byte by byte, whatever it is answered. */
function saying(...parts: (string | readonly number[])[]): Duplex {
  const [ours, theirs] = pair()
  theirs.resume()
  for (const part of parts)
    for (const byte of typeof part === 'string' ? Buffer.from(part, 'latin1') : part) theirs.write(Buffer.from([byte]))
  theirs.end()
  return ours
}

const init = (width: number, height: number) => [width >> 8, width & 255, height >> 8, height & 255, ...Buffer.alloc(16), 0, 0, 0, 1, 65]

async function withScreen(password: string | null, given: string | null) {
  const [ours, theirs] = pair()
  const { screen, press } = createMachineConsole('lab')
  void serveRfb({ stream: theirs, screen, name: 'lab', password, onKeys: press })
  return openPicture(ours, given, signal())
}

describe('the handshake with a screen', () => {
  it('learns the size of one that asks nobody, and of one whose password we have', async () => {
    expect(await withScreen(null, null)).toEqual({ width: 640, height: 400 })
    expect(await withScreen('abc:DEF', 'abc:DEF')).toEqual({ width: 640, height: 400 })
    // eight characters count: the ticket of an older Proxmox is its own password
    expect(await withScreen('PVEVNC:6and more', 'PVEVNC:6and something else')).toEqual({ width: 640, height: 400 })
  })

  it('is told apart from a wrong password and from one that we do not have', async () => {
    await expect(withScreen('right', 'wrong')).rejects.toMatchObject(fault('Authentication failed'))
    await expect(withScreen('right', null)).rejects.toMatchObject(fault('asks for a VNC password'))
  })

  it('answers the challenge as others do', async () => {
    const [ours, theirs] = pair()
    const challenge = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const heard: Buffer[] = []
    theirs.on('data', (chunk: Buffer) => heard.push(chunk))
    theirs.write(
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([1, 2]), challenge, Buffer.from([0, 0, 0, 0]), Buffer.from(init(8, 8))]),
    )
    await openPicture(ours, 'password', signal())
    await waitFor('the answer', () => Buffer.concat(heard).length >= 29)
    // worked out with openssl: DES of each half with the bits of each byte of the password turned round
    expect(Buffer.concat(heard).subarray(13, 29).toString('hex')).toBe('b7b9c87777661a7a2299733209bfdfce')
  })

  it('speaks the older versions too', async () => {
    expect(await openPicture(saying('RFB 003.003\n', [0, 0, 0, 1], init(800, 600)), null, signal())).toEqual({ width: 800, height: 600 })
    expect(await openPicture(saying('RFB 003.007\n', [1, 1], init(800, 600)), null, signal())).toEqual({ width: 800, height: 600 })
    expect(await openPicture(saying('RFB 003.889\n', [2, 30, 1], [0, 0, 0, 0], init(1, 1)), null, signal())).toEqual({
      width: 1,
      height: 1,
    })
  })

  it.each([
    ['is no VNC server', saying('SSH-2.0-OpenSSH_9.2p1\r\n'), 'does not speak VNC'],
    ['ends in the middle', saying('RFB 003.008\n', [1, 1], [0, 0]), 'was closed'],
    ['wants another sign-in', saying('RFB 003.008\n', [2, 19, 18]), '19, 18'],
    ['refuses', saying('RFB 003.008\n', [0], [0, 0, 0, 4], 'full'), 'full'],
    ['promises a reason without end', saying('RFB 003.008\n', [0], [255, 255, 255, 255]), 'does not speak VNC'],
    ['shows a picture that no page can hold', saying('RFB 003.008\n', [1, 1], [0, 0, 0, 0], init(65_535, 65_535)), '4096'],
    ['shows nothing', saying('RFB 003.008\n', [1, 1], [0, 0, 0, 0], init(0, 0)), '4096'],
  ])('says so where the other side %s', async (_what, stream, words) => {
    await expect(openPicture(stream, null, signal())).rejects.toMatchObject(fault(words))
  })

  it('is given up with the signal', async () => {
    const [ours] = pair()
    const end = new AbortController()
    const opening = openPicture(ours, null, end.signal)
    end.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
  })
})
