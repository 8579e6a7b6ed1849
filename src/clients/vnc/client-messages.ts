import { createPartReader, type Parts, protocolText, security } from './wire.ts'

/** What a page says of the picture: it asks for more of it, or somebody pressed a key or moved the pointer. */
export interface ViewerMessage {
  readonly kind: 'ask' | 'input'
  readonly bytes: Buffer
}

/** Takes bytes of a page in any pieces. @throws Error for what no page of ours sends */
export type ClientFilter = (chunk: Buffer) => void

const mostEncodings = 200
const lengths = { ask: 10, key: 8, pointer: 6, keyByPlace: 12 } as const

const wrong = () => new Error('no page of ours says this')

/** Its half of the handshake, which we had with the server already. */
function* handshake(): Generator<{ read: number }, void, Buffer> {
  if ((yield { read: protocolText.length }).toString('latin1') !== protocolText) throw wrong()
  if ((yield { read: 1 }).readUInt8(0) !== security.none) throw wrong()
  yield { read: 1 }
}

function* messages(hear: (message: ViewerMessage) => void): Parts {
  yield* handshake()
  for (;;) {
    const head = yield { read: 1 }
    const type = head.readUInt8(0)
    const whole = function* (length: number, kind: ViewerMessage['kind']): Generator<{ read: number }, void, Buffer> {
      hear({ kind, bytes: Buffer.concat([head, yield { read: length - 1 }]) })
    }
    // how pixels look and which encodings there are was settled by us
    if (type === 0) yield { drop: 19 }
    else if (type === 2) {
      const count = (yield { read: 3 }).readUInt16BE(1)
      if (count > mostEncodings) throw wrong()
      yield { drop: count * 4 }
    } else if (type === 3) yield* whole(lengths.ask, 'ask')
    else if (type === 4) yield* whole(lengths.key, 'input')
    else if (type === 5) yield* whole(lengths.pointer, 'input')
    else if (type === 255) yield* whole(lengths.keyByPlace, 'input')
    else throw wrong()
  }
}

/** Reads what a page says and hands on its questions and its input, each whole; everything else that RFB knows has no way to the server. */
export function createClientFilter(hear: (message: ViewerMessage) => void): ClientFilter {
  return createPartReader(messages(hear), () => undefined)
}
