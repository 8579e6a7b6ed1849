import type { Duplex } from 'node:stream'
import { vncFault } from './fault.ts'
import { answerChallenge } from './password.ts'
import { take } from './take.ts'
import { encodings, isSizeFine, maxSide, pixelFormat, protocolText, security } from './wire.ts'

/** What a server shows. */
export interface Picture {
  readonly width: number
  readonly height: number
}

interface Wire {
  readonly stream: Duplex
  readonly signal: AbortSignal
  /** Sent to nobody but this server. */
  readonly password: string | null
}

/** What a person might read of a server's reason; the rest is not his concern. */
const maxReasonBytes = 2_000
const maxNameBytes = 4_096

async function takeText({ stream, signal }: Wire, mostBytes: number): Promise<string> {
  const length = (await take(stream, 4, signal)).readUInt32BE(0)
  if (length > mostBytes) throw vncFault('notVnc')
  return (await take(stream, length, signal)).toString('utf8')
}

/** @returns the minor number that both speak: 3, 7 or 8 */
async function agreeOnVersion({ stream, signal }: Wire): Promise<3 | 7 | 8> {
  const found = /^RFB (\d{3})\.(\d{3})\n$/u.exec((await take(stream, protocolText.length, signal)).toString('latin1'))
  if (!found || Number(found[1]) < 3) throw vncFault('notVnc')
  const minor = Number(found[1]) > 3 ? 8 : Number(found[2])
  if (minor >= 8) {
    stream.write(protocolText)
    return 8
  }
  const spoken = minor === 7 ? 7 : 3
  stream.write(`RFB 003.00${spoken}\n`)
  return spoken
}

/** @returns the kind of sign-in; a server before 3.7 chooses it itself */
async function agreeOnSecurity(wire: Wire, version: 3 | 7 | 8): Promise<number> {
  const { stream, signal, password } = wire
  if (version === 3) {
    const given = (await take(stream, 4, signal)).readUInt32BE(0)
    if (given === 0) throw vncFault('refused', { text: await takeText(wire, maxReasonBytes) })
    return given
  }
  const offered = [...(await take(stream, (await take(stream, 1, signal)).readUInt8(0), signal))]
  if (offered.length === 0) throw vncFault('refused', { text: await takeText(wire, maxReasonBytes) })
  const wanted = password === null ? [security.none] : [security.password, security.none]
  const chosen = wanted.find((kind) => offered.includes(kind))
  if (chosen === undefined)
    throw offered.includes(security.password) ? vncFault('password') : vncFault('security', { kinds: offered.join(', ') })
  stream.write(Buffer.from([chosen]))
  return chosen
}

async function signIn(wire: Wire, kind: number, version: 3 | 7 | 8): Promise<void> {
  const { stream, signal, password } = wire
  if (kind === security.password) {
    if (password === null) throw vncFault('password')
    stream.write(answerChallenge(await take(stream, 16, signal), password))
  } else if (kind !== security.none) throw vncFault('security', { kinds: String(kind) })
  if (kind === security.none && version < 8) return
  const isFine = (await take(stream, 4, signal)).readUInt32BE(0) === 0
  if (!isFine) throw vncFault('refused', { text: version === 8 ? await takeText(wire, maxReasonBytes) : '' })
}

/**
 * Our half of the handshake, with a server that may say anything: version, sign-in, the size of its picture. Shared, so that others who
 * look at it are not thrown out. Pixels and encodings are settled here; whoever comes after only asks for the picture.
 * @param password of this server; null where none is known
 * @throws AppError SCREEN_UNREADABLE, or the signal's reason
 */
export async function openPicture(stream: Duplex, password: string | null, signal: AbortSignal): Promise<Picture> {
  const wire = { stream, signal, password }
  const version = await agreeOnVersion(wire)
  await signIn(wire, await agreeOnSecurity(wire, version), version)
  stream.write(Buffer.from([1]))
  const size = await take(stream, 4, signal)
  const picture = { width: size.readUInt16BE(0), height: size.readUInt16BE(2) }
  if (!isSizeFine(picture.width, picture.height)) throw vncFault('tooLarge', { side: maxSide })
  await take(stream, pixelFormat.length, signal)
  await takeText(wire, maxNameBytes)
  const wanted = Object.values(encodings)
  const list = Buffer.alloc(4 + 4 * wanted.length)
  list.writeUInt8(2, 0)
  list.writeUInt16BE(wanted.length, 2)
  for (const [index, encoding] of wanted.entries()) list.writeInt32BE(encoding, 4 + 4 * index)
  stream.write(Buffer.concat([Buffer.from([0, 0, 0, 0]), pixelFormat, list]))
  return picture
}

/** Everything that a server says before the first picture, said to a page in one piece: no sign-in, this size, this name. */
export function greetingFor({ width, height }: Picture, name: string): Buffer {
  const title = Buffer.from(name, 'utf8')
  const init = Buffer.alloc(4)
  init.writeUInt16BE(width, 0)
  init.writeUInt16BE(height, 2)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(title.length)
  return Buffer.concat([Buffer.from(protocolText, 'latin1'), Buffer.from([1, security.none, 0, 0, 0, 0]), init, pixelFormat, length, title])
}
